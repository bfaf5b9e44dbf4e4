import { expect, test } from 'vitest';
import { createCardSignature } from '../../../src/core/cards/callbacks.ts';
import { approval, cardWorld, models, newCard } from '../support/cards.ts';
import { fileServer, testServer } from '../support/harness.ts';
import { startReceiver } from '../support/receiver.ts';
import { follow } from '../support/stream.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const shared = await fileServer();
const there = cardWorld(world(shared));
const { ask, call, card, click, clicked, deliver, delivered, group, inboxOf, listen, post, read, register } = there;
const { receipt, recall, signIn, stream, tokenOf, update } = there;

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

test('a click reaches the program by Stream, and its answer changes the card for all and for the person', async () => {
  const { outTrackId, cardId } = await delivered();
  const answers = [
    {
      response: { cardData: { cardParamMap: { status: '已同意' } }, cardUpdateOptions: { updateCardDataByKey: true } },
    },
    { userPrivateData: { cardParamMap: { reason: 'own' } } },
    {},
  ];
  const program = await listen(() => answers.shift());
  const first = await clicked('alice', cardId, { actionId: 'agree', params: { note: 'ok' } });
  expect(first).toMatchObject({ delivered: true, card: { markdown: '**三天**年假\n\n已同意', revision: 2 } });
  const heard = JSON.parse(program.pushes()[0]?.data ?? '');
  const content = { cardPrivateData: { actionIds: ['agree'], params: { note: 'ok', level: 1 } } };
  expect(heard).toEqual({
    ...{ type: 'actionCallback', outTrackId, corpId: 'corp-one', userId: 'alice', userIdType: 1 },
    ...{ spaceType: 'IM_ROBOT', spaceId: 'alice', extension: '{}' },
    ...{ content: JSON.stringify(content), value: JSON.stringify(content) },
  });
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: true, card: { markdown: 'own\n\n已同意' } });
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: true, card: { revision: 3 } });
});

test('a click is refused for a stranger, and for a button that is unknown, disabled or a link', async () => {
  const { cardId } = await delivered();
  expect(refusal(await click('bob', cardId))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await click('alice', cardId, { actionId: 'none' }))).toEqual([404, 'huizhi.notFound']);
  for (const actionId of ['reject', 'button3', 'button4'])
    expect(refusal(await click('alice', cardId, { actionId }))).toEqual([409, 'huizhi.conflict']);
  for (const body of [{}, { actionId: '' }, { actionId: 'agree', params: [] }, { actionId: 'agree', more: 1 }])
    expect(refusal(await click('alice', cardId, body))).toEqual([400, 'huizhi.badRequest']);
  const long = { actionId: 'agree', params: { text: 'x'.repeat(4001) } };
  expect(refusal(await click('alice', cardId, long))).toEqual([400, 'huizhi.badRequest']);
  // Nobody listens.
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: false, card: { revision: 1 } });
});

test('a click reaches a registered address with a signature, and people beyond 60 clicks a minute are refused', async () => {
  const server = await testServer();
  const own = cardWorld(world(server));
  const receiver = await startReceiver();
  const apiSecret = 'example-secret';
  const address = { callbackRouteKey: 'r', callbackUrl: receiver.url, apiSecret };
  expect(ok(await own.register(address))).toEqual({ success: true, result: { callbackUrl: receiver.url, apiSecret } });
  expect(refusal(await own.register(address))).toEqual([500, 'param.callbackRouteKeyExist']);
  ok(await own.register({ ...address, forceUpdate: true }));
  const { cardId, outTrackId } = await own.delivered({ callbackType: 'HTTP', callbackRouteKey: 'r' });
  const now = await own.freeze();
  receiver.react({ body: JSON.stringify({ cardData: { cardParamMap: { title: 'Done' } } }) });
  expect(await own.clicked('alice', cardId)).toMatchObject({ delivered: true, card: { title: 'Done', buttons: [] } });
  const { headers, body } = await receiver.next();
  expect(headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'x-ddpaas-signature-timestamp': String(now),
    'x-ddpaas-signature': createCardSignature(String(now), apiSecret),
  });
  expect(JSON.parse(body)).toMatchObject({ type: 'actionCallback', userId: 'alice' });
  const { body: audit } = await server.call('GET', '/console/v1/audit', { headers: bearer(server.adminToken) });
  const { entries } = audit as { entries: object[] };
  const became = { url: receiver.url };
  expect(entries[0]).toMatchObject({ actor: 'app app-one', action: 'cardCallback.set', target: 'r', after: became });
  expect(JSON.stringify(entries)).not.toContain(apiSecret);
  receiver.react({ body: 'not JSON' });
  ok(await own.update({ outTrackId, cardData: { cardParamMap: approval } }));
  for (let i = 1; i < 60; i++) ok(await own.click('alice', cardId));
  expect(refusal(await own.click('alice', cardId))).toEqual([429, 'huizhi.tooManyRequests']);
});

