import { expect, test } from 'vitest';
import { cardWorld, models, newCard } from '../../support/cards.ts';
import { fileServer, testServer } from '../../support/harness.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const shared = await fileServer();
const there = cardWorld(world(shared));
const { ask, call, card, click, clicked, deliver, delivered, group, listen, post, stream, update } = there;

const deep = `${'['.repeat(9000)}1${']'.repeat(9000)}`;
const noText = '{"toString":1,"valueOf":1}';
const values = (cardParamMap: object) => ({ cardData: { cardParamMap } });

/** Variables with JSON of a wrong shape, and what the card shows of them. */
const hostile: readonly (readonly [string, object, object])[] = [
  ['an actionId that is an object', { list: `[{"text":"a","id":${noText}}]` }, { buttons: [{ actionId: 'button1' }] }],
  ['an actionId that is nested deeply', { list: `[{"text":"a","id":${deep}}]` }, { buttons: [] }],
  ['params that are nested deeply', { list: `[{"text":"a","id":"x","params":[${deep}]}]` }, { buttons: [] }],
  ['names of prototypes', JSON.parse('{"__proto__":"p","constructor":"c"}'), { markdown: 'p\n\nc' }],
  ['an order of prototypes', { sys_full_json_obj: '{"__proto__":{"title":"x"},"order":["__proto__",null]}' }, {}],
  [
    'a standard card whose button has no text as its id',
    {
      sys_standard_card: `{"header":{"title":${noText}},"contents":[{"type":"button","id":${noText},"label":${noText}}]}`,
    },
    { title: '', buttons: [{ actionId: 'button1', text: '' }] },
  ],
  ['a standard card that is nested deeply', { sys_standard_card: `{"contents":${deep}}` }, { buttons: [] }],
];

test.each(hostile)('a card with %s is shown to people and operators', async (_, variables, shown) => {
  const { outTrackId, cardId } = await delivered(values(variables));
  expect(await card('alice', cardId)).toMatchObject(shown);
  expect((await update({ outTrackId, ...values(variables) })).status).toBe(200);
  const headers = bearer(shared.adminToken);
  expect((await call('GET', '/console/v1/cards?corpId=corp-one', { headers })).status).toBe(200);
  expect((await call('GET', `/console/v1/cards/${cardId}?corpId=corp-one`, { headers })).status).toBe(200);
  expect(refusal(await click('alice', cardId, { actionId: 'none' }))).toEqual([404, 'huizhi.notFound']);
});

test('a click is answered with variables of a wrong shape, and the card stays readable', async () => {
  const { cardId } = await delivered();
  const program = await listen(() => values({ list: `[{"text":"a","id":${noText}}]` }));
  expect(await clicked('alice', cardId)).toMatchObject({
    delivered: true,
    card: { buttons: [{ actionId: 'button1' }] },
  });
  program.close();
});

test('a field that is an object where a text is expected has the documented error', async () => {
  const source = (pullConfig: object) => ({
    openDynamicDataConfig: { dynamicDataSourceConfigs: [{ dynamicDataSourceId: 'a', pullConfig }] },
  });
  const noTextFields = JSON.parse(noText) as object;
  const bodies: readonly (readonly [object, string])[] = [
    [{ imRobotOpenDeliverModel: { spaceType: noTextFields } }, 'param.openDeliverModelError'],
    [source({ pullStrategy: noTextFields }), 'param.dynamicDataSourcePullStrategyEmpty'],
    [source({ pullStrategy: ['ONCE'] }), 'param.dynamicDataSourcePullStrategyEmpty'],
    [
      source({ pullStrategy: 'INTERVAL', interval: 1, timeUnit: noTextFields }),
      'param.dynamicDataPullIntervalTimeUnitInvalid',
    ],
  ];
  for (const [body, code] of bodies) expect(refusal(await deliver(body))[1]).toBe(code);
});

