import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { cardWorld } from '../conformance/support/cards.ts';
import { follow } from '../conformance/support/stream.ts';
import { ok, refusal, world } from '../conformance/support/world.ts';
import { startTwoOn } from './support/two.ts';

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

test('a card of one process is shown, changed, hinted and clicked at another', async () => {
  const [one, other] = await startTwoOn(postgres, (server) => cardWorld(world(server)));
  const openConversationId = await one.group();
  const openSpaceId = `dtv1.card//IM_GROUP.${openConversationId}`;
  const { result } = ok(await one.deliver({ openSpaceId })) as { result: { outTrackId: string } };
  const { outTrackId } = result;
  const bob = await other.signIn('bob');
  const live = await follow(other.server, bob, '?since=0');
  const arrived = await live.next();
  expect(arrived).toMatchObject({ id: 1, event: 'message', data: { msgKey: 'interactiveCard' } });
  const { cardId } = (arrived?.data.card ?? {}) as { cardId: string };
  expect((await other.card('bob', cardId)).title).toBe('请假申请');
  const byKey = { cardUpdateOptions: { updateCardDataByKey: true } };
  ok(await one.update({ outTrackId, cardData: { cardParamMap: { status: '处理中' } }, ...byKey }));
  expect(await live.next()).toMatchObject({ event: 'card', data: { cardId, revision: 2 } });
  expect((await other.card('bob', cardId)).markdown).toBe('**三天**年假\n\n处理中');
  const program = await one.listen(() => ({ response: { userPrivateData: { cardParamMap: { status: '我已同意' } } } }));
  const clicked = await other.clicked('bob', cardId);
  expect(clicked).toMatchObject({ delivered: true, card: { markdown: '**三天**年假\n\n我已同意', revision: 3 } });
  expect(JSON.parse(program.pushes()[0]?.data ?? '')).toMatchObject({ spaceType: 'IM_GROUP', userId: 'bob' });
  expect((await one.card('alice', cardId)).markdown).toBe('**三天**年假\n\n处理中');
  expect((await one.inboxOf(bob)).messages).toHaveLength(1);
});

test('one outTrackId makes one card, and every piece of a text arrives once, over both processes', async () => {
  const [one, other] = await startTwoOn(postgres, (server) => cardWorld(world(server)));
  const outTrackId = 'shared';
  const body = { outTrackId, cardData: { cardParamMap: { content: '' } } };
  const created = await Promise.all([one, other, one, other].map((each) => each.deliver(body)));
  expect(created.map((reply) => refusal(reply)[1] ?? 'ok').toSorted()).toEqual([
    'ok',
    ...Array.from({ length: 3 }, () => 'param.cardAlreadyExist'),
  ]);
  const pieces = [...'abcdefghij'];
  await Promise.all(pieces.map((content, i) => (i % 2 ? one : other).stream({ outTrackId, content })));
  const card = await one.emulate('GET', `cards?outTrackId=${outTrackId}`);
  expect([...String(card.markdown)].toSorted()).toEqual(pieces);
  expect(card.revision).toBe(11);
});
