import { expect, test } from 'vitest';
import { fileServer, testServer } from '../../support/harness.ts';
import { insideServer } from '../../support/inside.ts';
import { operatorsOf } from '../../support/operators.ts';
import { follow } from '../../support/stream.ts';
import { ok, refusal, world } from '../../support/world.ts';

const server = await fileServer();
const { asOwner, add, linkOf, openLink, enter, signIn } = operatorsOf(server);

test('operators are added, listed by name, changed and deleted', async () => {
  const grants = [{ role: 'sender', corpId: 'corp-one', userId: 'alice' }, { role: 'auditor' }] as const;
  const id = await add({ name: 'Zhang Min', email: 'Zhang.Min@Example.com', grants });
  await add({ name: 'Aa first' });
  expect(ok(await asOwner('GET', `operators/${id}`))).toMatchObject({
    ...{ operatorId: id, name: 'Zhang Min', email: 'zhang.min@example.com', disabled: false },
    grants: [
      { role: 'auditor', corpId: null, userId: null },
      { role: 'sender', corpId: 'corp-one', userId: 'alice' },
    ],
  });
  const first = ok(await asOwner('GET', 'operators', { query: { limit: '1' } }));
  expect(first).toMatchObject({ operators: [{ name: 'Aa first' }], total: { isExact: true } });
  const query = { limit: '100', cursor: String(first.cursor) };
  const rest = ok(await asOwner('GET', 'operators', { query })) as { operators: { name: string }[] };
  expect(rest.operators.map(({ name }) => name)).toContain('Zhang Min');
  ok(await asOwner('PUT', `operators/${id}`, { body: { name: 'Zhang', email: null, grants: [{ role: 'owner' }] } }));
  expect(ok(await asOwner('GET', `operators/${id}`))).toMatchObject({
    ...{ name: 'Zhang', email: null, grants: [{ role: 'owner', corpId: null }] },
  });
  ok(await asOwner('DELETE', `operators/${id}`));
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/link'],
  ] as const)
    expect(refusal(await asOwner(method, `operators/${id}${path}`, path === '' ? {} : { body: {} }))).toEqual([
      404,
      'huizhi.notFound',
    ]);
});

test.each([
  [{ name: 'n', roles: [] }, 400, 'there is no roles'],
  [
    { name: 'n', grants: [{ role: 'auditer' }] },
    400,
    'grants.0.role: is not a role: owner, operator, sender, auditor. Did you mean auditor?',
  ],
  [
    { name: 'n', grants: [{ role: 'owner', corpId: 'corp-one' }] },
    400,
    'grants.0.corpId: an owner is one of all organizations',
  ],
  [
    { name: 'n', grants: [{ role: 'sender', userId: 'alice' }] },
    400,
    'grants.0.userId: a user belongs to one organization',
  ],
  [
    { name: 'n', grants: [{ role: 'sender' }, { role: 'auditor' }] },
    400,
    'grants.1: there is a role in all organizations already',
  ],
  [{ name: 'n', grants: [{ role: 'sender', corpId: 'corp-none' }] }, 404, 'no organization corp-none'],
  [
    { name: 'n', grants: [{ role: 'sender', corpId: 'corp-one', userId: 'mallory' }] },
    404,
    'no user mallory in corp-one',
  ],
  [{ name: 'n', email: 'nobody' }, 400, 'email: is not an email address'],
  [{ name: ' ' }, 400, 'name: must be'],
])('refuses the operator %j', async (body, status, reason) => {
  const reply = await asOwner('POST', 'operators', { body });
  expect(reply.status).toBe(status);
  expect(reply.body.message).toContain(reason);
});

test('an email address belongs to one operator, in any case', async () => {
  await add({ name: 'One', email: 'same@example.com' });
  const taken = await asOwner('POST', 'operators', { body: { name: 'Two', email: 'SAME@example.com' } });
  expect(refusal(taken)).toEqual([409, 'huizhi.conflict']);
  const other = await add({ name: 'Two' });
  const change = await asOwner('PUT', `operators/${other}`, { body: { email: 'same@Example.com' } });
  expect(refusal(change)).toEqual([409, 'huizhi.conflict']);
});

test('an address with the Kelvin sign is not that of an operator with the letter k', async () => {
  await add({ name: 'Kate', email: 'Kate@example.com' });
  const other = await add({ name: 'Other', email: '\u212Aate@Example.com' });
  expect(ok(await asOwner('GET', `operators/${other}`)).email).toBe('\u212Aate@example.com');
});

