import { expect, test } from 'vitest';
import { createCardSignature } from '../../../../src/core/cards/callbacks.ts';
import { approval, cardWorld } from '../../support/cards.ts';
import { fileServer, testServer } from '../../support/harness.ts';
import { startReceiver } from '../../support/receiver.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const there = cardWorld(world(await fileServer()));
const { click, clicked, delivered, listen } = there;

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

test('a click does not reach a third-party app that the organization does not authorize any more', async () => {
  const suite = await there.suiteToken('corp-one', 'suite');
  const receiver = await startReceiver();
  ok(await there.register({ callbackRouteKey: 'suite', callbackUrl: receiver.url }, suite));
  const models = { imRobotOpenDeliverModel: { spaceType: 'IM_ROBOT', robotCode: 'robot-suite' } };
  const card = { ...models, callbackType: 'HTTP', callbackRouteKey: 'suite' };
  ok(await there.deliver(card, suite));
  const { messages } = await there.inboxOf(await there.signIn('alice'));
  const cardId = messages.find((one) => one.card && one.robotCode === 'robot-suite')?.card?.cardId ?? '';
  const path = '/console/v1/apps/suite/authorizations/corp-one';
  const authorize = async (authorized: boolean) =>
    ok(await there.call('PUT', path, { headers: bearer(there.server.adminToken), body: { authorized } }));
  receiver.react({ body: '{}' });
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: true });
  await authorize(false);
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: false });
  await authorize(true);
  expect(await clicked('alice', cardId)).toMatchObject({ delivered: true });
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
