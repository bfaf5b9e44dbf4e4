import { describe, expect, test } from 'vitest';
import { groupPath, groupWorld, privatePath } from '../support/groups.ts';
import { fileServer, type Reply } from '../support/harness.ts';
import { bearer, ok, refusal, suiteRobot } from '../support/world.ts';

const w = groupWorld(await fileServer());
const { ask, emulate, group, inboxOf, query, readBy, readers, recallFrom, sendTo, sentTo, signIn, tokenOf } = w;

describe('groupMessages/send', () => {
  test('reaches every member, with the conversation in the inbox', async () => {
    const { openConversationId, chatId } = await group({ title: '项目群' });
    expect(openConversationId).toMatch(/^cid[A-Za-z0-9+/]{22}==$/);
    expect(chatId).toMatch(/^chat[0-9a-f]{32}$/);
    const key = await sentTo(openConversationId, { msgParam: '{"content":"to the group"}' });
    expect(key).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    for (const userId of ['alice', 'bob', 'carol']) {
      const { messages, unreadCount } = await inboxOf(await signIn(userId));
      expect(messages[0]).toMatchObject({
        robotCode: 'robot-one',
        msgParam: '{"content":"to the group"}',
        readAt: null,
        conversation: { openConversationId, title: '项目群' },
      });
      expect(unreadCount).toBeGreaterThan(0);
    }
    expect((await inboxOf(await signIn('u01'))).messages).toEqual([]);
    expect(await readers(openConversationId, key)).toEqual({
      sendStatus: 'SUCCESS',
      readUserIds: [],
      readUsers: [],
      hasMore: false,
    });
  });

  test('accepts every message kind that batchSend accepts, and validates msgParam alike', async () => {
    const { openConversationId } = await group();
    await sentTo(openConversationId, { msgKey: 'sampleMarkdown', msgParam: '{"title":"t","text":"x"}' });
    const code = async (body: object) => refusal(await sendTo(openConversationId, body));
    expect(await code({ msgKey: 'sampleMarkdown', msgParam: '{"title":"t"}' })).toEqual([
      400,
      'miss.param.markdownTotext',
    ]);
    expect(await code({ msgParam: 'x' })).toEqual([400, 'invalidParameter.msgParam.invalid']);
    expect(await code({ msgParam: JSON.stringify({ content: 'x'.repeat(15_000) }) })).toEqual([
      400,
      'invalidParameter.msgParam.tooLong',
    ]);
    expect(await code({ msgKey: 'noSuchKind' })).toEqual([400, 'invalidParameter.msgKey.invalid']);
    expect(await code({ msgKey: ' ' })).toEqual([400, 'invalidParameter.msgKey.empty']);
    for (const [state, error] of [
      ['stopped', 'template.stopped'],
      ['removed', 'template.not.existed'],
    ] as const) {
      await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleLink', state });
      expect(await code({ msgKey: 'sampleLink', msgParam: '{}' })).toEqual([400, error]);
    }
    await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleLink', state: 'active' });
  });

  test('is not limited by flow limits and blocks', async () => {
    const { openConversationId } = await group({ userIds: ['u02'], robotCodes: ['robot-more'] });
    await emulate('PUT', 'robots', { robotCode: 'robot-more', perUserPerDay: 1, blockedBy: ['u02'] });
    for (let i = 0; i < 3; i++) await sentTo(openConversationId, { robotCode: 'robot-more' });
    await emulate('PUT', 'robots', { robotCode: 'robot-more', perUserPerDay: 0, blockedBy: [] });
    expect((await inboxOf(await signIn('u02'))).messages).toHaveLength(3);
  });

  test('checks robot, conversation, membership and content in this order', async () => {
    const { openConversationId } = await group();
    const foreign = await group({ corpId: 'corp-two', userIds: ['mallory'], robotCodes: ['robot-two'] });
    const pair = await group({ kind: 'private', userIds: ['alice', 'bob'] });
    const wrong: readonly (readonly [object, string])[] = [
      [{ robotCode: null }, 'invalidParameter.robotCode.missing'],
      [{ robotCode: 7 }, 'invalidParameter.param.invalid'],
      [{ robotCode: ' ' }, 'invalidParameter.robotCode.empty'],
      [{ robotCode: 'nobody' }, 'resource.not.found'],
      [{ robotCode: 'robot-away' }, 'resource.not.found'],
      [{ robotCode: 'robot-next' }, 'invalidParameter.robotCode.auth'],
      [{ openConversationId: null }, 'miss.openConversationId'],
      [{ openConversationId: '' }, 'miss.openConversationId'],
      [{ openConversationId: [] }, 'invalidParameter.param.invalid'],
      [{ openConversationId: 'cidunknown==' }, 'invalid.openConversationId'],
      [{ openConversationId: pair.openConversationId }, 'invalid.openConversationId'],
      [{ openConversationId: foreign.openConversationId }, 'conversation.org.notMatch'],
      [{ robotCode: 'robot-off' }, 'bot.stopped'],
      [{ robotCode: 'robot-more' }, 'bot.stopped'],
      [{ msgKey: '' }, 'invalidParameter.msgKey.empty'],
      [{ msgParam: '' }, 'invalidParameter.msgParam.invalid'],
    ];
    // Each body has all later faults as well, so the order of the checks decides.
    for (const [i, [body, code]] of wrong.entries()) {
      const later = wrong.slice(i + 1).findLast(([other]) => !Object.keys(other).some((field) => field in body));
      const conversation = { openConversationId, ...later?.[0], ...body };
      expect([body, refusal(await sendTo(openConversationId, conversation))]).toEqual([body, [400, code]]);
    }
    for (const field of ['msgKey', 'msgParam']) {
      const reply = await sendTo(openConversationId, { robotCode: null, [field]: null });
      expect(refusal(reply)).toEqual([400, `Missing${field}`]);
    }
  });

  test('with an idempotency-key sends once; the key is another one in other calls', async () => {
    const { openConversationId } = await group({ userIds: ['u03'] });
    const body = { openConversationId, msgKey: 'sampleText', msgParam: '{"content":"once"}' };
    const key = { 'idempotency-key': 'once' };
    const first = await ask(`${groupPath}/send`, body, undefined, key);
    const second = await ask(`${groupPath}/send`, body, undefined, key);
    expect(ok(second)).toEqual(ok(first));
    const other = { ...body, msgParam: '{"content":"other"}' };
    expect(refusal(await ask(`${groupPath}/send`, other, undefined, key))).toEqual([409, 'huizhi.idempotencyMismatch']);
    ok(await w.send({ userIds: ['u03'] }, undefined, key));
    expect((await inboxOf(await signIn('u03'))).messages).toHaveLength(2);
  });

  test('needs the token and the permission', async () => {
    const path = `${groupPath}/send`;
    expect(refusal(await w.call('POST', path, { body: {} }))).toEqual([400, 'AuthenticationFailed.MissingParameter']);
    const denied = await ask(path, {}, await tokenOf('app-bare'));
    expect(refusal(denied)).toEqual([403, 'Forbidden.AccessDenied.AccessTokenPermissionDenied']);
  });
});

