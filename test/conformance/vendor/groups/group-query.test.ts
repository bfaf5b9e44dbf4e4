import { describe, expect, test } from 'vitest';
import { groupWorld } from '../../support/groups.ts';
import { fileServer } from '../../support/harness.ts';
import { ok, refusal } from '../../support/world.ts';

const w = groupWorld(await fileServer());
const { emulate, group, query, readBy, readers, recallFrom, sentTo } = w;

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
