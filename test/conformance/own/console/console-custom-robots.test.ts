import { expect, test } from 'vitest';
import { type Fields, fileServer } from '../../support/harness.ts';
import { errorOf, sign, textOf, webhookWorld } from '../../support/webhooks.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const shared = await fileServer();
const { advance, ask, audit, call, disband, emulate, freeze, hook, inboxOf, manage, post, signIn, tokenOf } =
  webhookWorld(world(shared));

const groupOf = async (corpId = 'corp-one') => {
  const body = { corpId, title: 'Group', members: 'all' };
  return String(ok(await call('POST', '/emulator/v1/groups', { body })).openConversationId);
};
const given = { corpId: 'corp-one', name: 'Alarm', keywords: ['k'], addresses: ['127.0.0.1'], sign: true };
const make = async (more: object = {}) =>
  ok(
    await call('POST', '/console/v1/customRobots', {
      body: { ...given, openConversationId: await groupOf(), ...more },
      headers: bearer(shared.adminToken),
    }),
  ) as {
    robotCode: string;
    token: string;
    secret: string;
  };

test('a custom robot is created with a token and a secret that are shown only once', async () => {
  const openConversationId = await groupOf();
  const body = { ...given, openConversationId };
  const made = ok(await call('POST', '/console/v1/customRobots', { body, headers: bearer(shared.adminToken) }));
  const { token, secret, ...rest } = made;
  expect([token, secret]).toEqual([expect.stringMatching(/^[\da-f]{64}$/), expect.stringMatching(/^SEC[\da-f]{64}$/)]);
  expect(rest).toMatchObject({
    ...{ name: 'Alarm', openConversationId, groupTitle: 'Group', keywords: ['k'], addresses: ['127.0.0.1'] },
    ...{ sign: true, disabled: false, outgoingUrl: null },
  });
  const path = `/${String(made.robotCode)}`;
  expect(ok(await ask('GET', path))).toEqual(rest);
  const { customRobots } = ok(await ask('GET', '', undefined, { limit: '100' })) as { customRobots: Fields[] };
  expect(customRobots).toContainEqual(rest);
  const [entry] = await audit();
  expect(entry).toMatchObject({ action: 'customRobot.create', target: made.robotCode, corpId: 'corp-one' });
  expect(JSON.stringify([customRobots, await audit()])).not.toMatch(new RegExp(`${String(token)}|${String(secret)}`));
});

