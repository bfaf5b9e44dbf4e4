import { expect, test } from 'vitest';
import { approval, cardWorld, models, newCard } from '../../support/cards.ts';
import { fileServer, testServer } from '../../support/harness.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const shared = await fileServer();
const there = cardWorld(world(shared));
const { call, card, deliver, delivered, inboxOf, post, register, signIn, stream, tokenOf, update } = there;

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
