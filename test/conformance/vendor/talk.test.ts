import { expect, test } from 'vitest';
import { mp4, pdf, png, wav } from '../support/files.ts';
import { fileServer } from '../support/harness.ts';
import { follow } from '../support/stream.ts';
import { fieldsAlone, type Heard, listen, putRaw, talkWorld } from '../support/talk.ts';
import { textOf } from '../support/webhooks.ts';
import { bearer, ok, refusal, tokenHeader, world } from '../support/world.ts';

const shared = await fileServer();
const { advance, call, emulate, freeze, group, inboxOf, reply, say, sendToGroup, signIn, tokenOf, upload, write } =
  talkWorld(world(shared));

test('a text to a robot reaches its program by Stream, with the fields of the real service in their order', async () => {
  const robot = await listen(shared);
  const now = await freeze();
  const { message, robots } = await say('你好');
  expect(robots).toEqual([{ robotCode: 'robot-one', robotName: 'Name of robot-one', reach: 'stream' }]);
  const heard = await robot.next();
  expect(Object.keys(heard)).toEqual(fieldsAlone);
  expect(heard).toMatchObject({
    ...{ chatbotCorpId: 'corp-one', senderCorpId: 'corp-one', senderNick: 'Name of alice', senderStaffId: 'alice' },
    ...{ isAdmin: false, createAt: now, conversationType: '1', text: { content: '你好' }, robotCode: 'robot-one' },
    ...{ msgtype: 'text', sessionWebhookExpiredTime: now + 5_400_000, openThreadId: heard.conversationId },
  });
  expect(heard.msgId).toMatch(/^msg[\w+/]{22}==$/);
  expect(heard.conversationId).toMatch(/^cid[\w+/]{43}=$/);
  for (const id of [heard.chatbotUserId, heard.senderId]) expect(id).toMatch(/^\$:LWCP_v1:\$[\w+/]{22}==$/);
  expect(heard.sessionWebhook).toMatch(new RegExp(`^${shared.url}/robot/sendBySession\\?session=[0-9a-f]{32}$`));
  const own = { conversationId: 'robot:robot-one', msgKey: 'personText', msgParam: '{"content":"你好"}', readAt: now };
  expect(message).toMatchObject({ ...own, sender: { kind: 'person', name: 'Name of alice', userId: 'alice' } });
  const [shown] = (await inboxOf(await signIn('alice'))).messages;
  expect(shown).toEqual(message);
});

test('ids of people, robots and conversations are the same in each message, and differ between people', async () => {
  const robot = await listen(shared);
  await say('one');
  await say('two', { from: 'bob' });
  await say('three');
  const [first, second, third] = [await robot.next(), await robot.next(), await robot.next()];
  const idsOf = ({ chatbotUserId, senderId, conversationId, sessionWebhook }: Heard) => {
    return { chatbotUserId, senderId, conversationId, sessionWebhook };
  };
  expect(idsOf(third)).toEqual(idsOf(first));
  expect(second.chatbotUserId).toBe(first.chatbotUserId);
  for (const field of ['senderId', 'conversationId', 'sessionWebhook', 'msgId'])
    expect(second[field]).not.toBe(first[field]);
});

test('a message in a group reaches the robots that it names, without their names, and the other members', async () => {
  const openConversationId = await group();
  const to = `group:${openConversationId}`;
  const robot = await listen(shared);
  const live = await follow(shared, await signIn('bob'));
  expect((await say('not for robots', { to })).robots).toEqual([]);
  const { message } = await say('@Name of robot-one ping @Name of carol', {
    ...{ to, atRobotCodes: ['robot-one'], atUserIds: ['carol'] },
  });
  const heard = await robot.next();
  expect(heard).toMatchObject({
    ...{ conversationId: openConversationId, conversationType: '2', conversationTitle: '项目群', isInAtList: true },
    ...{ text: { content: ' ping ' }, senderStaffId: 'alice' },
  });
  const carol = { dingtalkId: expect.any(String), staffId: 'carol', unionId: expect.any(String) };
  expect(heard.atUsers).toEqual([{ dingtalkId: heard.chatbotUserId }, carol]);
  expect(robot.count()).toBe(1);
  const first = { msgParam: '{"content":"not for robots"}', sender: { userId: 'alice' } };
  expect(await live.next()).toMatchObject({ event: 'message', data: first });
  const second = { messageId: message.messageId, conversationId: to, readAt: null };
  expect(await live.next()).toMatchObject({ event: 'message', data: second });
  expect((await reply(heard, textOf('pong', { at: { atUserIds: ['alice'] } }))).body).toMatchObject({ errcode: 0 });
  expect(await live.next()).toMatchObject({
    data: { msgKey: 'webhookText', conversationId: to, robotCode: 'robot-one' },
  });
});