test('a link signs in once, only the newest one works, and its secret is in no log, dump or audit entry', async () => {
  const id = await add({ name: 'Linked', grants: [{ role: 'auditor', corpId: 'corp-one' }] });
  const [old, fresh] = [await linkOf(id), await linkOf(id)];
  expect(fresh.url).toBe(`${server.url}/console#link=${fresh.link}`);
  expect(refusal(await openLink(old.link))).toEqual([401, 'huizhi.unauthorized']);
  const opened = ok(await openLink(fresh.link));
  expect(opened.operator).toMatchObject({ operatorId: id, name: 'Linked' });
  expect(refusal(await openLink(fresh.link))).toEqual([401, 'huizhi.unauthorized']);
  const { text } = await asOwner('GET', 'audit', { query: { limit: '100' } });
  expect(text).toContain('operator.link');
  const dump = JSON.stringify(await world(server).emulate('GET', 'snapshot'));
  for (const all of [text, dump, JSON.stringify(server.log)]) expect(all).not.toContain(fresh.link);
});

test('a link ends with its time, and when the operator is disabled', async () => {
  const own = await testServer();
  const { freeze, advance } = world(own);
  const operators = operatorsOf(own);
  await freeze();
  const id = await operators.add({ name: 'Late' });
  const { link } = await operators.linkOf(id, { validFor: 60_000 });
  await advance('1m');
  expect(refusal(await operators.openLink(link))[0]).toBe(401);
  const next = await operators.linkOf(id);
  ok(await operators.asOwner('PUT', `operators/${id}`, { body: { disabled: true } }));
  expect(refusal(await operators.openLink(next.link))[0]).toBe(401);
  expect(refusal(await operators.asOwner('POST', `operators/${id}/link`, { body: {} }))).toEqual([
    409,
    'huizhi.conflict',
  ]);
  ok(await operators.asOwner('PUT', `operators/${id}`, { body: { disabled: false } }));
  ok(await operators.openLink((await operators.linkOf(id)).link));
});

test.each([
  ['disabling the operator', { disabled: true }],
  ['another role', { grants: [{ role: 'auditor', corpId: 'corp-one' }] }],
  ['the loss of all roles', { grants: [] }],
])('%s ends their sessions and event streams at once, and no others', async (_, change) => {
  const grants = [{ role: 'operator', corpId: 'corp-one' }] as const;
  const [leaving, staying] = [await enter(...grants), await enter(...grants)];
  const open = ({ cookie }: { cookie: string }) =>
    follow(server, '', '?corpId=corp-one', { authorization: undefined, cookie }, '/console/v1/events');
  const [mine, other] = [await open(leaving), await open(staying)];
  ok(await asOwner('PUT', `operators/${leaving.operatorId}`, { body: change }));
  expect(await mine.next()).toBeUndefined();
  expect(refusal(await leaving.call('GET', 'organizations'))).toEqual([401, 'huizhi.unauthorized']);
  await world(server).sent();
  expect(await other.next()).toMatchObject({ event: 'sent' });
});

test('an operator whose own user leaves the organization loses the role there at once, for good', async () => {
  const body = { corpId: 'corp-one', userId: 'leaver', name: 'Leaver' };
  ok(await asOwner('POST', 'users', { body }));
  const grants = [
    { role: 'operator', corpId: 'corp-one', userId: 'leaver' },
    { role: 'auditor', corpId: 'corp-two' },
  ] as const;
  const { operatorId, cookie, call } = await enter(...grants);
  const headers = { authorization: undefined, cookie };
  const stream = await follow(server, '', '?corpId=corp-one', headers, '/console/v1/events');
  const query = { corpId: 'corp-one' };
  ok(await asOwner('DELETE', 'users/leaver', { query }));
  // The events from before the removal, and its own, may still come.
  for (let event = await stream.next(); event; event = await stream.next())
    expect(['user_add_org', 'user_leave_org']).toContain(event.event);
  expect(refusal(await call('GET', 'organizations'))).toEqual([401, 'huizhi.unauthorized']);
  ok(await asOwner('POST', 'users/leaver/restore', { query, body: {} }));
  const left = [{ role: 'auditor', corpId: 'corp-two', userId: null }];
  expect(ok(await asOwner('GET', `operators/${operatorId}`)).grants).toEqual(left);
  const again = await signIn(operatorId);
  expect(refusal(await again.call('GET', 'users', { query }))).toEqual([404, 'huizhi.notFound']);
  const { entries } = ok(await asOwner('GET', 'audit', { query: { limit: '10' } })) as { entries: object[] };
  expect(entries).toContainEqual(
    expect.objectContaining({
      ...{ action: 'operator.change', target: operatorId, corpId: 'corp-one', operator: expect.any(Object) },
      ...{ before: { role: 'operator', userId: 'leaver' }, after: { role: null } },
    }),
  );
});

