import { describe, expect, test } from 'vitest';
import { groupPath, groupWorld, privatePath } from '../../support/groups.ts';
import { fileServer } from '../../support/harness.ts';
import { ok, refusal } from '../../support/world.ts';

const w = groupWorld(await fileServer());
const { ask, emulate, group, inboxOf, readers, sendTo, sentTo, signIn, tokenOf } = w;

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

  test('needs the coolAppCode of a robot that has one, and ignores it for other robots', async () => {
    const { openConversationId } = await group({ userIds: ['u04'], robotCodes: ['robot-one', 'robot-more'] });
    const code = async (body: object) => (await sendTo(openConversationId, { robotCode: 'robot-more', ...body })).body;
    await emulate('PUT', 'robots', { robotCode: 'robot-more', coolAppCode: 'COOLAPP-1' });
    const wrong = { code: 'invalidParameter.robotCode.coolApp', message: expect.stringContaining('不匹配') };
    expect(await code({ coolAppCode: 'COOLAPP-2' })).toMatchObject(wrong);
    for (const coolAppCode of [undefined, null, '', ' ', 7]) {
      expect(await code({ coolAppCode })).toMatchObject({ code: wrong.code, message: '酷应用编码无效' });
    }
    // It is checked behind the robot's app, and before the conversation.
    const other = { robotCode: 'robot-next', coolAppCode: 'x' };
    expect(refusal(await sendTo(openConversationId, other))).toEqual([400, 'invalidParameter.robotCode.auth']);
    expect(refusal(await sendTo('', { robotCode: 'robot-more' }))).toEqual([400, wrong.code]);
    expect(await code({ coolAppCode: 'COOLAPP-1' })).toMatchObject({ processQueryKey: expect.any(String) });
    expect((await sendTo(openConversationId, { coolAppCode: 'x' })).status).toBe(200);
    expect((await inboxOf(await signIn('u04'))).messages).toHaveLength(2);
    const pair = await group({ kind: 'private', userIds: ['u04', 'u05'], robotCodes: ['robot-more'] });
    const toPair = await sendTo(pair.openConversationId, { robotCode: 'robot-more' }, `${privatePath}/send`);
    expect(refusal(toPair)).toEqual([400, wrong.code]);
    await emulate('PUT', 'robots', { robotCode: 'robot-more', coolAppCode: null });
    expect((await sendTo(openConversationId, { robotCode: 'robot-more' })).status).toBe(200);
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
