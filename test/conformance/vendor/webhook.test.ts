import { expect, test } from 'vitest';
import { type Fields, fileServer, testServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';
import { follow } from '../support/stream.ts';
import { badMessages, errorOf, sign, textOf, webhookPath, webhookWorld } from '../support/webhooks.ts';
import { bearer, ok, world } from '../support/world.ts';

const shared = await fileServer();
const { advance, call, disband, emulate, freeze, hook, inboxOf, lastCause, markRead, post, signIn } = webhookWorld(
  world(shared),
);

const accepted = '{"errcode":0,"errmsg":"ok"}';

test('a message reaches each member of the group, under the name of the custom robot', async () => {
  const made = await hook({ name: '报警机器人' });
  const live = await follow(shared, await signIn('bob'));
  const reply = await post(made, textOf('磁盘空间不足'));
  expect([reply.status, reply.text]).toEqual([200, accepted]);
  expect(reply.headers['content-type']).toBe('application/json;charset=utf-8');
  const data = { robotCode: made.robotCode, robotName: '报警机器人', msgKey: 'webhookText' };
  const conversation = { openConversationId: made.openConversationId };
  const event = await live.next();
  expect(event).toMatchObject({ event: 'message', data: { ...data, conversation, readAt: null } });
  const session = await signIn('alice');
  const [first] = (await inboxOf(session, { robotCode: made.robotCode })).messages;
  expect(first).toMatchObject({ ...data, msgParam: '{"content":"磁盘空间不足"}' });
  const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers: bearer(session) }));
  expect(robots).toContainEqual(expect.objectContaining({ robotCode: made.robotCode, unreadCount: 1 }));
  expect(await markRead(session, first?.messageId ?? '')).toBe(1);
});

test('people outside of the group get nothing', async () => {
  const group = ok(await emulateGroup(['alice']));
  await post(await hook({ openConversationId: group.openConversationId }), textOf('for alice only'));
  const shown = JSON.stringify((await inboxOf(await signIn('bob'))).messages);
  expect(shown).not.toContain('for alice only');
  expect(JSON.stringify((await inboxOf(await signIn('alice'))).messages)).toContain('for alice only');
});

const emulateGroup = (members: readonly string[]) =>
  call('POST', '/emulator/v1/groups', { body: { corpId: 'corp-one', title: 'Some', members } });

test.each<[string, object, string, object]>([
  ['text', { text: { content: 'x' } }, 'webhookText', { content: 'x' }],
  [
    'link',
    { link: { title: 'T', text: 'x', messageUrl: 'https://a', picUrl: 'https://p' } },
    'webhookLink',
    { title: 'T', text: 'x', messageUrl: 'https://a', picUrl: 'https://p' },
  ],
  ['markdown', { markdown: { title: 'T', text: '# x' } }, 'webhookMarkdown', { title: 'T', text: '# x' }],
  [
    'actionCard',
    { actionCard: { title: 'T', text: 'x', singleTitle: 'Read', singleURL: 'https://a', btns: [{ title: 'no' }] } },
    'webhookActionCard',
    { title: 'T', text: 'x', btnOrientation: '0', btns: [{ title: 'Read', actionURL: 'https://a' }] },
  ],
  [
    'actionCard',
    { actionCard: { title: 'T', text: 'x', btnOrientation: '1', btns: [{ title: 'a', actionURL: 'https://a' }] } },
    'webhookActionCard',
    { title: 'T', text: 'x', btnOrientation: '1', btns: [{ title: 'a', actionURL: 'https://a' }] },
  ],
  [
    'feedCard',
    { feedCard: { links: [{ title: 'a', messageURL: 'https://a', picURL: 'https://p' }] } },
    'webhookFeedCard',
    { links: [{ title: 'a', messageURL: 'https://a', picURL: 'https://p' }] },
  ],
])('a message of the type %s is shown with its fields', async (msgtype, content, msgKey, param) => {
  const made = await hook();
  expect((await post(made, { msgtype, ...content })).text).toBe(accepted);
  const [shown] = (await inboxOf(await signIn('carol'), { robotCode: made.robotCode })).messages;
  expect(shown).toMatchObject({ msgKey });
  expect(JSON.parse(shown?.msgParam ?? '')).toEqual(param);
});