test('the signature of a time is that of the documentation', () => {
  expect(createCardSignature('1577262236757', 'example-secret')).toBe('9EQUhx+gSqHfgSF/OnOV2ifDC9m1VzjPj00L/WOZeew=');
});

test('the older calls send a StandardCard to a user or a group, and change it', async () => {
  const send = (body: object) => ask('POST', '/v1.0/im/v1.0/robot/interactiveCards/send', { ...old(), ...body });
  const change = (body: object) => ask('PUT', '/v1.0/im/robots/interactiveCards', body);
  const cardBizId = 'biz-1';
  const { processQueryKey } = ok(await send({ cardBizId, singleChatReceiver: '{"userId":"u05"}' }));
  const [message] = (await inboxOf(await signIn('u05'))).messages;
  const cardId = message?.card?.cardId ?? '';
  expect(await card('u05', cardId)).toMatchObject({
    ...{ title: 'Header', markdown: '**text**\n\n---\n\nplain', pictures: ['https://example.com/a.png'] },
    buttons: [
      { actionId: 'go', text: 'Go', url: 'https://example.com/all', disabled: false },
      { actionId: 'ask', text: 'Ask', url: null, disabled: false },
    ],
  });
  expect((await receipt(String(processQueryKey))).messageReadInfoList).toMatchObject([{ userId: 'u05' }]);
  const program = await listen(() => ({}));
  expect(await clicked('u05', cardId, { actionId: 'ask' })).toMatchObject({ delivered: true });
  expect(JSON.parse(program.pushes()[0]?.data ?? '')).toMatchObject({ outTrackId: cardBizId, userId: 'u05' });
  const cardData = JSON.stringify({ contents: [{ type: 'markdown', text: 'new' }] });
  expect(ok(await change({ cardBizId, cardData }))).toEqual({ processQueryKey });
  expect(await card('u05', cardId)).toMatchObject({ title: '', markdown: 'new', revision: 2 });
  const own = JSON.stringify({ u05: { contents: [{ type: 'text', text: 'own' }] } });
  ok(await change({ cardBizId, userIdPrivateDataMap: own }));
  expect((await card('u05', cardId)).markdown).toBe('own');
  const asOperator = { query: { corpId: 'corp-one' }, headers: bearer(shared.adminToken) };
  const unionId = String(ok(await call('GET', '/console/v1/users/u05', asOperator)).unionId);
  const byUnionId = (text: string) => ({ [unionId]: { contents: [{ type: 'text', text }] } });
  const unionIdPrivateDataMap = JSON.stringify(byUnionId('by unionId'));
  ok(await change({ cardBizId, unionIdPrivateDataMap }));
  expect((await card('u05', cardId)).markdown).toBe('by unionId');
  ok(await change({ cardBizId, unionIdPrivateDataMap, userIdPrivateDataMap: own }));
  expect((await card('u05', cardId)).markdown).toBe('own');
  for (const bad of ['[]', 'x', { [unionId]: '{}' }])
    expect(refusal(await change({ cardBizId, unionIdPrivateDataMap: bad }))).toEqual([400, 'param.invalid']);
  const stranger = JSON.stringify({ nobody: { contents: [] } });
  expect(refusal(await change({ cardBizId, unionIdPrivateDataMap: stranger }))).toEqual([400, 'param.userIdNotExist']);
  ok(await send({ cardBizId: 'biz-2', openConversationId: await group() }));
  expect((await inboxOf(await signIn('bob'))).messages[0]).toMatchObject({ msgKey: 'interactiveCard' });
  expect(refusal(await send({ cardBizId, singleChatReceiver: '{"userId":"u05"}' }))).toEqual([
    400,
    'param.cardAlreadyExist',
  ]);
  expect(refusal(await send({ cardBizId: 'b3' }))).toEqual([400, 'param.userIdEmpty']);
  expect(refusal(await send({ cardBizId: 'b3', singleChatReceiver: '{"userId":"no"}' }))).toEqual([
    400,
    'param.invalid',
  ]);
  expect(refusal(await send({ cardBizId: 'b4', cardData: '[]' }))).toEqual([400, 'param.invalid']);
  expect(refusal(await change({ cardBizId: 'none', cardData }))).toEqual([400, 'param.cardNotExist']);
  expect(refusal(await change({ cardBizId }))).toEqual([400, 'param.cardDataAndPrivateDataBothEmpty']);
});