test('another name ends no session, and deleting ends all', async () => {
  const { operatorId, call } = await enter({ role: 'auditor' });
  ok(await asOwner('PUT', `operators/${operatorId}`, { body: { name: 'Renamed' } }));
  expect(ok(await call('GET', 'sessions/current')).operator).toMatchObject({ name: 'Renamed' });
  ok(await asOwner('DELETE', `operators/${operatorId}`));
  expect(refusal(await call('GET', 'organizations'))).toEqual([401, 'huizhi.unauthorized']);
});

test('signing out ends the session of an operator, and a session never makes a backup', async () => {
  const { call } = await enter({ role: 'owner' });
  expect(refusal(await call('POST', 'backup'))).toEqual([403, 'huizhi.forbidden']);
  ok(await call('DELETE', 'sessions/current'));
  expect(refusal(await call('GET', 'organizations'))).toEqual([401, 'huizhi.unauthorized']);
});

test('a sign-in has either the admin token or a link', async () => {
  for (const body of [{}, { adminToken: 'a', link: 'b' }]) {
    const reply = await server.call('POST', '/console/v1/sessions', { body });
    expect(reply.body.message).toContain('either adminToken or link is needed');
  }
  expect(ok(await server.call('GET', '/console/v1/signIn')).signIn).toEqual(['link', 'adminToken']);
});

test('a sender sees the messages, recipients and events of what they have sent, and nothing else', async () => {
  const own = await insideServer();
  const { context } = own;
  const operators = operatorsOf(own);
  const sender = await operators.enter({ role: 'sender', corpId: 'corp-one' });
  const account = await context.store.accounts.byCode(sender.operatorId);
  const { now } = context.directory;
  const robot = now.robot('robot-one');
  const corpId = now.organization('corp-one')?.corpId;
  if (!account || !robot || corpId === undefined) throw new TypeError('the setup is not complete');
  const send = (operatorId?: number) =>
    context.store.accept({
      ...{ corpId, robot, appId: robot.appId, kind: 1, param: '{"content":"hello"}', userCodes: ['alice'] },
      ...{ sentAt: context.clock.now(), ...(operatorId !== undefined && { operatorId }) },
    });
  const [mine, foreign] = [await send(account.id), await send()];
  for (const one of [mine, foreign]) await context.store.settle(corpId, one?.messageId ?? 0, context.clock.now());
  const idOf = (one: typeof mine) => context.seal.sealPair('message', corpId, one?.messageId ?? 0);
  const query = { corpId: 'corp-one' };
  const list = ok(await sender.call('GET', 'messages', { query }));
  expect(list).toMatchObject({
    messages: [{ messageId: idOf(mine), operator: { operatorId: sender.operatorId, name: 'Operator' } }],
    total: { count: 1, isExact: true },
  });
  expect((ok(await sender.call('GET', 'unread', { query })) as { unread: object[] }).unread).toHaveLength(1);
  for (const path of ['', '/recipients.csv'])
    expect((await sender.call('GET', `messages/${idOf(mine)}${path}`)).status).toBe(200);
  for (const [method, path] of [
    ['GET', ''],
    ['GET', '/recipients.csv'],
    ['GET', '/readers'],
    ['POST', '/recall'],
  ] as const)
    expect(refusal(await sender.call(method, `messages/${idOf(foreign)}${path}`))).toEqual([404, 'huizhi.notFound']);
  const events = async (messageId?: string) =>
    sender.call('GET', 'events', {
      query: { ...query, since: '0', ...(messageId !== undefined && { messageId }) },
      headers: { accept: 'application/json' },
    });
  const all = ok(await events()) as { events: { data: { messageId: string } }[]; next: number };
  expect(new Set(all.events.map(({ data }) => data.messageId))).toEqual(new Set([idOf(mine)]));
  expect(all.next).toBe(4);
  expect((await events(idOf(mine))).status).toBe(200);
  expect(refusal(await events(idOf(foreign)))).toEqual([404, 'huizhi.notFound']);
  expect(ok(await sender.call('POST', `messages/${idOf(mine)}/recall`)).status).toBe('recalled');
  const byOwner = async (operatorId: string) =>
    operators.asOwner('GET', 'messages', { query: { ...query, operatorId } });
  expect(ok(await byOwner(sender.operatorId))).toMatchObject({ messages: [{ messageId: idOf(mine) }] });
  expect(refusal(await byOwner('op-none'))).toEqual([404, 'huizhi.notFound']);
});