test('objects may arrive as JSON text, as the old SDKs send them', async () => {
  const made = await hook();
  const body = { msgtype: 'text', text: '{"content":"x"}', at: '{"isAtAll":"true"}' };
  expect((await post(made, body)).text).toBe(accepted);
  const [shown] = (await inboxOf(await signIn('carol'), { robotCode: made.robotCode })).messages;
  expect(JSON.parse(shown?.msgParam ?? '')).toEqual({ content: 'x @所有人', at: { users: [], isAtAll: true } });
});

test('at names members by mobile and userId, and hides their mobiles; others are ignored', async () => {
  await emulate('PUT', 'users', {
    corpId: 'corp-one',
    users: [{ userId: 'u02', name: 'Name of u02', mobile: '13911110000' }],
  });
  const { openConversationId } = ok(await emulateGroup(['alice', 'u02']));
  const made = await hook({ openConversationId });
  const at = { atMobiles: ['13911110000', '13900009999'], atUserIds: ['alice', 'bob', 7, null], isAtAll: false };
  await post(made, textOf('@13911110000 look, @13911110000x', { at }));
  const users = [
    { userId: 'alice', name: 'Name of alice' },
    { userId: 'u02', name: 'Name of u02' },
  ];
  const shownTo = async (userId: string) => {
    const [shown] = (await inboxOf(await signIn(userId), { robotCode: made.robotCode })).messages;
    const { at: stored, ...rest } = JSON.parse(shown?.msgParam ?? '') as { at: { users: Fields[]; isAtAll: boolean } };
    const byId = stored.users.toSorted((a, b) => (String(a.userId) < String(b.userId) ? -1 : 1));
    return { ...rest, at: { ...stored, users: byId } };
  };
  expect(await shownTo('alice')).toEqual({
    content: '@Name of u02 look, @13911110000x @Name of alice',
    at: { users, isAtAll: false },
  });
  const abroad = '+86-13911110000';
  await post(made, textOf(`@${abroad} look`, { at: { atMobiles: [abroad] } }));
  expect(await shownTo('u02')).toMatchObject({ content: '@Name of u02 look' });
  await post(made, { msgtype: 'markdown', markdown: { title: 'T', text: 'see @alice' }, at });
  expect(await shownTo('u02')).toEqual({ title: 'T', text: 'see @Name of alice', at: { users, isAtAll: false } });
  const feed = { links: [{ title: 'a', messageURL: 'https://a' }] };
  await post(made, { msgtype: 'feedCard', feedCard: feed, at });
  const [shown] = (await inboxOf(await signIn('u02'), { robotCode: made.robotCode })).messages;
  expect(JSON.parse(shown?.msgParam ?? '')).toEqual({ links: [{ ...feed.links[0], picURL: '' }] });
});

test('a name that contains the userIds of others is shown as it is', async () => {
  const names = { u03: '@u04 @u04', u04: '@u05 @u05', u05: 'Name of u05' };
  const users = Object.entries(names).map(([userId, name]) => ({ userId, name }));
  await emulate('PUT', 'users', { corpId: 'corp-one', users });
  const { openConversationId } = ok(await emulateGroup(Object.keys(names)));
  const made = await hook({ openConversationId });
  const text = 'see @u03, @u05, @u0 and @';
  await post(made, { msgtype: 'markdown', markdown: { title: 'T', text }, at: { atUserIds: Object.keys(names) } });
  const [shown] = (await inboxOf(await signIn('u05'), { robotCode: made.robotCode })).messages;
  expect(JSON.parse(shown?.msgParam ?? '')).toMatchObject({ text: 'see @@u04 @u04, @Name of u05, @u0 and @' });
});