test('a name that the text lacks is added for people, and a robot gets the text with a blank before it', async () => {
  const robot = await listen(shared);
  const to = `group:${await group()}`;
  const { message } = await say('ping', { to, atRobotCodes: ['robot-one'] });
  expect(JSON.parse(message.msgParam ?? '')).toMatchObject({ content: '@Name of robot-one ping' });
  expect((await robot.next()).text).toEqual({ content: ' ping' });
});

test('every type of message arrives with downloadCodes that the app can open', async () => {
  const robot = await listen(shared);
  const session = await signIn('alice');
  const put = async (type: string, data: Uint8Array, name: string) =>
    String(ok2(await upload(session, type, data, name)).mediaId);
  const [picture, sound, film, file] = [
    await put('image', png, 'plan.png'),
    await put('voice', wav(), 'note.wav'),
    await put('video', mp4, 'film.mp4'),
    await put('file', pdf, '报告.pdf'),
  ];
  const code = expect.stringMatching(/^[\w+/=]{20,}$/);
  const both = { pictureDownloadCode: code, downloadCode: code };
  const sent: readonly (readonly [object, object])[] = [
    [{ msgtype: 'picture', mediaId: picture }, both],
    [
      { msgtype: 'audio', mediaId: sound, duration: 4000, recognition: '你好' },
      { duration: 4000, downloadCode: code, recognition: '你好' },
    ],
    [
      { msgtype: 'video', mediaId: film, duration: 5000 },
      { duration: 5000, downloadCode: code, videoType: 'mp4' },
    ],
    [
      { msgtype: 'file', mediaId: file },
      { spaceId: '1', fileName: '报告.pdf', downloadCode: code, fileId: expect.any(String) },
    ],
    [
      { msgtype: 'richText', richText: [{ text: 'see' }, { mediaId: picture }] },
      { richText: [{ text: 'see' }, { ...both, type: 'picture' }] },
    ],
  ];
  for (const [body, content] of sent) {
    ok(await write(session, 'robot:robot-one', body));
    const heard = await robot.next();
    expect(heard).toMatchObject({ content, msgtype: (body as { msgtype: string }).msgtype });
    expect(heard.text).toBeUndefined();
  }
  ok(await write(session, 'robot:robot-one', { msgtype: 'file', mediaId: file, fileName: 'a.pdf' }));
  const { downloadCode } = (await robot.next()).content as { downloadCode: string };
  const opened = ok(
    await call('POST', '/v1.0/robot/messageFiles/download', {
      body: { downloadCode, robotCode: 'robot-one' },
      headers: { [tokenHeader]: await tokenOf() },
    }),
  );
  expect(Buffer.from(await (await fetch(String(opened.downloadUrl))).arrayBuffer())).toEqual(pdf);
  const [shown] = (await inboxOf(session)).messages;
  const path = `/inbox/v1/messages/${shown?.messageId}/media/${encodeURIComponent(file)}`;
  const own = await fetch(`${shared.url}${path}`, { headers: bearer(session) });
  expect([own.status, Buffer.from(await own.arrayBuffer())]).toEqual([200, pdf]);
});

/** Returns the body of an upload that must be accepted. */
function ok2({ status, body }: Awaited<ReturnType<typeof upload>>) {
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}

