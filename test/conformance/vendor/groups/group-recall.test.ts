import { describe, expect, test } from 'vitest';
import { groupPath, groupWorld } from '../../support/groups.ts';
import { fileServer } from '../../support/harness.ts';
import { refusal } from '../../support/world.ts';

const w = groupWorld(await fileServer());
const { ask, emulate, group, inboxOf, readers, recallFrom, sentTo, signIn } = w;

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