const json = { 'content-type': 'application/json' };

test.each(badMessages)('%s is refused, and nothing is sent', async (_, body, more, error) => {
  const made = await hook();
  const query = { access_token: made.token };
  expect(errorOf(await call('POST', webhookPath, { body, query, ...more }))).toEqual(error);
  expect((await inboxOf(await signIn('alice'), { robotCode: made.robotCode })).messages).toEqual([]);
});

test('the response to another method has no request id either', async () => {
  expect((await call('GET', webhookPath)).text).toBe('{"errcode":43002,"errmsg":"需要POST请求"}');
});

test('a body of a megabyte is too long, too', async () => {
  const reply = await post(await hook(), textOf('x'.repeat(1024 * 1024)));
  expect(errorOf(reply)[0]).toBe(460101);
});

test('exactly 20,000 bytes are accepted', async () => {
  const body = JSON.stringify(textOf(''));
  const whole = JSON.stringify(textOf('x'.repeat(20_000 - body.length)));
  expect((await post(await hook(), whole, { headers: json })).text).toBe(accepted);
});

test('a disabled robot and one of a disbanded group are refused before anything else is looked at', async () => {
  const off = await hook({ disabled: true, sign: true });
  expect(errorOf(await post(off, '{', { headers: {} }))).toEqual([400102, '机器人已停用']);
  const gone = await hook({ sign: true });
  await disband(gone.openConversationId);
  expect(errorOf(await post(gone, '{', { headers: {} }))).toEqual([400013, '群已被解散']);
});

const signatureText =
  'description:机器人发送签名不匹配;solution:请确认签名和生成签名的时间戳必须都放在调用的网址中，请确认机器人的密钥加密和填写正确;link:请参考本接口对应文档获得具体要求，或者在https://open.dingtalk.com/document/  搜索相关文档;';

test('a signature must be that of the time and the secret, and at most an hour old', async () => {
  const made = await hook({ sign: true });
  const { secret } = made;
  expect(secret).toMatch(/^SEC[\da-f]{64}$/);
  const now = await freeze();
  const post1 = (query: Readonly<Record<string, string>>) => post(made, textOf('x'), { query });
  const hour = 3_600_000;
  for (const query of [
    {},
    { timestamp: String(now) },
    { sign: sign(secret, now).sign ?? '' },
    { ...sign(secret, now), timestamp: String(now + 1) },
    sign('SECother', now),
    sign(secret, 'now'),
    { ...sign(secret, now), sign: `${sign(secret, now).sign} ` },
  ]) {
    expect(errorOf(await post1(query))).toEqual([310000, signatureText]);
  }
  for (const late of [now - hour - 1, now + hour + 1]) {
    const [errcode, errmsg] = errorOf(await post1(sign(secret, late)));
    expect([errcode, errmsg.startsWith('description:机器人发送签名过期;')]).toEqual([310000, true]);
  }
  for (const good of [now, now - hour, now + hour]) expect((await post1(sign(secret, good))).text).toBe(accepted);
});

test('a sign whose + was not encoded is refused, and the cause says so', async () => {
  const made = await hook({ sign: true });
  const now = await freeze();
  const times = Array.from({ length: 200 }, (_, i) => sign(made.secret, now - i));
  const { timestamp = '', sign: plus = '' } = times.find((each) => each.sign?.includes('+')) ?? {};
  const query = `access_token=${made.token}&timestamp=${timestamp}&sign=${plus.replaceAll('=', '%3D')}`;
  expect(errorOf(await call('POST', webhookPath, { body: textOf('x'), query }))[0]).toBe(310000);
  expect((await lastCause())?.why).toContain('a + arrived as a space');
});

const keywordText = '错误描述:关键词不匹配;解决方案:请联系群管理员查看此机器人的关键词，并在发送的信息中包含此关键词;';