test('a quote names the message, and its processQueryKey goes to the robot that has sent it alone', async () => {
  const there = talkWorld(world(shared));
  const openConversationId = await group({ robots: ['robot-one', 'robot-more'] });
  const to = `group:${openConversationId}`;
  const key = await sendToGroup(openConversationId);
  const session = await signIn('alice');
  await expect.poll(async () => (await there.inboxOf(session, { conversationId: to })).messages.length).toBe(1);
  const [quoted] = (await inboxOf(session, { conversationId: to })).messages;
  const robot = await listen(shared);
  const quotedMessageId = quoted?.messageId ?? '';
  const { message } = await say('ok', { to, atRobotCodes: ['robot-one', 'robot-more'], quotedMessageId });
  expect(message.quote).toMatchObject({
    messageId: quotedMessageId,
    senderName: 'Name of robot-one',
    msgKey: 'sampleText',
  });
  const all = [await robot.next(), await robot.next()];
  const [one, other] = ['robot-one', 'robot-more'].map((code) => all.find(({ robotCode }) => robotCode === code));
  expect(one).toMatchObject({ originalProcessQueryKey: key, originalMsgId: other?.originalMsgId });
  expect(other).not.toHaveProperty('originalProcessQueryKey');
  const repliedMsg = { msgType: 'text', msgId: one?.originalMsgId, content: { text: 'to the group' } };
  expect(one?.text).toMatchObject({ isReplyMsg: true, repliedMsg });
  const foreign = await there.say('mine', { from: 'bob' });
  const stolen = await write(session, to, { ...textOf('x'), quotedMessageId: foreign.message.messageId });
  expect(refusal(stolen)).toEqual([404, 'huizhi.notFound']);
});

test('a message of a person has no receipt, and is in no list of the console', async () => {
  const { message } = await say('private');
  const admin = { headers: bearer(shared.adminToken) };
  const { messages } = ok(
    await call('GET', '/console/v1/messages', { ...admin, query: { corpId: 'corp-one', limit: '100' } }),
  ) as { messages: { messageId: string }[] };
  expect(messages.map(({ messageId }) => messageId)).not.toContain(message.messageId);
  const detail = await call('GET', `/console/v1/messages/${message.messageId}`, admin);
  expect(detail.status).toBe(404);
  expect((await call('POST', `/console/v1/messages/${message.messageId}/recall`, admin)).status).toBe(404);
});

test('a repeated sendId writes nothing, and belongs to one message', async () => {
  const robot = await listen(shared);
  const first = await say('once', { sendId: 'same' });
  const again = await say('once', { sendId: 'same' });
  expect(again).toEqual({ message: first.message, robots: [] });
  await say('twice', { sendId: 'other' });
  await say('once', { from: 'bob', sendId: 'same' });
  expect([(await robot.next()).text, (await robot.next()).text]).toEqual([{ content: 'once' }, { content: 'twice' }]);
  const session = await signIn('alice');
  const quote = { ...textOf('once'), quotedMessageId: first.message.messageId };
  for (const content of [textOf('changed'), quote]) {
    const changed = await write(session, 'robot:robot-one', { ...content, sendId: 'same' });
    expect(refusal(changed)).toEqual([409, 'huizhi.idempotencyMismatch']);
  }
});

test('nobody listens: the answer says so', async () => {
  expect((await say('anybody?')).robots).toMatchObject([{ reach: 'none' }]);
});

test.each<[string, string, object, readonly [number, string]]>([
  ['a blank text', 'robot:robot-one', textOf('  '), [400, 'huizhi.badRequest']],
  ['a text without content', 'robot:robot-one', { msgtype: 'text' }, [400, 'huizhi.badRequest']],
  ['more than 20,000 bytes', 'robot:robot-one', textOf('字'.repeat(6_700)), [400, 'huizhi.badRequest']],
  ['a field of another type', 'robot:robot-one', { ...textOf('x'), duration: 1 }, [400, 'huizhi.badRequest']],
  ['an unknown type', 'robot:robot-one', { msgtype: 'card' }, [400, 'huizhi.badRequest']],
  ['an unknown file', 'robot:robot-one', { msgtype: 'picture', mediaId: '@none' }, [404, 'huizhi.notFound']],
  ['a part of two kinds', 'robot:robot-one', { msgtype: 'richText', richText: [{}] }, [400, 'huizhi.badRequest']],
  ['a name in a chat of two', 'robot:robot-one', { ...textOf('x'), atUserIds: ['bob'] }, [400, 'huizhi.badRequest']],
  ['an unknown robot', 'robot:nobody', textOf('x'), [404, 'huizhi.notFound']],
  ['a robot of another organization', 'robot:robot-two', textOf('x'), [404, 'huizhi.notFound']],
  ['a disabled robot', 'robot:robot-off', textOf('x'), [409, 'huizhi.conflict']],
  ['an unknown group', 'group:cidAAAAAAAAAAAAAAAAAAAAAA==', textOf('x'), [404, 'huizhi.notFound']],
  ['a quote of nothing', 'robot:robot-one', { ...textOf('x'), quotedMessageId: 'x' }, [404, 'huizhi.notFound']],
])('%s is refused and writes nothing', async (_, to, body, error) => {
  const session = await signIn('u01');
  expect(refusal(await write(session, to, body))).toEqual(error);
  expect((await inboxOf(session)).messages).toEqual([]);
});