describe('groupMessages/query', () => {
  test('lists readers in the order of reading, in pages that stay stable while people go on reading', async () => {
    const userIds = Array.from({ length: 20 }, (_, i) => `u${String(i + 1).padStart(2, '0')}`);
    const { openConversationId } = await group({ userIds });
    const key = await sentTo(openConversationId);
    const order = [...userIds.slice(7), ...userIds.slice(0, 7)];
    const seen: string[] = [];
    let nextToken: string | undefined;
    for (let i = 0; i < order.length; i += 5) {
      await readBy(key, ...order.slice(i, i + 5));
      const page = await readers(openConversationId, key, { maxResults: 4, ...(nextToken && { nextToken }) });
      expect(page.hasMore).toBe(page.nextToken !== undefined);
      expect(page.readUsers.map(({ userId }) => userId)).toEqual(page.readUserIds);
      seen.push(...page.readUserIds);
      nextToken = page.nextToken;
    }
    for (; nextToken; ) {
      const page = await readers(openConversationId, key, { maxResults: 4, nextToken });
      seen.push(...page.readUserIds);
      nextToken = page.nextToken;
    }
    expect(seen).toEqual(order);
    const whole = await readers(openConversationId, key);
    expect(whole).toMatchObject({ sendStatus: 'SUCCESS', readUserIds: order, hasMore: false });
    expect(whole.nextToken).toBeUndefined();
    const exact = await readers(openConversationId, key, { maxResults: 20 });
    expect([exact.readUserIds.length, exact.hasMore]).toEqual([20, false]);
  });

  test('is PROCESSING until the delivery ends, and RECALLED after a recall', async () => {
    const { openConversationId } = await group();
    await emulate('PUT', 'delivery', { mode: 'hold' });
    const key = await sentTo(openConversationId);
    expect((await readers(openConversationId, key)).sendStatus).toBe('PROCESSING');
    expect(await emulate('POST', 'delivery/release')).toEqual({ released: 1 });
    expect((await readers(openConversationId, key)).sendStatus).toBe('SUCCESS');
    await readBy(key, 'bob');
    await recallFrom(openConversationId, [key]);
    expect(await readers(openConversationId, key)).toMatchObject({ sendStatus: 'RECALLED', readUserIds: ['bob'] });
  });

  test('refuses what its table of errors says, in the order of the checks', async () => {
    const { openConversationId } = await group();
    const other = await group();
    const foreign = await group({ corpId: 'corp-two', userIds: ['mallory'], robotCodes: ['robot-two'] });
    const key = await sentTo(openConversationId);
    const code = async (body: object) => refusal(await query({ openConversationId, processQueryKey: key, ...body }));
    const expected: readonly (readonly [object, string])[] = [
      [{ processQueryKey: null }, 'MissingprocessQueryKey'],
      [{ robotCode: null }, 'invalidParameter.robotCode.missing'],
      [{ robotCode: {} }, 'invalidParameter.param.invalid'],
      [{ robotCode: 'nobody' }, 'resource.not.found'],
      [{ robotCode: 'robot-away' }, 'invalidParameter.robotCode.invalid'],
      [{ robotCode: 'robot-next' }, 'invalidParameter.robotCode.invalid'],
      [{ openConversationId: null }, 'openConversationId.notExisted'],
      [{ openConversationId: 'cidunknown==' }, 'invalid.openConversationId'],
      [{ openConversationId: foreign.openConversationId }, 'conversation.org.dismatch'],
      [{ robotCode: 'robot-off' }, 'bot.stopped'],
      [{ robotCode: 'robot-more' }, 'bot.stopped'],
      [{ processQueryKey: ' ' }, 'invalidParameter.processQueryKey.missing'],
      [{ processQueryKey: 'forged' }, 'invalid.processQueryKey'],
      [{ openConversationId: other.openConversationId }, 'invalid.processQueryKey'],
      ...[0, 201, -1, 1.5, '20', true].map(
        (maxResults) => [{ maxResults }, 'invalidParameter.pageSize.invalid'] as const,
      ),
      ...['x', 7, [], key].map((nextToken) => [{ nextToken }, 'invalidParameter.cursor.invalid'] as const),
    ];
    for (const [body, error] of expected) expect([body, await code(body)]).toEqual([body, [400, error]]);
    await readBy(key, 'alice', 'bob');
    const { nextToken } = await readers(openConversationId, key, { maxResults: 1 });
    const second = await sentTo(openConversationId);
    expect(await code({ processQueryKey: second, nextToken })).toEqual([400, 'invalidParameter.cursor.invalid']);
    for (const [state, error] of [
      ['stopped', 'template.stopped'],
      ['removed', 'template.not.existed'],
    ] as const) {
      await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state });
      expect(await code({})).toEqual([400, error]);
    }
    await emulate('PUT', 'templates', { robotCode: 'robot-one', msgKey: 'sampleText', state: 'active' });
  });

  test('works for 24 hours after the send', async () => {
    const { openConversationId } = await group();
    await w.freeze();
    const key = await sentTo(openConversationId);
    await w.advance('24h');
    expect((await readers(openConversationId, key)).sendStatus).toBe('SUCCESS');
    await w.advance('1ms');
    expect(refusal(await query({ openConversationId, processQueryKey: key }))).toEqual([
      400,
      'processQueryKey.expireTime',
    ]);
    await emulate('POST', 'clock', { freeze: false });
  });
});

