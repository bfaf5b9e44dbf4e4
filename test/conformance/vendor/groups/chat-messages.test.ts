import { describe, expect, test } from 'vitest';
import { chatMessage, chatWorld, wrongMessages } from '../../support/chat-messages.ts';
import { groupSetup } from '../../support/group-management.ts';
import { type Fields, fileServer } from '../../support/harness.ts';
import { agentIds } from '../../support/setup.ts';
import { bearer, ok, suiteRobot } from '../../support/world.ts';

const w = chatWorld(await fileServer({ setup: groupSetup }));
const { call, chat, console, emulate, inboxOf, old, readList, send, sent, signIn, tokenOf } = w;

describe('/chat/send', () => {
  test('reaches every member in the thread of the group, with the app as the sender', async () => {
    const { chatid, openConversationId } = await chat({ useridlist: ['alice', 'bob', 'carol'] });
    const messageId = await sent(chatid, 'from the app');
    expect(messageId).toMatch(/^msg[A-Za-z0-9+/]{40}$/);
    for (const userId of ['alice', 'bob', 'carol']) {
      const { messages } = await inboxOf(await signIn(userId), { conversationId: `group:${openConversationId}` });
      expect(messages).toHaveLength(1);
      expect(messages[0]).toMatchObject({
        conversationId: `group:${openConversationId}`,
        conversation: { openConversationId, title: '旧群' },
        robotCode: `app:${agentIds['app-one']}`,
        robotName: 'Name of robot-one',
        sender: { kind: 'app', name: 'Name of robot-one' },
        msgKey: 'noticeText',
        msgParam: '{"content":"from the app"}',
        readAt: null,
      });
    }
  });

  test('counts as unread in the group, and never among the work notices of the app', async () => {
    const { chatid, openConversationId } = await chat({ owner: 'u01', useridlist: ['u01', 'u02'] });
    await sent(chatid, 'one');
    await sent(chatid, 'two');
    const headers = bearer(await signIn('u02'));
    const { conversations } = ok(await call('GET', '/inbox/v1/conversations', { headers })) as {
      conversations: Fields[];
    };
    expect(conversations.find(({ kind }) => kind === 'group')).toMatchObject({
      openConversationId,
      unreadCount: 2,
      lastMessage: { msgParam: '{"content":"two"}' },
    });
    expect(conversations.filter(({ kind }) => kind === 'notice')).toEqual([]);
    const { robots } = ok(await call('GET', '/inbox/v1/robots', { headers })) as { robots: Fields[] };
    const robotCode = `app:${agentIds['app-one']}`;
    expect(robots.find((one) => one.robotCode === robotCode)).toMatchObject({ unreadCount: 2, muted: false });
    expect((await inboxOf(await signIn('u02'), { robotCode })).messages).toHaveLength(2);
  });

  test('a work notice of the same app stays in its own conversation', async () => {
    const { chatid } = await chat({ owner: 'u04', useridlist: ['u04', 'u05'] });
    await sent(chatid, 'to the group');
    const msg = { msgtype: 'text', text: { content: 'a notice' } };
    const agent_id = agentIds['app-one'];
    await old('/topapi/message/corpconversation/asyncsend_v2', { agent_id, userid_list: 'u04', msg });
    const session = await signIn('u04');
    await expect.poll(async () => (await inboxOf(session)).messages.length).toBe(2);
    const { messages } = await inboxOf(session);
    expect(messages.map(({ sender, conversationId }) => [sender.kind, conversationId.replace(/:.*/, '')])).toEqual([
      ['notice', 'notice'],
      ['app', 'group'],
    ]);
  });

  test('accepts the message inside msg, as its JSON text, and flat', async () => {
    const { chatid, openConversationId } = await chat();
    const { msg } = chatMessage('x');
    for (const body of [{ msg }, { msg: JSON.stringify(msg) }, msg]) {
      expect(await send({ chatid, ...body })).toMatchObject({ errcode: 0 });
    }
    const page = await inboxOf(await signIn('alice'), { conversationId: `group:${openConversationId}` });
    expect(page.messages.map(({ msgParam }) => msgParam)).toEqual(Array.from({ length: 3 }, () => '{"content":"x"}'));
  });

  test('sends every type of message', async () => {
    const { chatid } = await chat();
    for (const msg of [
      { msgtype: 'image', image: { media_id: '@x' } },
      { msgtype: 'voice', voice: { media_id: '@x', duration: '10' } },
      { msgtype: 'file', file: { media_id: '@x' } },
      { msgtype: 'link', link: { title: 't', text: 'x', picUrl: '@x', messageUrl: 'https://example.com' } },
      { msgtype: 'oa', oa: { message_url: 'https://example.com', head: { bgcolor: 'FFBBBBBB', text: 't' }, body: {} } },
      { msgtype: 'markdown', markdown: { title: 't', text: '# x' } },
      { msgtype: 'action_card', action_card: { markdown: 'x', single_title: 't', single_url: 'https://example.com' } },
    ]) {
      expect([msg.msgtype, await send({ chatid, msg })]).toMatchObject([msg.msgtype, { errcode: 0, errmsg: 'ok' }]);
    }
  });

  test('refuses a wrong group, sender or message in this order, and sends nothing', async () => {
    const { chatid, openConversationId } = await chat();
    const gone = await chat();
    await w.disband(gone.openConversationId);
    const foreign = await w.foreignChat();
    for (const chatId of [undefined, '', 'chatunknown', gone.chatid, foreign]) {
      const body = { chatid: chatId, sender: 'nobody', msg: {} };
      expect([chatId, (await send(body)).errcode]).toEqual([chatId, 34001]);
    }
    for (const sender of ['nobody', 'u09']) {
      expect(await send({ chatid, sender, msg: {} })).toMatchObject({
        errcode: 34002,
        errmsg: '无效的会话消息的发送者',
      });
    }
    for (const [what, body, errcode] of wrongMessages) {
      expect([what, (await send({ chatid, ...body })).errcode]).toEqual([what, errcode]);
    }
    const page = await inboxOf(await signIn('alice'), { conversationId: `group:${openConversationId}` });
    expect(page.messages).toEqual([]);
    expect(await send({ chatid, sender: 'bob', ...chatMessage('x') })).toMatchObject({ errcode: 0 });
  });

  test('with an idempotency-key sends once', async () => {
    const { chatid, openConversationId } = await chat({ owner: 'u06', useridlist: ['u06'] });
    const key = { 'idempotency-key': 'once' };
    const first = await send({ chatid, ...chatMessage('once') }, undefined, key);
    const { messageId } = await send({ chatid, ...chatMessage('once') }, undefined, key);
    expect(messageId).toBe(first.messageId);
    expect((await send({ chatid, ...chatMessage('other') }, undefined, key)).errcode).toBe(40035);
    const page = await inboxOf(await signIn('u06'), { conversationId: `group:${openConversationId}` });
    expect(page.messages).toHaveLength(1);
  });

  test('needs POST, a token and the permission', async () => {
    expect(ok(await call('GET', '/chat/send')).errcode).toBe(43002);
    expect(ok(await call('POST', '/chat/send', { body: {} }))).toMatchObject({ errcode: 88, sub_code: '40000' });
    const bare = await tokenOf('app-bare');
    expect(await send({}, bare)).toMatchObject({ errcode: 88, sub_code: '60011' });
  });
});