test('one of the keywords must occur in a text of the message', async () => {
  const made = await hook({ keywords: ['报警', 'alarm'] });
  expect(errorOf(await post(made, textOf('hello')))).toEqual([310000, keywordText]);
  const linked = { title: 'T', text: 'x', messageUrl: 'https://alarm' };
  expect(errorOf(await post(made, { msgtype: 'link', link: linked }))[0]).toBe(310000);
  const links = [{ title: 'an alarm', messageURL: 'https://a' }];
  for (const body of [textOf('报警了'), { msgtype: 'feedCard', feedCard: { links } }])
    expect((await post(made, body)).text).toBe(accepted);
});

test('a message from outside of the address ranges is refused, whatever X-Forwarded-For says', async () => {
  const away = await hook({ addresses: ['10.0.0.0/8', '192.168.1.1'] });
  const text = 'description:ip 不在白名单中;solution:请联系对应群的管理员，设置机器人安全ip地址段;';
  const headers = { 'x-forwarded-for': '10.0.0.1' };
  expect(errorOf(await post(away, textOf('x'), { headers }))).toEqual([310000, text]);
  const here = await hook({ addresses: ['127.0.0.0/8', '::1'] });
  expect((await post(here)).text).toBe(accepted);
});

test('behind a trusted proxy the last address that is no proxy counts', async () => {
  const own = await testServer({ trustedProxies: ['127.0.0.1', '10.9.0.0/16'] });
  const { hook: made, post: send } = webhookWorld(world(own));
  const robot = await made({ addresses: ['10.0.0.1'] });
  const from = async (chain: string) =>
    errorOf(await send(robot, textOf('x'), { headers: { 'x-forwarded-for': chain } }))[0];
  expect(await from('10.0.0.1')).toBe(0);
  expect(await from('1.2.3.4, 10.0.0.1, 10.9.1.2')).toBe(0);
  expect(await from('10.0.0.1, 1.2.3.4')).toBe(310000);
  expect(await from('nonsense')).toBe(310000);
  // Some proxies add a line of their own after that of the client.
  const lines = { 'x-forwarded-for': '10.0.0.1', 'X-Forwarded-For': '1.2.3.4', 'content-type': 'application/json' };
  const request = requestText(`POST ${webhookPath}?access_token=${robot.token}`, lines, JSON.stringify(textOf('x')));
  const { replies } = await exchange(own.port, request, { count: 1 });
  expect(replies[0]?.body.errcode).toBe(310000);
});

const tooMany = [660026, 'sending too many messages per minute'] as const;

test('the 21st message in a minute is refused and blocks the robot for ten minutes; refused messages do not count', async () => {
  const made = await hook({ keywords: ['k'] });
  await freeze();
  for (let i = 0; i < 30; i++) expect(errorOf(await post(made, textOf('hello')))[0]).toBe(310000);
  for (let i = 0; i < 20; i++) expect(errorOf(await post(made, textOf(`k ${i}`)))[0]).toBe(0);
  expect(errorOf(await post(made, textOf('k')))).toEqual(tooMany);
  expect(errorOf(await post(made, textOf('hello')))[0]).toBe(310000);
  await advance('599s');
  expect(errorOf(await post(made, textOf('k')))).toEqual(tooMany);
  await advance('1s');
  expect(errorOf(await post(made, textOf('k')))[0]).toBe(0);
  expect((await inboxOf(await signIn('u03'), { robotCode: made.robotCode, limit: '100' })).messages).toHaveLength(21);
});

test('a setting shortens the block', async () => {
  const there = webhookWorld(world(await testServer({ webhookBlock: 90_000 })));
  const made = await there.hook();
  await there.freeze();
  for (let i = 0; i < 20; i++) await there.post(made);
  expect(errorOf(await there.post(made))).toEqual(tooMany);
  await there.advance('90s');
  expect(errorOf(await there.post(made))[0]).toBe(0);
});