/** The body of an older call, with all kinds of parts. */
function old() {
  const label = (text: string) => ({ type: 'text', text });
  const go = {
    type: 'button',
    id: 'go',
    label: label('Go'),
    actionType: 'openLink',
    url: { all: 'https://example.com/all' },
  };
  const askButton = { type: 'button', id: 'ask', label: label('Ask'), actionType: 'request' };
  const contents = [
    { type: 'markdown', text: '**text**', id: 'a' },
    { type: 'divider', id: 'b' },
    { type: 'section', content: { type: 'text', text: 'plain', id: 'c' } },
    { type: 'image', image: 'https://example.com/a.png', id: 'd' },
    { type: 'action', actions: [go, askButton], id: 'e' },
  ];
  const cardData = JSON.stringify({ config: {}, header: { title: label('Header') }, contents });
  return { cardTemplateId: 'StandardCard', robotCode: 'robot-one', cardData };
}

const place = { openSpaceId: 'dtv1.card//IM_ROBOT.alice', ...models };
const source = (more: object) => ({
  openDynamicDataConfig: {
    dynamicDataSourceConfigs: [{ dynamicDataSourceId: 'd', pullConfig: { pullStrategy: 'INTERVAL' }, ...more }],
  },
});
const pull = (more: object) =>
  source({ pullConfig: { pullStrategy: 'INTERVAL', interval: 1, timeUnit: 'DAYS', ...more } });
const param = (cardParamMap: unknown) => ({ cardData: { cardParamMap } });

