import { describe, expect, test } from 'vitest';
import { groupPath, groupWorld, privatePath } from '../../support/groups.ts';
import { fileServer, type Reply } from '../../support/harness.ts';
import { bearer, ok, refusal, suiteRobot } from '../../support/world.ts';

const w = groupWorld(await fileServer());
const { ask, emulate, group, inboxOf, readBy, readers, recallFrom, sendTo, sentTo, signIn } = w;

describe('privateChatMessages', () => {
  test('send, query and recall a message for two people', async () => {
    const { openConversationId, chatId } = await group({ kind: 'private', userIds: ['u21', 'u22'] });
    expect(openConversationId).toMatch(/^cid[A-Za-z0-9+/]{43}=$/);
    expect(chatId).toBeNull();
    const key = await sentTo(openConversationId, {}, `${privatePath}/send`);
    await readBy(key, 'u22', 'u21');
    const page = { sendStatus: 'SUCCESS', readUserIds: ['u22'], hasMore: true };
    const first = await readers(openConversationId, key, { maxResults: 1 }, `${privatePath}/query`);
    expect(first).toEqual({ ...page, nextToken: expect.any(String) });
    const more = { nextToken: first.nextToken };
    expect(await readers(openConversationId, key, more, `${privatePath}/query`)).toEqual({
      sendStatus: 'SUCCESS',
      readUserIds: ['u21'],
      hasMore: false,
    });
    expect(await recallFrom(openConversationId, [key], `${privatePath}/batchRecall`)).toEqual({
      successResult: [key],
      failedResult: {},
    });
    expect((await inboxOf(await signIn('u21'))).messages).toEqual([]);
  });

  test('refuse a group, and an unknown robot with resource.not.found', async () => {
    const { openConversationId } = await group();
    const key = await sentTo(openConversationId);
    const body = { openConversationId, processQueryKey: key, processQueryKeys: [key] };
    const sending = { ...body, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
    for (const path of ['send', 'query', 'batchRecall']) {
      const full = `${privatePath}/${path}`;
      expect([path, refusal(await ask(full, sending))]).toEqual([path, [400, 'invalid.openConversationId']]);
      const nobody = { ...sending, robotCode: 'nobody' };
      expect([path, refusal(await ask(full, nobody))]).toEqual([path, [400, 'resource.not.found']]);
    }
  });
});

describe('a message to a group', () => {
  test('is read in the inbox like any other, and only by its members', async () => {
    const { openConversationId } = await group({ userIds: ['u15', 'u16'] });
    const key = await sentTo(openConversationId);
    const session = await signIn('u15');
    const [message] = (await inboxOf(session)).messages;
    const messageId = String(message?.messageId);
    expect(await w.markRead(await signIn('u17'), messageId)).toBe(0);
    expect(await w.markRead(session, messageId)).toBe(1);
    expect(await w.markRead(session, messageId)).toBe(0);
    expect((await readers(openConversationId, key)).readUserIds).toEqual(['u15']);
    expect((await inboxOf(session)).messages[0]).toMatchObject({ readAt: expect.any(Number) });
  });

  test('is shown in the console with counts of members and readers', async () => {
    const { openConversationId } = await group({ title: 'counted', userIds: ['u23', 'u24', 'u25'] });
    const key = await sentTo(openConversationId);
    await readBy(key, 'u24');
    const admin = { headers: bearer(w.server.adminToken) };
    const query = { corpId: 'corp-one' };
    const console = async (path: string, more: object = {}): Promise<Reply> =>
      w.call('GET', `/console/v1/${path}`, { ...admin, ...more });
    const { messages } = ok(await console('messages', { query })) as { messages: { messageId: string }[] };
    const conversation = { openConversationId, title: 'counted' };
    expect(messages[0]).toMatchObject({ status: 'success', recipientCount: 0, conversation });
    const path = `messages/${messages[0]?.messageId}`;
    const detail = { conversation, members: { memberCount: 3, readCount: 1 }, recipients: [], processQueryKey: key };
    expect(ok(await console(path))).toMatchObject(detail);
    expect((await console(`${path}/recipients.csv`)).status).toBe(200);
    ok(await console('unread', { query }));
    for (const read of ['all', 'some-unread']) {
      const found = ok(await console('messages', { query: { ...query, read } })) as {
        messages: { messageId: string }[];
      };
      expect(found.messages.map(({ messageId }) => messageId)).not.toContain(messages[0]?.messageId);
    }
    ok(await w.call('POST', `/console/v1/${path}/recall`, { ...admin, body: {} }));
    expect((await inboxOf(await signIn('u23'))).messages).toEqual([]);
    expect(await readers(openConversationId, key)).toMatchObject({ sendStatus: 'RECALLED' });
  });

  test('survives a snapshot, with its conversation and its reads', async () => {
    const { openConversationId } = await group();
    const key = await sentTo(openConversationId);
    await readBy(key, 'carol', 'alice');
    const saved = await emulate('GET', 'snapshot');
    await emulate('POST', 'reset');
    expect(refusal(await sendTo(openConversationId))).toEqual([400, 'invalid.openConversationId']);
    await emulate('PUT', 'snapshot', saved);
    expect(await readers(openConversationId, key)).toMatchObject({ readUserIds: ['carol', 'alice'] });
    await readBy(key, 'bob');
    expect(await readers(openConversationId, key)).toMatchObject({ readUserIds: ['carol', 'alice', 'bob'] });
  });

  test('can be sent by a third-party robot in the organization that the token is for', async () => {
    const { openConversationId } = await group({ robotCodes: [suiteRobot] });
    const token = await w.suiteToken('corp-one');
    const body = { openConversationId, robotCode: suiteRobot, msgKey: 'sampleText', msgParam: '{"content":"x"}' };
    ok(await ask(`${groupPath}/send`, body, token));
    const elsewhere = await ask(`${groupPath}/send`, body, await w.suiteToken('corp-two'));
    expect(refusal(elsewhere)).toEqual([400, 'conversation.org.notMatch']);
  });
});
