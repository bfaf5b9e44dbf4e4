/** Replies and emotions of robots to what people write. */
import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { type Heard, type Listener, listen, talkWorld } from '../support/talk.ts';
import { badMessages, errorOf, textOf } from '../support/webhooks.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const shared = await fileServer();
const { advance, call, emotion, emulate, freeze, group, inboxOf, reply, say, sendToGroup, signIn, tokenOf, write } =
  talkWorld(world(shared));

test('a robot replies through the sessionWebhook in every form, and the person sees it', async () => {
  const robot = await listen(shared);
  await say('hello');
  const heard = await robot.next();
  const live = await follow(shared, await signIn('alice'));
  const forms: readonly (readonly [object, string])[] = [
    [textOf('pong'), 'webhookText'],
    [{ msgtype: 'markdown', markdown: { title: 'T', text: '**x**' } }, 'webhookMarkdown'],
    [{ msgtype: 'link', link: { title: 'T', text: 'x', messageUrl: 'https://a' } }, 'webhookLink'],
    [
      { msgtype: 'actionCard', actionCard: { title: 'T', text: 'x', btns: [{ title: 'a', actionURL: 'https://a' }] } },
      'webhookActionCard',
    ],
    [{ msgtype: 'feedCard', feedCard: { links: [{ title: 'a', messageURL: 'https://a' }] } }, 'webhookFeedCard'],
  ];
  for (const [body, msgKey] of forms) {
    expect((await reply(heard, body)).text).toBe('{"errcode":0,"errmsg":"ok"}');
    const data = { msgKey, robotCode: 'robot-one', conversationId: 'robot:robot-one', readAt: null };
    expect(await live.next()).toMatchObject({ event: 'message', data: { ...data, sender: { kind: 'robot' } } });
  }
});

test('a sessionWebhook ends after 90 minutes, and each message extends it', async () => {
  const robot = await listen(shared);
  const start = await freeze();
  await say('one', { from: 'u05' });
  const first = await robot.next();
  await advance('60m');
  await say('two', { from: 'u05' });
  expect(await robot.next()).toMatchObject({
    ...{ sessionWebhook: first.sessionWebhook, sessionWebhookExpiredTime: start + 150 * 60_000 },
  });
  await advance('89m');
  expect(errorOf(await reply(first, textOf('still there')))[0]).toBe(0);
  await advance('1m');
  expect(errorOf(await reply(first, textOf('too late')))).toEqual([300001, 'session 不存在']);
});

test('forged, foreign and missing sessions answer 300001', async () => {
  const robot = await listen(shared);
  const { message } = await say('hello', { from: 'u06' });
  const { sessionWebhook } = await robot.next();
  const session = new URL(sessionWebhook).searchParams.get('session') ?? '';
  const flipped = session.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
  const forged = [flipped, session.slice(1), `${session}0`, session.toUpperCase(), '0'.repeat(32), message.messageId];
  for (const one of forged.filter((text) => text !== session)) {
    const answer = await call('POST', '/robot/sendBySession', { body: textOf('x'), query: { session: one } });
    expect(errorOf(answer), one).toEqual([300001, 'session 不存在']);
  }
  expect(errorOf(await call('POST', '/robot/sendBySession', { body: textOf('x') }))).toEqual([
    40035,
    '缺少参数 session',
  ]);
});

test('a session ends with its robot, its removal from the group, and the end of the group', async () => {
  const admin = { headers: bearer(shared.adminToken), query: { corpId: 'corp-one' } };
  const robot = await listen(shared);
  const path = async (openConversationId: string, rest: string) =>
    `/console/v1/groups/${encodeURIComponent(openConversationId)}${rest}`;
  const ofGroup = async () => {
    const id = await group();
    await say('x', { to: `group:${id}`, atRobotCodes: ['robot-one'] });
    return { id, heard: await robot.next() };
  };
  const [removed, ended] = [await ofGroup(), await ofGroup()];
  ok(await call('PUT', await path(removed.id, '/robots/robot-one'), { ...admin, body: { installed: false } }));
  ok(await call('POST', await path(ended.id, '/disband'), admin));
  await say('alone');
  const alone = await robot.next();
  expect(errorOf(await reply(alone, textOf('x')))[0]).toBe(0);
  for (const { heard } of [removed, ended]) expect(errorOf(await reply(heard, textOf('x')))[0]).toBe(300001);
  await emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: true });
  expect(errorOf(await reply(alone, textOf('x')))[0]).toBe(300001);
  await emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: false });
});

test('a session ends with the authorization of a third-party app, which then gets no messages either', async () => {
  const robot = await listen(shared, 'suite');
  const to = 'robot:robot-suite';
  const path = '/console/v1/apps/suite/authorizations/corp-one';
  const authorize = async (authorized: boolean) =>
    ok(await call('PUT', path, { headers: bearer(shared.adminToken), body: { authorized } }));
  await say('hello', { from: 'u09', to });
  const heard = await robot.next();
  const id = await group();
  const inGroup = `/console/v1/groups/${encodeURIComponent(id)}/robots/robot-suite`;
  const admin = { headers: bearer(shared.adminToken), query: { corpId: 'corp-one' }, body: { installed: true } };
  ok(await call('PUT', inGroup, admin));
  expect(errorOf(await reply(heard, textOf('x')))[0]).toBe(0);
  await authorize(false);
  expect(errorOf(await reply(heard, textOf('x')))).toEqual([300001, 'session 不存在']);
  const session = await signIn('u09');
  expect(refusal(await write(session, to, { msgtype: 'text', text: { content: 'hello' } }))).toEqual([
    409,
    'huizhi.conflict',
  ]);
  const { robots } = await say('hello', { to: `group:${id}`, atRobotCodes: ['robot-suite'] });
  expect(robots).toMatchObject([{ robotCode: 'robot-suite', reach: 'none' }]);
  expect(robot.count()).toBe(1);
  await authorize(true);
  expect(errorOf(await reply(heard, textOf('x')))[0]).toBe(0);
});