test.each<[what: string, body: object, code: string, message?: string]>([
  ['no cardTemplateId', { cardTemplateId: undefined }, 'param.cardTemplateIdEmpty'],
  ['a blank outTrackId', { outTrackId: ' ' }, 'param.outTrackIdEmpty'],
  ['a long outTrackId', { outTrackId: 'x'.repeat(257) }, 'param.invalid'],
  ['no cardData', { cardData: undefined }, 'param.cardPublicDataEmpty'],
  ['cardData without variables', { cardData: {} }, 'param.cardPublicDataEmpty'],
  ['a variable that is no text', param({ a: 1 }), 'param.invalid'],
  ['variables as a list', param([]), 'param.invalid'],
  ['a long name of a variable', param({ ['字'.repeat(34)]: '' }), 'param.invalid'],
  ['a variable of 20,001 characters', param({ a: 'x'.repeat(20_001) }), 'param.stream.content', 'content is too large'],
  [
    'a space model as text',
    { imRobotOpenSpaceModel: 'x' },
    'param.openSpaceModelInvalid',
    'param.openSpaceModellnvalid',
  ],
  ['a userIdType of 3', { userIdType: 3 }, 'param.invalid'],
  ['an unknown creator', { userId: 'nobody' }, 'param.userIdNotExist'],
  ['a blank creator', { userId: '' }, 'param.userIdEmpty'],
  ['private data of nobody', { privateData: { nobody: { cardParamMap: {} } } }, 'param.userIdNotExist'],
  ['private data of a blank userId', { privateData: { '': { cardParamMap: {} } } }, 'param.userIdEmpty'],
  ['an unknown callbackType', { callbackType: 'stream' }, 'param.invalid'],
  ['HTTP without a name', { callbackType: 'HTTP' }, 'param.callbackRouteKeyEmpty'],
  ['HTTP with an unknown name', { callbackType: 'HTTP', callbackRouteKey: 'none' }, 'param.invalid'],
  ['a removed template', { cardTemplateId: 'gone.schema' }, 'param.templateNotExist'],
  ['an unpublished template', { cardTemplateId: 'draft.schema' }, 'param.templateUnpublished'],
  ['a source without an id', source({ dynamicDataSourceId: '' }), 'param.dynamicSourceIdEmpty'],
  ['a source without pullConfig', source({ pullConfig: null }), 'param.dynamicDataPullConfigEmpty'],
  ['a source without a strategy', source({ pullConfig: {} }), 'param.dynamicDataSourcePullStrategyEmpty'],
  ['an interval of 0', pull({ interval: 0 }), 'param.dynamicDataPullIntervalInvalid'],
  ['an unknown unit', pull({ timeUnit: 'YEARS' }), 'param.dynamicDataPullIntervalTimeUnitInvalid'],
  ['no openSpaceId', { openSpaceId: undefined }, 'param.openSpaceIdEmpty'],
  ['another openSpaceId', { openSpaceId: 'IM_ROBOT.alice' }, 'param.openSpaceIdInvalid'],
  ['an unknown place', { openSpaceId: 'dtv1.card//IM_TOPIC.a' }, 'param.openSpaceIdInvalid'],
  ['no deliver model', { imRobotOpenDeliverModel: undefined }, 'param.openDeliverModelEmpty'],
  ['a deliver model as text', { imRobotOpenDeliverModel: 'x' }, 'param.openDeliverModelError'],
  [
    'the deliver model of another place',
    { imRobotOpenDeliverModel: { spaceType: 'IM_GROUP' } },
    'param.openDeliverModelError',
  ],
])('a card with %s is refused, and nothing is stored or sent', async (_, body, code, message = code) => {
  const outTrackId = `refused-${code}-${_}`;
  const before = (await inboxOf(await signIn('alice'))).messages.length;
  const reply = await deliver({ ...newCard({ outTrackId }), ...place, ...body });
  expect([...refusal(reply), reply.body.message]).toEqual([400, code, message]);
  expect(refusal(await update({ outTrackId, cardData: { cardParamMap: {} } }))[1]).toBe('param.cardNotExist');
  expect((await inboxOf(await signIn('alice'))).messages).toHaveLength(before);
});

test.each<[what: string, run: () => Promise<readonly [number, unknown]>, status: number, code: string]>([
  ['an empty card', async () => refusal(await post('', {})), 400, 'param.empty'],
  ['an empty delivery', async () => refusal(await post('/deliver', {})), 400, 'param.empty'],
  ['a delivery without a card', async () => refusal(await post('/deliver', place)), 400, 'param.outTrackIdEmpty'],
  [
    'a delivery of no card',
    async () => refusal(await post('/deliver', { outTrackId: 'x', ...place })),
    400,
    'param.cardNotExist',
  ],
  [
    'a delivery without a model',
    async () => refusal(await post('/deliver', { outTrackId: 'x', openSpaceId: place.openSpaceId })),
    400,
    'param.spaceDeliverModelEmpty',
  ],
  ['an empty update', async () => refusal(await update({})), 400, 'param.empty'],
  [
    'an update of nothing',
    async () => refusal(await update({ outTrackId: 'x' })),
    400,
    'param.cardDataAndPrivateDataBothEmpty',
  ],
  [
    'an update with wrong options',
    async () => refusal(await update({ outTrackId: 'x', ...param({}), cardUpdateOptions: { updateCardDataByKey: 1 } })),
    400,
    'param.invalid',
  ],
  [
    'no guid',
    async () => refusal(await stream({ outTrackId: 'x', guid: '', content: 'c' })),
    400,
    'param.stream.guidEmpty',
  ],
  [
    'no key',
    async () => refusal(await stream({ outTrackId: 'x', key: null, content: 'c' })),
    400,
    'param.stream.keyEmpty',
  ],
  ['no content', async () => refusal(await stream({ outTrackId: 'x', content: '' })), 400, 'param.stream.contentEmpty'],
  [
    'an isFull as text',
    async () => refusal(await stream({ outTrackId: 'x', content: 'c', isFull: 'true' })),
    400,
    'param.stream.isFull',
  ],
  [
    'an unknown card',
    async () => refusal(await stream({ outTrackId: 'x', content: 'c' })),
    400,
    'param.stream.outTrackId',
  ],
  [
    'a foreign address',
    async () => refusal(await register({ callbackRouteKey: 'k', callbackUrl: 'ftp://a' })),
    400,
    'system.updateCallbackFailed',
  ],
  ['no address', async () => refusal(await register({ callbackRouteKey: 'k' })), 400, 'param.callbackUrlEmpty'],
  [
    'no name of an address',
    async () => refusal(await register({ callbackUrl: 'https://a' })),
    400,
    'param.callbackRouteKeyEmpty',
  ],
  ['an empty registration', async () => refusal(await register({})), 400, 'param.empty'],
  ['a body that is a list', async () => refusal(await post('', [])), 400, 'Invalidbody'],
])('%s is refused', async (_, run, status, code) => {
  expect(await run()).toEqual([status, code]);
});