test('the custom robots of one group are listed alone, page by page', async () => {
  const openConversationId = await groupOf();
  const codes: string[] = [];
  for (let i = 0; i < 3; i++) codes.push((await make({ openConversationId })).robotCode);
  await make();
  const list = async (query: Readonly<Record<string, string>>) =>
    ok(await ask('GET', '', undefined, { openConversationId, ...query })) as {
      customRobots: Fields[];
      cursor: string | null;
    };
  const first = await list({ limit: '2' });
  const second = await list({ limit: '2', cursor: String(first.cursor) });
  expect([...first.customRobots, ...second.customRobots].map(({ robotCode }) => robotCode)).toEqual(codes);
  expect(second.cursor).toBeNull();
  const refused = async (query: Readonly<Record<string, string>>) => refusal(await ask('GET', '', undefined, query));
  expect(await refused({ openConversationId: 'cid-nothing' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused({ openConversationId, corpId: 'corp-two' })).toEqual([404, 'huizhi.notFound']);
});

test('settings change at once, and each change is in the audit log', async () => {
  const { robotCode, token, secret } = await make();
  const now = await freeze();
  const send = (text = 'k') => post({ token }, textOf(text), { query: sign(secret, now) });
  expect(errorOf(await send())[0]).toBe(0);
  ok(await ask('PUT', `/${robotCode}`, { disabled: true }));
  expect(errorOf(await send())[0]).toBe(400102);
  ok(await ask('PUT', `/${robotCode}`, { disabled: false, keywords: ['other'] }));
  expect(errorOf(await send())[0]).toBe(310000);
  expect(
    ok(await ask('PUT', `/${robotCode}`, { name: 'New', sign: false, keywords: [], addresses: [] })),
  ).toMatchObject({
    ...{ name: 'New', sign: false, keywords: [], addresses: [] },
  });
  expect(errorOf(await post({ token }))[0]).toBe(0);
  const before = (await audit()).length;
  ok(await ask('PUT', `/${robotCode}`, { name: 'New' }));
  expect((await audit()).length).toBe(before);
  expect((await audit())[0]).toMatchObject({
    action: 'customRobot.change',
    before: { name: 'Alarm', sign: true },
    after: { name: 'New', sign: false },
  });
  const [shown] = (await inboxOf(await signIn('alice'), { robotCode })).messages;
  expect(shown).toMatchObject({ robotName: 'New' });
});

test('a new token ends the old one, and a new secret the old signatures', async () => {
  const { robotCode, token, secret } = await make({ keywords: [], addresses: [] });
  const now = await freeze();
  const { token: next } = ok(await ask('POST', `/${robotCode}/token`)) as { token: string };
  expect(errorOf(await post({ token }, textOf('x'), { query: sign(secret, now) }))[0]).toBe(300005);
  expect(errorOf(await post({ token: next }, textOf('x'), { query: sign(secret, now) }))[0]).toBe(0);
  const { secret: newer } = ok(await ask('POST', `/${robotCode}/secret`)) as { secret: string };
  expect(errorOf(await post({ token: next }, textOf('x'), { query: sign(secret, now) }))[0]).toBe(310000);
  expect(errorOf(await post({ token: next }, textOf('x'), { query: sign(newer, now) }))[0]).toBe(0);
  expect((await audit()).slice(0, 2).map(({ action }) => action)).toEqual(['customRobot.secret', 'customRobot.token']);
});

test('a deleted robot disappears with its token, its messages stay under its name, and its row goes in the end', async () => {
  const { robotCode, token } = await make({ keywords: [], sign: false });
  await post({ token }, textOf('stays'));
  expect(ok(await ask('DELETE', `/${robotCode}`))).toEqual({});
  expect(errorOf(await post({ token }))[0]).toBe(300005);
  expect(refusal(await ask('GET', `/${robotCode}`))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await ask('DELETE', `/${robotCode}`))).toEqual([404, 'huizhi.notFound']);
  const [shown] = (await inboxOf(await signIn('bob'), { robotCode })).messages;
  expect(shown).toMatchObject({ robotName: 'Alarm', msgParam: '{"content":"stays"}' });
  const messages = { query: { corpId: 'corp-one', robotCode }, headers: bearer(shared.adminToken) };
  expect(ok(await call('GET', '/console/v1/messages', messages)).messages).toMatchObject([
    { robotCode, robotName: 'Alarm', msgKey: 'webhookText' },
  ]);
  const rows = async () => {
    const { store } = (await emulate('GET', 'snapshot')) as { store: { tables: { custom_robots: unknown[][] } } };
    return store.tables.custom_robots.filter((row) => row.includes(robotCode)).length;
  };
  expect(await rows()).toBe(1);
  await advance('403d');
  expect(await rows()).toBe(0);
});

test('what an organization has is not found under another', async () => {
  const { robotCode } = await make();
  const there = { corpId: 'corp-two' };
  for (const [method, path, body] of [
    ['GET', `/${robotCode}`],
    ['PUT', `/${robotCode}`, { name: 'x' }],
    ['POST', `/${robotCode}/token`],
    ['POST', `/${robotCode}/secret`],
    ['DELETE', `/${robotCode}`],
  ] as const) {
    expect(refusal(await ask(method, path, body, there))).toEqual([404, 'huizhi.notFound']);
  }
  expect(ok(await ask('GET', '', undefined, there)).customRobots).toEqual([]);
  const body = { ...given, openConversationId: await groupOf('corp-two') };
  expect(refusal(await call('POST', '/console/v1/customRobots', { body, headers: bearer(shared.adminToken) }))).toEqual(
    [404, 'huizhi.notFound'],
  );
});

test.each<[string, object]>([
  ['a blank name', { name: ' ' }],
  ['too many keywords', { keywords: Array.from({ length: 11 }, (_, i) => `k${i}`) }],
  ['a blank keyword', { keywords: [''] }],
  ['an address that is none', { addresses: ['example.com'] }],
  ['an unknown member', { token: 'x' }],
])('%s is refused, and changes nothing', async (_, wrong) => {
  const { robotCode } = await make();
  const before = ok(await ask('GET', `/${robotCode}`));
  expect(refusal(await ask('PUT', `/${robotCode}`, wrong))).toEqual([400, 'huizhi.badRequest']);
  expect(ok(await ask('GET', `/${robotCode}`))).toEqual(before);
  const body = { ...given, openConversationId: await groupOf(), ...wrong };
  expect(refusal(await call('POST', '/console/v1/customRobots', { body, headers: bearer(shared.adminToken) }))).toEqual(
    [400, 'huizhi.badRequest'],
  );
});

test('a disbanded group gets no custom robot', async () => {
  const openConversationId = await groupOf();
  await disband(openConversationId);
  const body = { ...given, openConversationId };
  const headers = bearer(shared.adminToken);
  expect(refusal(await call('POST', '/console/v1/customRobots', { body, headers }))).toEqual([409, 'huizhi.conflict']);
});

const action = { actionType: '1', sendNotification: false };

test('an app enables and deletes custom robots of its organization by their token', async () => {
  const made = await hook({ disabled: true });
  expect(ok(await manage('enable', { token: made.token, ...action }))).toEqual({ result: true });
  expect(errorOf(await post(made))[0]).toBe(0);
  expect(ok(await manage('delete', { token: made.token, ...action, sendNotification: true }))).toEqual({
    result: true,
  });
  expect(errorOf(await post(made))[0]).toBe(300005);
  const again = await manage('delete', { token: made.token, ...action });
  expect(refusal(again)).toEqual([400, 'token.notExisted']);
});

test('an outgoing address is stored, and the one before is returned', async () => {
  const { robotCode, token } = await hook();
  const [first, second] = ['https://example.com/a', 'http://example.com/b'];
  expect(ok(await manage('outgoing/update', { token, outgoingUrl: first, userCustomToken: 'mine' }))).toEqual({
    ...{ result: true, originalUrl: '', targetUrl: first },
  });
  expect(ok(await manage('outgoing/update', { token, outgoingUrl: second }))).toEqual({
    ...{ result: true, originalUrl: first, targetUrl: second },
  });
  expect(ok(await ask('GET', `/${robotCode}`))).toMatchObject({ outgoingUrl: second });
});

test('another organization cannot use a token, and cannot tell whether it exists', async () => {
  const { token } = await hook({ disabled: true });
  const stranger = await tokenOf('app-two');
  const calls = [
    ['enable', action],
    ['delete', action],
    ['outgoing/update', { outgoingUrl: 'https://example.com' }],
  ] as const;
  for (const [path, body] of calls) {
    const [foreign, unknown] = [
      await manage(path, { token, ...body }, stranger),
      await manage(path, { token: 'x', ...body }),
    ];
    expect([refusal(foreign), foreign.body.message]).toEqual([refusal(unknown), unknown.body.message]);
    expect(refusal(foreign)).toEqual([400, 'token.notExisted']);
    const bare = await manage(path, { token, ...body }, await tokenOf('app-bare'));
    expect(refusal(bare)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  }
  expect(errorOf(await post({ token }))[0]).toBe(400102);
});

test.each<[string, string, object, string]>([
  ['no token', 'enable', action, 'Missingtoken'],
  ['no actionType', 'delete', { token: 'x', sendNotification: true }, 'MissingactionType'],
  ['no sendNotification', 'enable', { token: 'x', actionType: '1' }, 'MissingsendNotification'],
  ['no outgoingUrl', 'outgoing/update', { token: 'x' }, 'MissingoutgoingUrl'],
  ['a token of another type', 'enable', { token: 1, ...action }, 'invalidParameter.param.invalid'],
  [
    'an actionType of another type',
    'enable',
    { token: 'x', ...action, actionType: {} },
    'invalidParameter.param.invalid',
  ],
  [
    'a sendNotification of another type',
    'delete',
    { token: 'x', ...action, sendNotification: 1 },
    'invalidParameter.param.invalid',
  ],
  ['a blank address', 'outgoing/update', { token: 'x', outgoingUrl: ' ' }, 'invalidParameter.param.invalid'],
  [
    'another kind of address',
    'outgoing/update',
    { token: 'x', outgoingUrl: 'javascript:x' },
    'invalidParameter.outgoingUrl.invalid',
  ],
  [
    'an address with the port 0',
    'outgoing/update',
    { token: 'x', outgoingUrl: 'http://example.com:0/' },
    'invalidParameter.outgoingUrl.invalid',
  ],
  [
    'an unpaired surrogate',
    'outgoing/update',
    { token: 'x', outgoingUrl: 'https://\ud800' },
    'invalidParameter.param.invalid',
  ],
])('%s gets its error', async (_, path, body, code) => {
  expect(refusal(await manage(path, body))).toEqual([400, code]);
});

test('the console counts messages of a custom robot, shows who has read them, and recalls them', async () => {
  const made = await hook({ name: 'Counted' });
  const { robotCode } = made;
  await post(made, textOf('counted'));
  const headers = bearer(shared.adminToken);
  const query = { corpId: 'corp-one', robotCode };
  const { buckets } = ok(await call('GET', '/console/v1/statistics', { query, headers })) as { buckets: Fields[] };
  expect(buckets.reduce((sum, { sends }) => sum + Number(sends), 0)).toBe(1);
  const listed = ok(await call('GET', '/console/v1/messages', { query, headers })).messages as Fields[];
  const [{ messageId } = {}] = listed;
  expect(listed).toMatchObject([{ robotName: 'Counted', msgKey: 'webhookText' }]);
  const path = `/console/v1/messages/${String(messageId)}`;
  const { processQueryKey } = ok(await call('GET', path, { headers }));
  expect((await emulate('POST', 'reads', { processQueryKey, userIds: ['alice', 'bob'] })).read).toBe(2);
  expect(ok(await call('GET', path, { headers })).members).toEqual({ memberCount: 28, readCount: 2 });
  ok(await call('POST', `${path}/recall`, { headers }));
  expect((await inboxOf(await signIn('carol'), { robotCode })).messages).toEqual([]);
});