describe('keys of the other family', () => {
  test('are invalid, for a group as for single users', async () => {
    const { openConversationId } = await group();
    const [toGroup, toUser] = [await sentTo(openConversationId), await w.sent()];
    const asked = await w.status({ robotCode: 'robot-one', processQueryKey: toGroup });
    expect(refusal(asked)).toEqual([400, 'invalid.processQueryKey']);
    expect(refusal(await query({ openConversationId, processQueryKey: toUser }))).toEqual([
      400,
      'invalid.processQueryKey',
    ]);
    expect(ok(await w.recall({ processQueryKeys: [toGroup] }))).toEqual({
      successResult: [],
      failedResult: { [toGroup]: 'invalid.processQueryKey' },
    });
    expect(await recallFrom(openConversationId, [toUser])).toEqual({
      successResult: [],
      failedResult: { [toUser]: 'invalid.processQueryKey' },
    });
  });
});

describe.each([
  ['groupMessages/recall', `${groupPath}/recall`, 'robotCode'],
  ['groupMessages/batchRecall', `${groupPath}/batchRecall`, 'chatbotId'],
])('%s', (_, path, robotField) => {
  test('takes messages back from all members, each key by itself', async () => {
    const userIds = ['u11', 'u12'];
    const { openConversationId } = await group({ userIds });
    const other = await group({ robotCodes: ['robot-one', 'robot-more'] });
    const keys = [await sentTo(openConversationId), await sentTo(openConversationId)];
    const strange = await sentTo(other.openConversationId);
    const ofOther = await sentTo(other.openConversationId, { robotCode: 'robot-more' });
    const before = (await inboxOf(await signIn('u11'))).messages.length;
    expect(await recallFrom(openConversationId, [keys[1], 'forged', strange, ofOther, keys[0]], path)).toEqual({
      successResult: [keys[1], keys[0]],
      failedResult: {
        forged: 'invalid.processQueryKey',
        [strange]: 'invalid.processQueryKey',
        [ofOther]: 'not.allowed.robotCode',
      },
    });
    for (const userId of userIds) expect((await inboxOf(await signIn(userId))).messages).toHaveLength(before - 2);
    expect(await recallFrom(openConversationId, keys, path)).toEqual({ successResult: keys, failedResult: {} });
  });

  test('refuses what its table of errors says, in the order of the checks', async () => {
    const { openConversationId } = await group();
    const key = await sentTo(openConversationId);
    const foreign = await group({ corpId: 'corp-two', userIds: ['mallory'], robotCodes: ['robot-two'] });
    const robot = (value: unknown) => ({ [robotField]: value });
    const expected: readonly (readonly [object, string])[] = [
      [{ openConversationId: null }, 'MissingopenConversationId'],
      [robot(null), `Missing${robotField}`],
      [{ processQueryKeys: null }, 'MissingprocessQueryKeys'],
      [robot(5), 'invalidParameter.param.invalid'],
      [robot(' '), 'miss.chatbotId'],
      [robot('nobody'), 'invalidParameter.robotCode.notExsit'],
      [robot('robot-away'), 'invalidParameter.robotCode'],
      [robot('robot-next'), 'invalidParameter.robotCode'],
      [{ openConversationId: ' ' }, 'miss.openConversationId'],
      [{ openConversationId: 'cidunknown==' }, 'invalid.openConversationId'],
      [{ openConversationId: foreign.openConversationId }, 'invalid.openConversationId'],
      [robot('robot-off'), 'bot.stopped'],
      [robot('robot-more'), 'bot.stopped'],
      [{ processQueryKeys: 'x' }, 'invalidParameter.param.invalid'],
      [{ processQueryKeys: [] }, 'invalidParameter.processQueryKey.missing'],
      [{ processQueryKeys: [7] }, 'invalidParameter.param.invalid'],
      [{ processQueryKeys: Array.from({ length: 21 }, (_, i) => `${i}`) }, 'invalidParameter.processQueryKeys.overMax'],
    ];
    for (const [body, code] of expected) {
      const given = { openConversationId, processQueryKeys: [key], chatbotId: 'robot-one', ...body };
      expect([body, refusal(await ask(path, given))]).toEqual([body, [400, code]]);
    }
    expect((await readers(openConversationId, key)).sendStatus).toBe('SUCCESS');
  });

  test('works for 24 hours after the send', async () => {
    const { openConversationId } = await group();
    await w.freeze();
    const [first, second] = [await sentTo(openConversationId), await sentTo(openConversationId)];
    await w.advance('24h');
    expect(await recallFrom(openConversationId, [first], path)).toMatchObject({ successResult: [first] });
    await w.advance('1ms');
    expect(await recallFrom(openConversationId, [second], path)).toMatchObject({
      failedResult: { [second]: 'robot.processQueryKey.expired' },
    });
    await emulate('POST', 'clock', { freeze: false });
  });
});

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
