import { expect, test } from 'vitest';
import { approval, cardWorld, newCard } from '../../support/cards.ts';
import { fileServer } from '../../support/harness.ts';
import { follow } from '../../support/stream.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const shared = await fileServer();
const there = cardWorld(world(shared));
const {
  ask,
  call,
  card,
  deliver,
  delivered,
  group,
  inboxOf,
  listen,
  post,
  read,
  receipt,
  recall,
  signIn,
  stream,
  update,
} = there;

test('a card to a user is a message with a receipt, and shows its variables and buttons', async () => {
  const { carrierId, cardId, message } = await delivered();
  expect(message).toMatchObject({
    ...{ msgKey: 'interactiveCard', robotCode: 'robot-one', card: { cardId }, conversationId: 'robot:robot-one' },
    msgParam: JSON.stringify({ cardId, title: '请假申请' }),
  });
  expect(await card('alice', cardId)).toMatchObject({
    ...{ cardId, revision: 1, title: '请假申请', markdown: '**三天**年假', pictures: [], streaming: 'none' },
    buttons: [
      { actionId: 'agree', text: '同意', url: null, disabled: false },
      { actionId: 'reject', text: '拒绝', url: null, disabled: true },
      { actionId: 'button3', text: '详情', url: 'https://example.com/1', disabled: false },
      { actionId: 'button4', text: '坏', url: null, disabled: true },
    ],
  });
  const [before] = (await receipt(carrierId)).messageReadInfoList;
  expect(before).toMatchObject({ userId: 'alice', readStatus: 'UNREAD' });
  const session = await signIn('alice');
  expect(await there.markRead(session, message?.messageId ?? '')).toBe(1);
  expect((await receipt(carrierId)).messageReadInfoList[0]).toMatchObject({ readStatus: 'READ' });
  expect(refusal(await read('bob', cardId))).toEqual([404, 'huizhi.notFound']);
  expect(ok(await recall({ processQueryKeys: [carrierId] })).successResult).toEqual([carrierId]);
  expect(refusal(await read('alice', cardId))).toEqual([404, 'huizhi.notFound']);
});

test('a card to a group reaches its members, and who has read it is known', async () => {
  const openConversationId = await group();
  const openSpaceId = `dtv1.card//im_group.${openConversationId};IM_ROBOT.carol`;
  const { result } = ok(await deliver({ openSpaceId })) as { result: { deliverResults: { carrierId: string }[] } };
  expect(result.deliverResults).toMatchObject([
    { spaceType: 'IM_GROUP', spaceId: openConversationId, success: true, errorMsg: '' },
    { spaceType: 'IM_ROBOT', spaceId: 'carol', success: true },
  ]);
  const [message] = (await inboxOf(await signIn('bob'))).messages;
  const cardId = message?.card?.cardId ?? '';
  expect(message).toMatchObject({ conversationId: `group:${openConversationId}`, msgKey: 'interactiveCard' });
  for (const userId of ['alice', 'bob', 'carol']) expect((await card(userId, cardId)).title).toBe('请假申请');
  expect(refusal(await read('u01', cardId))).toEqual([404, 'huizhi.notFound']);
  await there.markRead(await signIn('bob'), message?.messageId ?? '');
  const query = { openConversationId, robotCode: 'robot-one', processQueryKey: result.deliverResults[0]?.carrierId };
  const readers = ok(await ask('POST', '/v1.0/robot/groupMessages/query', query));
  expect(readers.readUserIds).toEqual(['bob']);
});

test('a place that cannot be reached is named in the response, and the others get the card', async () => {
  const [stranger, pair] = [
    await group({ robots: [] }),
    await group({ kind: 'private', members: ['alice', 'bob'], title: undefined }),
  ];
  const bodies: readonly (readonly [string, string, object?])[] = [
    ['IM_ROBOT.nobody', 'spaceId is illegal'],
    ['IM_GROUP.cidNone', 'spaceId is illegal'],
    [`IM_GROUP.${pair}`, 'spaceId is illegal'],
    [`IM_GROUP.${stranger}`, 'robot is not in the group'],
    [`ONE_BOX.${stranger}`, 'spaceType is not supported'],
    ['IM_ROBOT.alice', 'robot is disabled', { imRobotOpenDeliverModel: { robotCode: 'robot-off' } }],
    ['IM_ROBOT.alice', 'robotCode is illegal', { imRobotOpenDeliverModel: { robotCode: 'robot-next' } }],
  ];
  for (const [place, errorMsg, more = {}] of bodies) {
    const { success, result } = ok(await deliver({ openSpaceId: `dtv1.card//${place}`, ...more }));
    expect({ place, success, result }).toMatchObject({
      success: true,
      result: { deliverResults: [{ success: false, carrierId: '', errorMsg }] },
    });
  }
  const ofPair = ok(await deliver({ openSpaceId: `dtv1.card//IM_SINGLE.${pair}` }));
  expect(ofPair).toMatchObject({ result: { deliverResults: [{ spaceType: 'IM_SINGLE', success: true }] } });
  const headers = bearer(await signIn('u09'));
  ok(await call('PUT', '/inbox/v1/robots/robot-one', { body: { blocked: true }, headers }));
  const blocked = ok(await deliver({ openSpaceId: 'dtv1.card//IM_ROBOT.u09;IM_ROBOT.u10' }));
  expect(blocked.result).toMatchObject({
    deliverResults: [{ success: false, errorMsg: 'robot is blocked by the user' }, { success: true }],
  });
});

