import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { bearer, ok, recallPath, refusal, world } from '../support/world.ts';

const server = await fileServer();
const { call } = server;
const { emulate, receipt, recall, sent, signIn } = world(server);

const put = (path: string, body: unknown) => call('PUT', `/emulator/v1/${path}`, { body });

test.each([
  ['faults', { rules: [{ pth: '/gettoken', drop: true }] }, 'rules.0: there is no pth. Did you mean path?'],
  ['faults', { rule: [] }, 'the body: there is no rule. Did you mean rules?'],
  ['faults', { rules: [{ path: 'gettoken', drop: true }] }, 'no call has the path gettoken. Did you mean /gettoken?'],
  ['faults', { rules: [{ path: '/v1.0/robot/omessages/*', drop: true }] }, 'no call has the path'],
  ['faults', { rules: [{ path: '/gettoken', method: 'POST', drop: true }] }, '/gettoken accepts GET, not POST'],
  ['faults', { rules: [{ method: 'PATCH', drop: true }] }, 'every call accepts'],
  ['faults', { rules: [{ robotCode: 'robot-on', drop: true }] }, 'no robot robot-on. Did you mean robot-one?'],
  ['faults', { rules: [{ error: 'system.error', failedKeys: true }] }, `a rule with the path ${recallPath}`],
  ['faults', { rules: [{ path: recallPath, drop: true, failedKeys: true }] }, 'failedKeys: needs error'],
  ['readers', { readers: [{ userid: 'alice' }] }, 'readers.0: there is no userid. Did you mean userId?'],
  ['readers', { userId: 'alice', aftr: '1s' }, 'there is no aftr. Did you mean after?'],
  ['readers', { readers: [{ userId: 'nope' }] }, 'there is no user nope'],
  ['readers', { userId: '*', corpId: 'corp-on' }, 'no organization corp-on. Did you mean corp-one?'],
  ['readers', { userId: 'nobody', corpId: 'corp-two' }, 'there is no user nobody in corp-two'],
  ['delivery', { mod: 'hold' }, 'there is no mod. Did you mean mode?'],
  ['robots', { robotCode: 'robot-one', disable: true }, 'there is no disable. Did you mean disabled?'],
  [
    'templates',
    { robotCode: 'robot-one', msgKey: 'sampleText', stat: 'stopped' },
    'there is no stat. Did you mean state?',
  ],
])('PUT %s %j is refused with a suggestion', async (path, body, reason) => {
  const before = ok(await call('GET', '/emulator/v1/snapshot'));
  const reply = await put(path, body);
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  expect(reply.body.message).toContain(reason);
  expect(ok(await call('GET', '/emulator/v1/snapshot'))).toEqual(before);
});

test.each([
  ['POST', '/emulator/v1/clock', { advanced: '1h' }, 'there is no advanced. Did you mean advance?'],
  ['POST', '/emulator/v1/reads', { processQueryKey: 'x', userIDs: ['alice'] }, 'Did you mean userIds?'],
  ['POST', '/emulator/v1/suiteTickets', { appkey: 'suite' }, 'Did you mean appKey?'],
  ['POST', '/inbox/v1/sessions', { corpId: 'corp-one', userid: 'alice' }, 'Did you mean userId?'],
  ['POST', '/console/v1/signInCodes', { corpid: 'corp-one', userId: 'alice' }, 'Did you mean corpId?'],
  ['POST', '/console/v1/users', { corpId: 'corp-one', userId: 'new', nam: 'New' }, 'Did you mean name?'],
])('%s %s %j is refused with a suggestion', async (method, path, body, reason) => {
  const reply = await call(method, path, { body, headers: bearer(server.adminToken) });
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  expect(reply.body.message).toContain(reason);
});

test.each([
  ['/emulator/v1/requests', { limt: '1' }, 'the query: there is no limt. Did you mean limit?'],
  ['/console/v1/messages', { corpId: 'corp-one', robotcode: 'robot-one' }, 'Did you mean robotCode?'],
  ['/inbox/v1/events', { sinc: '1' }, 'the query: there is no sinc. Did you mean since?'],
  ['/inbox/v1/messages', { unred: 'true' }, 'the query: there is no unred. Did you mean unread?'],
])('GET %s with a misspelt parameter %j is refused', async (path, query, reason) => {
  const token = path.startsWith('/inbox') ? await signIn('alice') : server.adminToken;
  const reply = await call('GET', path, { query, headers: bearer(token) });
  expect(refusal(reply)).toEqual([400, 'huizhi.badRequest']);
  expect(reply.body.message).toContain(reason);
});

test('a fault for a path with a variable, or for a path prefix, can match', async () => {
  for (const path of ['/v1.0/oauth2/corp-one/token', '/v1.0/oauth2/corp*', '/v1.0/*', '*', '/gettoken'])
    ok(await put('faults', { rules: [{ path, error: 'system.error' }] }));
  ok(await put('faults', { rules: [] }));
});

test('a fault makes some keys of a recall fail with a reason, and recalls the others', async () => {
  const [first, second, third] = [await sent(), await sent(), await sent()];
  const rule = { path: recallPath, error: 'notRevoke.all.messages', times: 2 };
  await emulate('PUT', 'faults', { rules: [{ ...rule, failedKeys: [second] }] });
  expect(ok(await recall({ robotCode: 'robot-one', processQueryKeys: [first, second] }))).toEqual({
    successResult: [first],
    failedResult: { [second]: 'notRevoke.all.messages' },
  });
  expect((await receipt(second)).sendStatus).toBe('SUCCESS');
  await emulate('PUT', 'faults', { rules: [{ ...rule, failedKeys: true }] });
  expect(ok(await recall({ robotCode: 'robot-one', processQueryKeys: [third, 'forged'] }))).toEqual({
    successResult: [],
    failedResult: { [third]: 'notRevoke.all.messages', forged: 'notRevoke.all.messages' },
  });
  await emulate('PUT', 'faults', { rules: [] });
});