test('names count for the size of a card, so that updates of single variables cannot grow it without end', async () => {
  const { outTrackId, cardId } = await delivered();
  const cardUpdateOptions = { updateCardDataByKey: true };
  const grow = (round: number) => {
    const names = Array.from({ length: 1000 }, (_, i) => [`${round}.${i}`.padEnd(90, 'k'), '']);
    return update({ outTrackId, ...values(Object.fromEntries(names)), cardUpdateOptions });
  };
  for (const round of [1, 2]) ok(await grow(round));
  expect(refusal(await grow(3))[1]).toBe('param.stream.content');
  expect((await card('alice', cardId)).revision).toBe(3);
  expect(refusal(await stream({ outTrackId, key: 'k'.repeat(101), content: 'x' }))[1]).toBe('param.invalid');
});

test('a msgParam that is nested deeply is refused, so that operators can search all messages', async () => {
  const msgParam = `{"content":"back\\\\slash","more":${deep.slice(4000, -4000)}}`;
  const body = { robotCode: 'robot-one', userIds: ['bob'], msgKey: 'sampleText', msgParam };
  expect(refusal(await ask('POST', '/v1.0/robot/oToMessages/batchSend', body))[1]).toBe(
    'invalidParameter.msgParam.invalid',
  );
});

test('the audit log shows no query of an address for callbacks, which may contain a secret', async () => {
  const secret = 'secret-in-query';
  const url = (host: string) => `https://${host}.example.com/hook?key=${secret}`;
  for (const host of ['a', 'b']) {
    ok(await there.register({ callbackRouteKey: 'audited', callbackUrl: url(host), forceUpdate: true }));
    const body = { messageUrl: url(host) };
    ok(await call('PUT', '/console/v1/apps/app-one/messageUrl', { body, headers: bearer(shared.adminToken) }));
  }
  const { text } = await call('GET', '/console/v1/audit', { headers: bearer(shared.adminToken) });
  for (const host of ['a', 'b']) expect(text).toContain(`https://${host}.example.com/hook`);
  expect(text).not.toContain(secret);
});

test('texts in JSON that databases cannot store do not break snapshots or buttons', async () => {
  const own = await testServer();
  const acts = cardWorld(world(own));
  const full = '{"title":"a\\u0000b\\ud800","list":[{"text":"x","id":"\\ud83d\\u0000"}]}';
  const { outTrackId, cardId } = await acts.delivered(values({ sys_full_json_obj: full }));
  const summary = { lastMessageI18n: { ZH_CN: `${'x'.repeat(199)}😀` } };
  const second = await acts.delivered({ imRobotOpenSpaceModel: summary }, 'alice');
  expect(JSON.parse(String(second.message?.msgParam))).toMatchObject({ title: 'x'.repeat(199) });
  await acts.emulate('PUT', 'snapshot', await acts.emulate('GET', 'snapshot'));
  const shown = await acts.card('alice', cardId);
  expect(shown).toMatchObject({ title: 'ab\ufffd', buttons: [{ actionId: '\ufffd' }] });
  expect((await acts.click('alice', cardId, { actionId: '\ufffd' })).status).toBe(200);
  ok(await acts.update({ outTrackId, ...values({ title: 'new' }) }));
});

test('a person cannot replace the params of a button', async () => {
  const { cardId } = await delivered();
  const program = await listen(() => ({}));
  await clicked('alice', cardId, { actionId: 'agree', params: { level: 99, more: 'x' } });
  const { content } = JSON.parse(program.pushes()[0]?.data ?? '{}') as { content: string };
  expect(JSON.parse(content)).toEqual({
    cardPrivateData: { actionIds: ['agree'], params: { level: 1, more: 'x' } },
  });
  program.close();
});

test('a card is delivered up to 1,000 times, so that each of its changes finds few receivers', async () => {
  const openConversationId = await group();
  const body = newCard();
  ok(await post('', body));
  const deliverTo = async (places: number) => {
    const openSpaceId = `dtv1.card//${Array(places).fill(`IM_GROUP.${openConversationId}`).join(';')}`;
    const { result } = ok(await post('/deliver', { outTrackId: body.outTrackId, openSpaceId, ...models }));
    return (result as { readonly errorMsg: string }[]).map(({ errorMsg }) => errorMsg);
  };
  for (let i = 0; i < 49; i++) expect(await deliverTo(20)).toEqual(Array(20).fill(''));
  expect(await deliverTo(19)).toEqual(Array(19).fill(''));
  expect(await deliverTo(2)).toEqual(['', 'card has too many deliveries']);
});
