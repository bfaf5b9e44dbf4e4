import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange } from './change.ts';
import { readOrganization, searchOf } from './organizations.ts';
import { readRobot } from './robots.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';
import { readCurrent } from './users.ts';

export const groups: Readonly<Record<VerbOf<'groups'>, AdminRun>> = {
  list(session) {
    const state = session.given.has('disbanded') ? 'disbanded' : 'active';
    return printList(session, {
      columns: ['openConversationId', 'title', 'owner', 'memberCount', 'robots', 'createdAt'],
      load: (page) =>
        session.client.call('GET', '/console/v1/groups', {
          query: { ...corpOf(session), ...searchOf(session), state, ...page },
        }),
      items: (page) => page.groups,
    });
  },
  async show(session) {
    printObject(session, await readGroup(session));
    return 0;
  },
  members: (session) =>
    printList(session, {
      columns: ['userId', 'name', 'isAdmin'],
      load: (page) =>
        session.client.call('GET', '/console/v1/groups/{openConversationId}/members', {
          ...{ path: pathOf(session), query: { ...corpOf(session), ...page } },
        }),
      items: (page) => page.members,
    }),
  add(session) {
    const { given } = session;
    const [members, robots] = [given.list('members'), given.list('robots')];
    const fields = {
      title: given.need('name'),
      owner: given.need('owner'),
      ...(members && { members: members.join() === 'all' ? ('all' as const) : [...members] }),
      ...(robots && { robots: [...robots] }),
    };
    return makeChange(session, {
      ...{ done: 'added', object: `group ${fields.title} of ${corpOf(session).corpId}`, body: fields },
      within: async () => {
        await readOrganization(session, corpOf(session).corpId);
        await readCurrent(session, fields.owner);
        for (const robotCode of robots ?? []) await readRobot(session, robotCode);
      },
      run: () => session.client.call('POST', '/console/v1/groups', { body: { ...corpOf(session), ...fields } }),
    });
  },
  update(session) {
    const [title, owner] = [session.given.text('name'), session.given.text('owner')];
    const body = { ...(title !== undefined && { title }), ...(owner !== undefined && { owner }) };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --name or --owner.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      within: async () => owner !== undefined && readCurrent(session, owner),
      current: () => readGroup(session),
      run: () =>
        session.client.call('PUT', '/console/v1/groups/{openConversationId}', { ...selectGroup(session), body }),
    });
  },
  'add-members': (session) => changeMembers(session, 'add'),
  'remove-members': (session) => changeMembers(session, 'remove'),
  'add-robot': (session) => setInstalled(session, true),
  'remove-robot': (session) => setInstalled(session, false),
  disband: (session) =>
    makeChange(session, {
      ...{ done: 'disbanded', object: describe(session) },
      current: () => readGroup(session),
      run: () => session.client.call('POST', '/console/v1/groups/{openConversationId}/disband', selectGroup(session)),
    }),
};

const pathOf = (session: Session) => ({ openConversationId: firstOf(session) });

const selectGroup = (session: Session) => ({ path: pathOf(session), query: corpOf(session) });

const describe = (session: Session) => `group ${firstOf(session)} of ${corpOf(session).corpId}`;

const readGroup = (session: Session) =>
  session.client.call('GET', '/console/v1/groups/{openConversationId}', selectGroup(session));

function changeMembers(session: Session, action: 'add' | 'remove'): Promise<number> {
  const body = { [action]: [...(session.given.list('members') ?? [])] };
  return makeChange(session, {
    ...{ done: action === 'add' ? 'added members to' : 'removed members from', object: describe(session), body },
    current: () => readGroup(session),
    run: () =>
      session.client.call('POST', '/console/v1/groups/{openConversationId}/members', { ...selectGroup(session), body }),
  });
}

function setInstalled(session: Session, installed: boolean): Promise<number> {
  const [, robotCode = ''] = session.operands;
  const what = `robot ${robotCode} ${installed ? 'to' : 'from'} ${describe(session)}`;
  return makeChange(session, {
    ...{ done: installed ? 'added' : 'removed', object: what },
    within: () => readRobot(session, robotCode),
    current: () => readGroup(session),
    run: () =>
      session.client.call('PUT', '/console/v1/groups/{openConversationId}/robots/{robotCode}', {
        ...{ path: { ...pathOf(session), robotCode }, query: corpOf(session), body: { installed } },
      }),
  });
}