test('a text that grows beyond 20,000 characters is refused, and stays as it was', async () => {
  const { outTrackId, cardId } = await delivered({ cardData: { cardParamMap: { content: 'x'.repeat(19_999) } } });
  ok(await stream({ outTrackId, content: 'y' }));
  expect(refusal(await stream({ outTrackId, content: 'z' }))).toEqual([400, 'param.stream.content']);
  expect(await card('alice', cardId)).toMatchObject({ revision: 2, markdown: expect.stringMatching(/y$/) });
});

test('cards of two apps may have one outTrackId, and an app without the permissions is refused', async () => {
  const body = newCard();
  ok(await post('', body));
  expect(refusal(await post('', body))).toEqual([400, 'param.cardAlreadyExist']);
  ok(await post('', body, await tokenOf('app-next')));
  ok(await post('', body, await tokenOf('app-two')));
  const bare = await tokenOf('app-bare');
  const denied = await stream({ outTrackId: body.outTrackId, content: 'x' }, bare);
  expect(refusal(denied)[1]).toBe('Forbidden.AccessDenied.AccessTokenPermissionDenied');
  expect(JSON.stringify(denied.body)).toContain('Card.Streaming.Write');
  expect(refusal(await update({ outTrackId: body.outTrackId, ...param({}) }, await tokenOf('app-one')))[0]).toBe(200);
  const list = await call('GET', '/console/v1/cards', {
    query: { corpId: 'corp-two' },
    headers: bearer(shared.adminToken),
  });
  expect(ok(list).cards).toMatchObject([{ outTrackId: body.outTrackId, appKey: 'app-two', title: approval.title }]);
});

test('a card is unknown in another organization, also to a person with the same userId', async () => {
  const { cardId, outTrackId } = await delivered();
  const session = await signIn('alice', 'corp-two');
  const headers = bearer(session);
  expect(refusal(await call('GET', `/inbox/v1/cards/${cardId}`, { headers }))).toEqual([404, 'huizhi.notFound']);
  const body = { actionId: 'agree' };
  const clicked = await call('POST', `/inbox/v1/cards/${cardId}/actions`, { body, headers });
  expect(refusal(clicked)).toEqual([404, 'huizhi.notFound']);
  const token = await tokenOf('app-two');
  expect(refusal(await stream({ outTrackId, content: 'x' }, token))).toEqual([400, 'param.stream.outTrackId']);
  expect(refusal(await post('/deliver', { outTrackId, ...place }, token))).toEqual([400, 'param.cardNotExist']);
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

test('a fault reaches the errors that no state causes', async () => {
  const server = await testServer();
  const own = cardWorld(world(server));
  const path = '/v1.0/card/instances';
  const codes = [
    ...['param.dynamicDataMappingEmpty', 'param.dynamicDataMappingPathEmpty', 'param.dynamicDataValueTypeEmpty'],
    ...['param.contentUnsafe', 'system.busy'],
  ];
  await own.emulate('PUT', 'faults', { rules: codes.map((error) => ({ path, error, times: 1 })) });
  const headers = { 'x-acs-dingtalk-access-token': await own.tokenOf(), 'content-type': 'application/json' };
  for (const code of codes) {
    const reply = await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(newCard()) });
    expect(await reply.json()).toMatchObject({ code, message: code });
  }
  ok(await own.post('', newCard()));
});