test('a card is created first and delivered later, also twice, by an app whose robot is not named', async () => {
  const body = newCard({ privateData: { bob: { cardParamMap: { reason: '只给 bob' } } } });
  expect((await post('', body)).text).toBe(JSON.stringify({ result: body.outTrackId, success: true }));
  expect((await inboxOf(await signIn('u02'))).messages).toEqual([]);
  const openSpaceId = 'dtv1.card//IM_ROBOT.u02;IM_ROBOT.bob';
  const models = { imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT' } };
  const { result } = ok(await post('/deliver', { outTrackId: body.outTrackId, openSpaceId, ...models }));
  expect(result).toMatchObject([{ success: true }, { success: true }]);
  ok(await post('/deliver', { outTrackId: body.outTrackId, openSpaceId: 'dtv1.card//IM_ROBOT.u02', ...models }));
  const { messages } = await inboxOf(await signIn('u02'));
  expect(messages).toHaveLength(2);
  const cardId = messages[0]?.card?.cardId ?? '';
  expect((await card('u02', cardId)).markdown).toBe('**三天**年假');
  expect((await card('bob', cardId)).markdown).toBe('只给 bob');
});

test('an update replaces all variables, or single ones, for all or for one person', async () => {
  const { outTrackId, cardId } = await delivered({ cardData: { cardParamMap: { title: 'T', a: 'A', b: 'B' } } });
  const markdown = async () => (await card('alice', cardId)).markdown;
  const byKey = { updateCardDataByKey: true, updatePrivateDataByKey: true };
  const change = async (body: object) => expect((await update({ outTrackId, ...body })).text).toBe(done);
  await change({ cardData: { cardParamMap: { b: 'new' } }, cardUpdateOptions: byKey });
  expect(await markdown()).toBe('A\n\nnew');
  await change({ privateData: { alice: { cardParamMap: { a: 'own' } } }, cardUpdateOptions: byKey });
  expect(await markdown()).toBe('own\n\nnew');
  await change({ privateData: { alice: { cardParamMap: { b: 'mine' } } } });
  expect(await markdown()).toBe('A\n\nmine');
  await change({ cardData: { cardParamMap: { c: 'C' } } });
  expect(await card('alice', cardId)).toMatchObject({ title: '', markdown: 'C\n\nmine', revision: 5 });
});

const done = '{"success":true,"result":true}';

test('a streaming answer grows, is finished or fails, and a repeated piece changes nothing', async () => {
  const { outTrackId, cardId } = await delivered({ cardData: { cardParamMap: { flowStatus: '1', content: '' } } });
  expect((await card('alice', cardId)).streaming).toBe('growing');
  for (const guid of ['g1', 'g1', 'g2']) expect((await stream({ outTrackId, guid, content: '字' })).text).toBe(done);
  expect(await card('alice', cardId)).toMatchObject({ markdown: '字字', streaming: 'growing', revision: 3 });
  ok(await stream({ outTrackId, content: '**all**', isFull: true, isFinalize: true }));
  expect(await card('alice', cardId)).toMatchObject({ markdown: '**all**', streaming: 'finished' });
  ok(await stream({ outTrackId, content: '', isFull: true, isError: true }));
  expect(await card('alice', cardId)).toMatchObject({ markdown: '**all**', streaming: 'failed' });
  ok(await update({ outTrackId, cardData: { cardParamMap: { flowStatus: '3', content: 'end' } } }));
  expect(await card('alice', cardId)).toMatchObject({ markdown: 'end', streaming: 'finished' });
});

test('an open inbox is notified of changes, which add nothing to it', async () => {
  const { outTrackId, cardId } = await delivered({ openSpaceId: 'dtv1.card//IM_ROBOT.u03' }, 'u03');
  const session = await signIn('u03');
  const live = await follow(shared, session);
  const stranger = await follow(shared, await signIn('u04'));
  for (let i = 0; i < 20; i++) ok(await stream({ outTrackId, content: 'x' }));
  const hints: number[] = [];
  while (hints.at(-1) !== 21) {
    const event = await live.next();
    expect(event).toMatchObject({ event: 'card', data: { cardId } });
    hints.push(Number(event?.data.revision));
  }
  expect(hints).toEqual(hints.toSorted((a, b) => a - b));
  expect(hints.length).toBeLessThan(20);
  expect((await inboxOf(session)).messages).toHaveLength(1);
  const again = await follow(shared, session, '?since=0');
  expect(await again.next()).toMatchObject({ id: 1, event: 'message' });
  await there.sent({ userIds: ['u03', 'u04'] });
  expect(await again.next()).toMatchObject({ id: 2, event: 'message' });
  expect(await stranger.next()).toMatchObject({ id: 1, event: 'message' });
});

test('hostile names and values of variables are shown as texts, or not at all', async () => {
  const hostile = JSON.parse('{"__proto__":"p","constructor":"c","toString":"t"}') as Record<string, string>;
  const cardParamMap = {
    title: '<img src=x onerror=alert(1)>',
    ...hostile,
    order: '[1]',
    flowStatus: 'constructor',
    sys_full_json_obj: '[]',
    a: '[[{}]]',
  };
  const { cardId } = await delivered({ cardData: { cardParamMap } });
  expect(await card('alice', cardId)).toMatchObject({
    title: '<img src=x onerror=alert(1)>',
    buttons: [],
    pictures: [],
  });
  const deep = JSON.stringify({
    contents: [JSON.parse(`${'{"content":'.repeat(40)}{"text":"deep"}${'}'.repeat(40)}`)],
  });
  const { cardId: other } = await delivered({ cardData: { cardParamMap: { sys_standard_card: deep } } });
  expect((await card('alice', other)).markdown).toBe('');
});

test('the console lists cards with their variables and messages, page by page', async () => {
  const { cardId, carrierId } = await delivered();
  expect(carrierId).not.toBe('');
  const headers = bearer(shared.adminToken);
  const first = ok(await call('GET', '/console/v1/cards', { query: { corpId: 'corp-one', limit: '1' }, headers }));
  expect(first.cards).toMatchObject([{ cardId, revision: 1, title: '请假申请' }]);
  const query = { corpId: 'corp-one', limit: '1', cursor: String(first.cursor) };
  const next = ok(await call('GET', '/console/v1/cards', { query, headers }));
  expect(next.cards).not.toMatchObject([{ cardId }]);
  const one = ok(await call('GET', `/console/v1/cards/${cardId}`, { query: { corpId: 'corp-one' }, headers }));
  expect(one).toMatchObject({ callbackType: 'STREAM', cardParamMap: approval, markdown: approval.reason });
  expect(one.deliveries).toMatchObject([{ spaceType: 'IM_ROBOT', robotCode: 'robot-one' }]);
  const foreign = await call('GET', `/console/v1/cards/${cardId}`, { query: { corpId: 'corp-two' }, headers });
  expect(refusal(foreign)).toEqual([404, 'huizhi.notFound']);
});

test('tests read cards and click any action by outTrackId', async () => {
  const { outTrackId } = await delivered({ privateData: { alice: { cardParamMap: { reason: 'own' } } } });
  const query = (userId?: string) => `cards?${new URLSearchParams({ outTrackId, ...(userId && { userId }) })}`;
  expect(await there.emulate('GET', query())).toMatchObject({
    outTrackId,
    markdown: approval.reason,
    cardParamMap: approval,
  });
  expect(await there.emulate('GET', query('alice'))).toMatchObject({ markdown: 'own' });
  const program = await listen(() => ({}));
  const click = { outTrackId, userId: 'alice', actionId: 'hidden' };
  expect(await there.emulate('POST', 'cards/actions', click)).toMatchObject({ delivered: true });
  expect(program.pushes()[0]?.data).toContain('hidden');
  const stranger = await call('POST', '/emulator/v1/cards/actions', { body: { ...click, userId: 'bob' } });
  expect(refusal(stranger)).toEqual([404, 'huizhi.notFound']);
});