test('a robot replies 20 times in a minute through one session, and a msgUuid once', async () => {
  const robot = await listen(shared);
  await freeze();
  await advance('1m');
  await say('hello', { from: 'u07' });
  const heard = await robot.next();
  for (let i = 0; i < 20; i++)
    expect(errorOf(await reply(heard, textOf(`${i}`, { msgUuid: `u${i % 19}` })))[0]).toBe(0);
  expect(errorOf(await reply(heard, textOf('21')))).toEqual([660026, 'sending too many messages per minute']);
  expect((await inboxOf(await signIn('u07'), { limit: '100' })).messages).toHaveLength(20);
  await advance('1m');
  expect(errorOf(await reply(heard, textOf('next minute')))[0]).toBe(0);
});

test('a bad reply has the error of a custom robot, and changes nothing', async () => {
  const robot = await listen(shared);
  await say('hello', { from: 'u08' });
  const heard = await robot.next();
  for (const [what, body, ask, error] of badMessages) {
    if (/token|parameter|percent/.test(what)) continue;
    expect(errorOf(await reply(heard, body, ask)), what).toEqual(error);
  }
  expect((await inboxOf(await signIn('u08'))).messages).toHaveLength(1);
});

test('an emotion is shown under the message of a person until it is recalled', async () => {
  const robot = await listen(shared);
  const session = await signIn('u09');
  await say('thinking?', { from: 'u09' });
  const heard = await robot.next();
  const live = await follow(shared, session);
  const body = {
    ...{ robotCode: 'robot-one', openConversationId: heard.conversationId, openMsgId: heard.msgId, emotionType: 2 },
    ...{
      emotionName: '🤔Thinking',
      textEmotion: { emotionId: '2659900', text: '🤔Thinking', backgroundId: 'im_bg_1' },
    },
  };
  expect((await emotion('reply', body)).text).toBe('{"success":true}');
  const emotions = [{ robotCode: 'robot-one', robotName: 'Name of robot-one', text: '🤔Thinking' }];
  expect(await live.next()).toMatchObject({ event: 'emotion', data: { emotions } });
  expect((await inboxOf(session)).messages[0]).toMatchObject({ emotions });
  ok(await emotion('reply', body));
  ok(await emotion('recall', body));
  expect(await live.next()).toMatchObject({ event: 'emotion', data: { emotions: [] } });
  ok(await emotion('recall', body));
  expect((await inboxOf(session)).messages[0]).toMatchObject({ emotions: [] });
});

test('emotions are refused on messages of robots, of others, and of other places', async () => {
  const robot = await listen(shared);
  const to = `group:${await group()}`;
  await say('in the group', { to, atRobotCodes: ['robot-one'] });
  const inGroup = await robot.next();
  await say('alone', { from: 'u10' });
  const alone = await robot.next();
  const base = {
    robotCode: 'robot-one',
    openConversationId: alone.conversationId,
    openMsgId: alone.msgId,
    emotionName: 'x',
  };
  ok(await emotion('reply', base));
  const { originalMsgId } = await quoteOfRobot(robot, to, String(inGroup.conversationId));
  const refused = async (given: object, token?: string) =>
    refusal(await emotion('reply', { ...base, ...given }, token));
  const inThere = { openConversationId: inGroup.conversationId };
  expect(await refused({ ...inThere, openMsgId: originalMsgId })).toEqual([500, 'unknownError']);
  expect(await refused({ openMsgId: inGroup.msgId })).toEqual([400, 'invalidParameter.param.invalid']);
  expect(await refused({ openMsgId: 'msgAAAAAAAAAAAAAAAAAAAAAA==' })).toEqual([400, 'invalidParameter.param.invalid']);
  expect(await refused({ emotionName: ' ' })).toEqual([400, 'invalidParameter.param.invalid']);
  expect(await refused({ openConversationId: 'cid' })).toEqual([400, 'invalid.openConversationId']);
  expect(await refused({ robotCode: 'nobody' })).toEqual([400, 'invalidParameter.robotCode.notExsit']);
  expect(await refused({ robotCode: 'robot-more' })).toEqual([400, 'invalid.openConversationId']);
  expect(await refused({ robotCode: 'robot-more', ...inThere })).toEqual([400, 'bot.stopped']);
  expect(await refused({}, await tokenOf('app-next'))).toEqual([400, 'invalidParameter.robotCode.invalid']);
  expect(await refused({ openMsgId: undefined })).toEqual([400, 'MissingopenMsgId']);
});

/** The msgId of a message that the robot has sent to a group. */
async function quoteOfRobot(robot: Listener, to: string, openConversationId: string): Promise<Heard> {
  await sendToGroup(openConversationId);
  const session = await signIn('alice');
  const find = async () =>
    (await inboxOf(session, { conversationId: to })).messages.find(({ msgKey }) => msgKey === 'sampleText');
  await expect.poll(find).toBeDefined();
  await say('q', { to, atRobotCodes: ['robot-one'], quotedMessageId: (await find())?.messageId ?? '' });
  return robot.next();
}