test('in a group, only members write, only members and robots of it are named, and files are refused', async () => {
  const to = `group:${await group()}`;
  const refused = async (from: string, body: object) => refusal(await write(await signIn(from), to, body));
  expect(await refused('u02', textOf('x'))).toEqual([404, 'huizhi.notFound']);
  expect(await refused('alice', { ...textOf('x'), atUserIds: ['u02'] })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('alice', { ...textOf('x'), atRobotCodes: ['robot-more'] })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('alice', { msgtype: 'file', mediaId: '@x' })).toEqual([400, 'huizhi.badRequest']);
  const elsewhere = await write(await signIn('alice', 'corp-two'), to, textOf('x'));
  expect(refusal(elsewhere)).toEqual([404, 'huizhi.notFound']);
});

test('a person writes 60 messages and files in a minute', async () => {
  await freeze();
  await advance('1m');
  const session = await signIn('u03');
  const codes: number[] = [];
  for (let i = 0; i < 60; i++) codes.push((await write(session, 'robot:robot-one', textOf(`${i}`))).status);
  expect(new Set(codes)).toEqual(new Set([200]));
  const late = await write(session, 'robot:robot-one', textOf('late'));
  expect(refusal(late)).toEqual([429, 'huizhi.tooManyRequests']);
  expect(Number(late.headers['retry-after'])).toBeGreaterThan(0);
  expect((await upload(session, 'image', png)).status).toBe(429);
  await advance('1m');
  expect((await upload(session, 'image', png)).status).toBe(200);
});

test('an upload is the body alone, of a type that it has, and of the size of that type', async () => {
  const session = await signIn('u04');
  expect(await upload(session, 'image', png, 'a/b\u202e.png')).toMatchObject({
    ...{ status: 200, body: { type: 'image', name: 'b.png', size: png.length } },
  });
  expect((await upload(session, 'image', pdf)).body).toMatchObject({ code: 'huizhi.badRequest' });
  expect((await upload(session, 'voice', new Uint8Array(3 * 1024 * 1024))).body).toMatchObject({
    code: 'huizhi.tooLarge',
  });
  expect(await upload(session, 'image', new Uint8Array())).toMatchObject({
    ...{ status: 400, body: { code: 'huizhi.badRequest' } },
  });
  expect((await putRaw(shared, 'nobody', '/inbox/v1/media?type=image', png)).status).toBe(401);
  expect((await upload(session, 'film', png)).status).toBe(400);
});

test('the emulator writes as anybody, to a robot, in a group, and in the conversation that a robot has seen', async () => {
  const robot = await listen(shared);
  const plain = { corpId: 'corp-one', from: 'u11', msgtype: 'text' };
  const said = await emulate('POST', 'messages', { ...plain, robotCode: 'robot-one', text: { content: 'one' } });
  expect(said).toMatchObject({ conversationId: 'robot:robot-one', robots: [{ reach: 'stream' }], sequence: 0 });
  const { conversationId, msgId } = await robot.next();
  expect(msgId).toBe(said.msgId);
  await emulate('POST', 'messages', { ...plain, openConversationId: conversationId, text: { content: 'two' } });
  expect((await robot.next()).text).toEqual({ content: 'two' });
  const openConversationId = await group({ members: ['u11'] });
  const inGroup = { ...plain, openConversationId, robotCode: 'robot-one', text: { content: 'three' } };
  await emulate('POST', 'messages', inGroup);
  expect(await robot.next()).toMatchObject({ conversationType: '2', text: { content: ' three' } });
  const refused = async (body: object) => refusal(await call('POST', '/emulator/v1/messages', { body }));
  expect(await refused({ ...plain, text: { content: 'x' } })).toEqual([400, 'huizhi.badRequest']);
  expect(await refused({ ...plain, from: 'nobody', robotCode: 'robot-one' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused({ ...plain, corpId: undefined, from: 'alice', robotCode: 'robot-one' })).toEqual([
    ...[400, 'huizhi.badRequest'],
  ]);
});
