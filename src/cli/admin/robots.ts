import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange } from './change.ts';
import { readOrganization, searchOf } from './organizations.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const robots: Readonly<Record<VerbOf<'robots'>, AdminRun>> = {
  list(session) {
    const corpId = session.given.text('corpId');
    const filter = { ...searchOf(session), ...(corpId !== undefined && { corpId }) };
    return printList(session, {
      columns: ['robotCode', 'name', 'appKey', 'disabled', 'installedIn', 'perUserPerMinute', 'perUserPerDay'],
      load: (page) => session.client.call('GET', '/console/v1/robots', { query: { ...filter, ...page } }),
      items: (page) =>
        page.robots.map((robot) => ({
          ...robot,
          installedIn: robot.installedIn.filter((one) => corpId === undefined || one === corpId),
        })),
    });
  },
  async show(session) {
    printObject(session, await readNamed(session));
    return 0;
  },
  add(session) {
    const { given } = session;
    const body = { robotCode: firstOf(session), name: given.need('name'), appKey: given.need('ownerApp') };
    return makeChange(session, {
      ...{ done: 'added', object: describe(session), body },
      within: () => session.client.call('GET', '/console/v1/apps/{appKey}', { path: { appKey: body.appKey } }),
      taken: () => readNamed(session),
      run: () => session.client.call('POST', '/console/v1/robots', { body }),
    });
  },
  update(session) {
    const body = readFields(session);
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --name or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      current: () => readNamed(session),
      run: () => session.client.call('PUT', '/console/v1/robots/{robotCode}', { path: pathOf(session), body }),
    });
  },
  install: (session) => setInstalled(session, true),
  uninstall: (session) => setInstalled(session, false),
  template(session) {
    const [, msgKey = ''] = session.operands;
    const body = { state: session.given.need('templateState') as 'active' | 'stopped' | 'removed' };
    return makeChange(session, {
      ...{ done: 'changed', object: `template ${msgKey} of ${describe(session)}`, body },
      async current() {
        const { templates } = await readNamed(session);
        return templates.find((template) => template.msgKey === msgKey) ?? { state: 'active' };
      },
      run: () =>
        session.client.call('PUT', '/console/v1/robots/{robotCode}/templates/{msgKey}', {
          ...{ path: { ...pathOf(session), msgKey }, body },
        }),
    });
  },
  blocks: (session) =>
    printList(session, {
      columns: ['userId', 'name'],
      load: (page) =>
        session.client.call('GET', '/console/v1/robots/{robotCode}/blocks', {
          ...{ path: pathOf(session), query: { ...corpOf(session), ...page } },
        }),
      items: (page) => page.users,
    }),
};

const pathOf = (session: Session) => ({ robotCode: firstOf(session) });

const describe = (session: Session) => `robot ${firstOf(session)}`;

/** Reads a robot. Rejects with an ApiError if there is none. */
export const readRobot = ({ client }: Session, robotCode: string) =>
  client.call('GET', '/console/v1/robots/{robotCode}', { path: { robotCode } });

const readNamed = (session: Session) => readRobot(session, firstOf(session));

/** The members of a robot that the options set. */
function readFields({ given }: Session) {
  const [name, disabled, unblockable] = ['name', 'disabled', 'unblockable'].map(given.text);
  const [perUserPerMinute, perUserPerDay] = ['perMinute', 'perDay'].map(given.number);
  return {
    ...(name !== undefined && { name }),
    ...(disabled !== undefined && { disabled: disabled === 'true' }),
    ...(unblockable !== undefined && { unblockable: unblockable === 'true' }),
    ...(perUserPerMinute !== undefined && { perUserPerMinute }),
    ...(perUserPerDay !== undefined && { perUserPerDay }),
  };
}

function setInstalled(session: Session, installed: boolean): Promise<number> {
  const { corpId } = corpOf(session);
  return makeChange(session, {
    ...{ done: installed ? 'installed' : 'uninstalled', object: `${describe(session)} in ${corpId}` },
    within: () => readOrganization(session, corpId),
    current: () => readNamed(session),
    run: () =>
      session.client.call('PUT', '/console/v1/robots/{robotCode}/installations/{corpId}', {
        ...{ path: { ...pathOf(session), corpId }, body: { installed } },
      }),
  });
}