test('a message with the same msgUuid is sent once in 24 hours, and counts once', async () => {
  const made = await hook();
  await freeze();
  const once = textOf('once', { msgUuid: 'id-1' });
  for (let i = 0; i < 22; i++) expect((await post(made, once)).text).toBe(accepted);
  for (let i = 0; i < 19; i++) await post(made, textOf(`more ${i}`));
  expect(errorOf(await post(made))).toEqual(tooMany);
  expect((await post(made, once)).text).toBe(accepted);
  const other = await hook();
  expect((await post(other, once)).text).toBe(accepted);
  const count = async (robotCode: string) =>
    (await inboxOf(await signIn('u04'), { robotCode, limit: '100' })).messages.length;
  expect([await count(made.robotCode), await count(other.robotCode)]).toEqual([20, 1]);
  await advance('24h');
  await post(made, once);
  expect(await count(made.robotCode)).toBe(21);
});

test('a repeat with the same idempotency-key is sent once, and refused with other content', async () => {
  const made = await hook();
  const headers = { 'idempotency-key': 'key-1' };
  const texts = [await post(made, textOf('a'), { headers }), await post(made, textOf('a'), { headers })];
  expect(texts.map(({ text }) => text)).toEqual([accepted, accepted]);
  expect(errorOf(await post(made, textOf('b'), { headers }))[0]).toBe(40035);
  expect((await inboxOf(await signIn('u05'), { robotCode: made.robotCode })).messages).toHaveLength(1);
});

test('unknown tokens are slowed down by address, and valid ones are not', async () => {
  const there = webhookWorld(world(await testServer()));
  const made = await there.hook();
  const guess = (i: number) => there.post({ token: i.toString(16).padStart(64, '0') });
  for (let i = 0; i < 5; i++) expect(errorOf(await guess(i))[0]).toBe(300005);
  const many = Array.from({ length: 30 }, (_, i) => guess(100 + i));
  const refused = await Promise.any(
    many.map(async (pending) => {
      const reply = await pending;
      if (errorOf(reply)[0] !== 410100) throw new Error('it was looked up');
      return reply;
    }),
  );
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect((await there.post(made)).text).toBe(accepted);
});

test('neither the token nor the secret is logged, or is in an error', async () => {
  const there = webhookWorld(world(await testServer({ accessLog: true })));
  const made = await there.hook({ sign: true });
  const now = await there.freeze();
  const signed = sign(made.secret, now);
  expect((await there.post(made, textOf('x'), { query: signed })).text).toBe(accepted);
  const replies = [await there.post(made), await there.post(made, '{', { query: signed })];
  const all = JSON.stringify([there.server.log, replies.map(({ text }) => text)]);
  for (const secret of [made.token, made.secret, signed.sign ?? '']) expect(all).not.toContain(secret);
});

test('a snapshot restores custom robots with their secrets and their counts, and a reset removes them', async () => {
  const there = webhookWorld(world(await testServer()));
  const made = await there.hook({ sign: true });
  const now = await there.freeze();
  const signed = { query: sign(made.secret, now) };
  for (let i = 0; i < 20; i++) await there.post(made, textOf('x'), signed);
  const snapshot = await there.emulate('GET', 'snapshot');
  const text = JSON.stringify(snapshot);
  expect([text.includes(made.token), text.includes(made.secret)]).toEqual([false, false]);
  await there.emulate('POST', 'reset');
  expect(errorOf(await there.post(made, textOf('x'), signed))[0]).toBe(300005);
  const other = webhookWorld(world(await testServer()));
  await other.emulate('PUT', 'snapshot', snapshot);
  expect(errorOf(await other.post(made, textOf('x'), signed))).toEqual(tooMany);
  await other.advance('10m');
  expect((await other.post(made, textOf('x'), { query: sign(made.secret, now) })).text).toBe(accepted);
});
