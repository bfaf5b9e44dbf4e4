import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange, noteSecret } from './change.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const customRobots: Readonly<Record<VerbOf<'custom-robots'>, AdminRun>> = {
  list(session) {
    const openConversationId = session.given.text('ofGroup');
    const query = { ...corpOf(session), ...(openConversationId !== undefined && { openConversationId }) };
    return printList(session, {
      columns: ['robotCode', 'name', 'openConversationId', 'groupTitle', 'sign', 'keywords', 'addresses', 'disabled'],
      load: (page) => session.client.call('GET', '/console/v1/customRobots', { query: { ...query, ...page } }),
      items: (page) => page.customRobots,
    });
  },
  async show(session) {
    printObject(session, await readCustomRobot(session));
    return 0;
  },
  async add(session) {
    const { given, client } = session;
    const openConversationId = given.need('ofGroup');
    const sign = given.text('sign');
    const fields = {
      ...{ openConversationId, name: given.need('name') },
      ...readSecurity(session),
      ...(sign !== undefined && { sign: sign === 'true' }),
    };
    const code = await makeChange(session, {
      ...{ done: 'added', object: `custom robot ${fields.name} to group ${openConversationId}`, body: fields },
      within: () =>
        client.call('GET', '/console/v1/groups/{openConversationId}', {
          ...{ path: { openConversationId }, query: corpOf(session) },
        }),
      run: () => client.call('POST', '/console/v1/customRobots', { body: { ...corpOf(session), ...fields } }),
    });
    return noteSecret(session, code, fields.sign ? 'The token and the secret are' : 'The token is');
  },
  update(session) {
    const [name, disabled, sign] = ['name', 'disabled', 'sign'].map(session.given.text);
    if (sign === 'true')
      throw new UsageError('--sign true needs a secret: huizhi admin custom-robots secret makes one.');
    const body = {
      ...(name !== undefined && { name }),
      ...readSecurity(session),
      ...(disabled !== undefined && { disabled: disabled === 'true' }),
      ...(sign !== undefined && { sign: false as const }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --name or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      current: () => readCustomRobot(session),
      run: () => session.client.call('PUT', '/console/v1/customRobots/{robotCode}', { ...select(session), body }),
    });
  },
  async token(session) {
    const code = await makeChange(session, {
      ...{ done: 'given a new token to', object: describe(session) },
      current: () => readCustomRobot(session),
      run: () => session.client.call('POST', '/console/v1/customRobots/{robotCode}/token', select(session)),
    });
    return noteSecret(session, code, 'The token is');
  },
  async secret(session) {
    const code = await makeChange(session, {
      ...{ done: 'given a new secret to', object: describe(session) },
      current: () => readCustomRobot(session),
      run: () => session.client.call('POST', '/console/v1/customRobots/{robotCode}/secret', select(session)),
    });
    return noteSecret(session, code, 'The secret is');
  },
  remove: (session) =>
    makeChange(session, {
      ...{ done: 'removed', object: describe(session) },
      current: () => readCustomRobot(session),
      run: () => session.client.call('DELETE', '/console/v1/customRobots/{robotCode}', select(session)),
    }),
};

const describe = (session: Session) => `custom robot ${firstOf(session)} of ${corpOf(session).corpId}`;

const select = (session: Session) => ({ path: { robotCode: firstOf(session) }, query: corpOf(session) });

const readCustomRobot = (session: Session) =>
  session.client.call('GET', '/console/v1/customRobots/{robotCode}', select(session));

/** The rules for messages that the options set. */
function readSecurity({ given }: Session) {
  const [keywords, addresses] = [given.list('keywords'), given.list('addresses')];
  return { ...(keywords && { keywords: [...keywords] }), ...(addresses && { addresses: [...addresses] }) };
}