describe('/chat/getReadList', () => {
  test('lists readers page by page, in the order of reading', async () => {
    const { chatid } = await chat({ useridlist: ['alice', 'bob', 'carol', 'u01'] });
    const messageId = await sent(chatid, 'read me');
    expect(await readList({ messageId, cursor: 0, size: 2 })).toEqual({
      errcode: 0,
      errmsg: 'ok',
      request_id: expect.any(String),
    });
    for (const userId of ['carol', 'alice', 'bob']) {
      await emulate('POST', 'reads', { processQueryKey: messageId, userIds: [userId] });
    }
    const first = await readList({ messageId, cursor: 0, size: 2 });
    expect(first).toMatchObject({ readUserIdList: ['carol', 'alice'], next_cursor: expect.any(Number) });
    await emulate('POST', 'reads', { processQueryKey: messageId, userIds: ['u01'] });
    const second = await readList({ messageId, cursor: first.next_cursor, size: 2 });
    expect(second).toMatchObject({ readUserIdList: ['bob', 'u01'] });
    expect(second).not.toHaveProperty('next_cursor');
  });

  test('has a reader once the inbox has marked the message read', async () => {
    const { chatid } = await chat({ owner: 'u07', useridlist: ['u07'] });
    const messageId = await sent(chatid, 'x');
    const session = await signIn('u07');
    const [message] = (await inboxOf(session)).messages;
    await w.markRead(session, message?.messageId ?? '');
    expect(await readList({ messageId, cursor: 0, size: 100 })).toMatchObject({ readUserIdList: ['u07'] });
  });

  test('keeps the readers of a message that an operator recalls, which leaves the inboxes', async () => {
    const { chatid, openConversationId } = await chat({ owner: 'u08', useridlist: ['u08', 'bob'] });
    const messageId = await sent(chatid, 'x');
    await emulate('POST', 'reads', { processQueryKey: messageId, userIds: ['bob'] });
    const filter = { corpId: 'corp-one', openConversationId };
    const { messages } = ok(await console('GET', 'messages', undefined, filter)) as { messages: Fields[] };
    expect(messages[0]).toMatchObject({ robotName: 'Name of robot-one', conversation: { kind: 'group' } });
    ok(await console('POST', `messages/${messages[0]?.messageId}/recall`));
    await expect
      .poll(
        async () => (await inboxOf(await signIn('u08'), { conversationId: `group:${openConversationId}` })).messages,
      )
      .toEqual([]);
    expect(await readList({ messageId, cursor: 0, size: 100 })).toMatchObject({ readUserIdList: ['bob'] });
  });

  test('refuses what it cannot list', async () => {
    const { chatid } = await chat();
    const messageId = await sent(chatid, 'x');
    const query = { messageId, cursor: 0, size: 100 };
    const codes: readonly (readonly [Fields, number])[] = [
      [{ messageId: undefined }, 40],
      [{ messageId: '' }, 40035],
      [{ messageId: 'msgmadeup' }, 40035],
      [{ messageId: await w.robotKey() }, 40035],
      [{ cursor: undefined }, 40],
      [{ cursor: 'x' }, 41],
      [{ cursor: -1 }, 40068],
      [{ size: 0 }, 40069],
      [{ size: 101 }, 40069],
    ];
    for (const [change, errcode] of codes) {
      expect([change, (await readList({ ...query, ...change })).errcode]).toEqual([change, errcode]);
    }
    expect(ok(await call('POST', '/chat/getReadList')).errcode).toBe(43001);
  });

  test('shows the messages of an app to that app alone, in its organization alone', async () => {
    const { chatid } = await chat();
    const messageId = await sent(chatid, 'x');
    const query = { messageId, cursor: 0, size: 100 };
    for (const token of [await tokenOf('app-next'), await tokenOf('app-two'), await w.suiteToken('corp-one')]) {
      expect((await readList(query, token)).errcode).toBe(40035);
    }
  });

  test('a third-party app sends, too, under its own name', async () => {
    const { chatid } = await chat();
    const token = await w.suiteToken('corp-one');
    const messageId = await sent(chatid, 'of the suite', token);
    expect((await readList({ messageId, cursor: 0, size: 1 }, token)).errcode).toBe(0);
    const { messages } = await inboxOf(await signIn('alice'));
    const suite = messages.find(({ msgParam }) => msgParam === '{"content":"of the suite"}');
    expect(suite).toMatchObject({ sender: { kind: 'app', name: `Name of ${suiteRobot}` } });
  });
});
