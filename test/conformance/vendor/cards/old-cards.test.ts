import { expect, test } from 'vitest';
import { cardWorld } from '../../support/cards.ts';
import { fileServer } from '../../support/harness.ts';
import { bearer, ok, refusal, world } from '../../support/world.ts';

const shared = await fileServer();
const there = cardWorld(world(shared));
const { ask, call, card, clicked, group, inboxOf, listen, receipt, signIn } = there;

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
