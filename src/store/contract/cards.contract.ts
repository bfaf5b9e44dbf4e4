import { describe, expect, test } from 'vitest';
import type { Card } from '../cards/cards.ts';
import { findCardViewers } from '../cards/deliveries.ts';
import type { Walk } from '../console/message-list.ts';
import { aGroup } from './conversations.contract.ts';
import { day, early, must, type Open, opened, start, type World, world } from './world.contract.ts';

/** Creates a card of the app of the world. */
async function aCard({ store, corpId, app }: World, given: Partial<Card> = {}): Promise<Card> {
  const id = await store.number('card');
  const ids = { corpId, id, appId: app.id, code: `card${id}`, outTrackId: `track${id}`, templateId: 't.schema' };
  const content = { title: 'Leave', data: { title: 'Leave', text: '**三 days**' }, callback: 'http', routeKey: 'r' };
  const rest = { userIdType: 1, streaming: 'none', guid: null, revision: 1, createdAt: start, updatedAt: start };
  return { ...ids, ...content, ...rest, ...given } as Card;
}

async function stored(scene: World, given: Partial<Card> = {}, privates = new Map<number, Record<string, string>>()) {
  const card = await aCard(scene, given);
  expect(await scene.store.cards.create(card, privates)).toBe(true);
  return card;
}

/** Stores rows in every table about cards. */
export async function runCards(scene: World): Promise<void> {
  const { store, corpId, users, app, send } = scene;
  const card = await stored(scene, {}, new Map([[users.ann, { vote: 'yes' }]]));
  const group = await aGroup(scene);
  await send({ conversationId: group.id, userCodes: [], cardId: card.id });
  await store.cards.deliveries(card);
  await store.cards.countDeliveries(card);
  await store.cards.deliveriesTo(card, users.ann);
  await store.cards.viewers(corpId, card.id, [users.ann, users.eve]);
  await store.cards.byOutTrackId(corpId, app.id, card.outTrackId);
  await store.cards.byCode(corpId, card.code);
  await store.cards.page(corpId, Number.MAX_SAFE_INTEGER, 20);
  await store.cards.changedSince(corpId, start, 20);
  await store.cards.privateOf(card, users.ann);
  const privates = new Map([[users.bob, { vote: 'no' }]]);
  await store.cards.change(card, [users.bob], start, () => ({ streaming: 'growing', guid: 'g', privates }));
  await store.cards.changeLazily(card, [], start, () => ({ data: { text: 'x' } }));
  await store.cards.sync(card);
  const audited = { corpId, at: start, actor: 'app', action: 'card.callback', target: 'r', was: null, became: null };
  const key = { corpId, appId: app.id, routeKey: 'r' };
  const address = { url: 'https://example.com', secret: 'encrypted' };
  await store.cards.registerCallback(key, address, { force: false, most: 9 }, () => audited);
  await store.cards.registerCallback(key, address, { force: true, most: 9 }, () => audited);
  await store.cards.callback(key);
  await store.cards.putTemplate(corpId, app.id, 'old', 'removed');
  await store.cards.template(corpId, app.id, 'old');
  await store.cards.prune(corpId, start - day, 100);
  await store.cards.pruneDeliveries(corpId, 100);
}

/** Inserts rows of 20 organizations, so many that a plan without an index would be slow. */
export const insertCards = `
    insert into cards (corp_id, id, app_id, code, out_track_id, template_id, title, data, callback, user_id_type,
      streaming, revision, created_at, updated_at)
      select 100 + n % 20, n, n % 9, 'c' || n, 't' || n, 't', '', '{}', 0, 1, 0, 1, n, n from generate_series(1, 5000) n;
    insert into card_private (corp_id, card_id, user_id, data)
      select 100 + n % 20, n, n % 9, '{}' from generate_series(1, 5000) n;
    insert into card_deliveries (corp_id, card_id, message_id, robot_id, user_id, conversation_id)
      select 100 + n % 20, n, n, 1, n % 9, 0 from generate_series(1, 5000) n;
    insert into card_callbacks (corp_id, app_id, name, url)
      select 100 + n % 20, n, 'r', 'https://a' from generate_series(1, 5000) n;
    insert into card_templates (corp_id, app_id, code, state)
      select 100 + n % 20, n, 't', 'removed' from generate_series(1, 5000) n;`;

export function describeCards(open: Open): void {
  const scene = async () => world((await opened(open)).store);

  describe('a card', () => {
    test('is found by the id of its app and by its code, in its organization only', async () => {
      const there = await scene();
      const { store, corpId, app, users } = there;
      const card = await stored(there, {}, new Map([[users.ann, { vote: 'yes' }]]));
      expect(await store.cards.byOutTrackId(corpId, app.id, card.outTrackId)).toEqual(card);
      expect(await store.cards.byCode(corpId, card.code)).toEqual(card);
      expect(await store.cards.byCode(corpId + 1, card.code)).toBeUndefined();
      expect(await store.cards.byOutTrackId(corpId, app.id + 1, card.outTrackId)).toBeUndefined();
      expect(await store.cards.privateOf(card, users.ann)).toEqual({ vote: 'yes' });
      expect(await store.cards.privateOf(card, users.bob)).toBeUndefined();
      expect(await store.cards.page(corpId, card.id + 1, 9)).toEqual([card]);
      expect(await store.cards.page(corpId, card.id, 9)).toEqual([]);
      expect(await store.cards.changedSince(corpId, start, 9)).toEqual([card]);
      expect(await store.cards.changedSince(corpId, start + 1, 9)).toEqual([]);
    });

    test('is not stored twice under one id of its app', async () => {
      const there = await scene();
      const card = await stored(there);
      const again = await aCard(there, { outTrackId: card.outTrackId, title: 'other' });
      expect(await there.store.cards.create(again, new Map([[there.users.ann, {}]]))).toBe(false);
      expect(await there.store.cards.byCode(there.corpId, again.code)).toBeUndefined();
      await stored(there, { outTrackId: card.outTrackId, appId: card.appId + 1 });
    });

    test('gets a new revision with each change, and none when an edit refuses', async () => {
      const there = await scene();
      const { store, corpId, users } = there;
      const card = await stored(there, {}, new Map([[users.ann, { vote: 'yes' }]]));
      const changed = await store.cards.change(card, [users.ann, users.bob], start + 5, ({ data, privates }) => ({
        data: { ...data, text: 'new' },
        streaming: 'finished',
        guid: 'g1',
        privates: new Map([[users.bob, { ...privates.get(users.ann), more: '1' }]]),
      }));
      const expected = { ...card, data: { title: 'Leave', text: 'new' }, streaming: 'finished', guid: 'g1' };
      expect(changed).toEqual({ ...expected, revision: 2, updatedAt: start + 5 });
      expect(await store.cards.byCode(corpId, card.code)).toEqual(changed);
      expect(await store.cards.privateOf(card, users.bob)).toEqual({ vote: 'yes', more: '1' });
      expect(await store.cards.change(card, [], start + 9, () => 'tooLarge')).toBe('tooLarge');
      expect(await store.cards.change(card, [], start + 9, () => 'same')).toEqual(changed);
      expect(await store.cards.byCode(corpId, card.code)).toEqual(changed);
      expect(await store.cards.change({ corpId, id: card.id + 1 }, [], start, () => ({}))).toBeUndefined();
    });

    test('keeps all of many changes at the same time', async () => {
      const there = await scene();
      const { store } = there;
      const card = await stored(there, { data: { text: '' } });
      const append = (letter: string) =>
        store.cards.changeLazily(card, [], start, ({ data }) => ({ data: { text: `${data.text}${letter}` } }));
      await Promise.all([...'abcdefgh'].map(append));
      await store.cards.sync(card);
      const found = must(await store.cards.byCode(there.corpId, card.code));
      expect([...must(found.data.text)].sort().join('')).toBe('abcdefgh');
      expect(found.revision).toBe(9);
    });

    test('is seen by the receivers of its messages alone', async () => {
      const there = await scene();
      const { store, corpId, users, robot, send } = there;
      const card = await stored(there);
      const all = [users.ann, users.bob, users.eve];
      expect(await store.cards.viewers(corpId, card.id, all)).toEqual([]);
      const one = await send({ userCodes: ['eve'], cardId: card.id });
      const toEve = { messageId: one.messageId, robotId: robot.id, userId: users.eve, conversationId: 0 };
      expect(await store.cards.viewers(corpId, card.id, all)).toEqual([users.eve]);
      const group = await aGroup(there);
      const later = { conversationId: group.id, userCodes: [], cardId: card.id, sentAt: start + 1 };
      const { messageId } = await send(later);
      const toGroup = { messageId, robotId: robot.id, userId: 0, conversationId: group.id };
      const members = (await store.conversations.members(corpId, group.id, 0, 99)).map(({ id }) => id);
      const expected = [...new Set([users.eve, ...members])].sort();
      expect([...(await store.cards.viewers(corpId, card.id, [...new Set([...all, ...members])]))].sort()).toEqual(
        expected,
      );
      expect(await store.cards.deliveries(card)).toHaveLength(2);
      expect(await store.cards.deliveriesTo(card, users.eve)).toEqual([toEve, toGroup]);
      expect(await store.cards.deliveriesTo(card, users.ann)).toEqual([toGroup]);
      expect(await store.cards.byCode(corpId, card.code)).toMatchObject({ updatedAt: start + 1, revision: 1 });
    });

    test('finds its viewers with as many queries after many messages to groups as after one', async () => {
      const there = await scene();
      const { store, corpId, users, send } = there;
      const card = await stored(there);
      const all = [users.ann, users.bob, users.eve];
      const queries = async () => {
        let count = 0;
        const work = function* () {
          const body = findCardViewers(corpId, card.id, all);
          let step = body.next();
          for (; !step.done; count++) step = body.next(yield step.value);
          return step.value;
        };
        const viewers = [...(await store.driver.read(work))].sort();
        return { viewers, count };
      };
      const group = await aGroup(there);
      await send({ conversationId: group.id, userCodes: [], cardId: card.id });
      const first = await queries();
      for (let i = 0; i < 5; i++) {
        const next = await aGroup(there);
        await send({ conversationId: next.id, userCodes: [], cardId: card.id });
      }
      expect(await queries()).toEqual(first);
      expect(await store.cards.countDeliveries(card)).toBe(6);
    });

    test('has no viewers in a conversation from which its message was recalled', async () => {
      const there = await scene();
      const { store, corpId, users, send } = there;
      const card = await stored(there);
      const group = await aGroup(there);
      const { messageId } = await send({ conversationId: group.id, userCodes: [], cardId: card.id });
      const all = [users.ann, users.bob, users.eve];
      expect(await store.cards.viewers(corpId, card.id, all)).not.toEqual([]);
      await store.recall(corpId, messageId, start);
      expect(await store.cards.viewers(corpId, card.id, all)).toEqual([]);
    });

    test('loses the rows about its messages with them, however long it is updated', async () => {
      const there = await scene();
      const { store, corpId, send } = there;
      const card = await stored(there);
      const old = await send({ userCodes: ['ann'], cardId: card.id, sentAt: early });
      const recalled = await send({ userCodes: ['bob'], cardId: card.id, sentAt: early });
      const young = await send({ userCodes: ['ann'], cardId: card.id, sentAt: early + 2 });
      await store.recall(corpId, recalled.messageId, early + 1);
      const rows = async () => (await store.cards.deliveries(card)).map(({ messageId }) => messageId);
      expect(await store.cards.pruneDeliveries(corpId, 9)).toBe(0);
      expect(await rows()).toEqual([old.messageId, recalled.messageId, young.messageId]);
      expect(await store.prune(corpId, early + 1, 9)).toBe(2);
      expect([await store.cards.pruneDeliveries(corpId, 1), await store.cards.pruneDeliveries(corpId, 9)]).toEqual([
        1, 1,
      ]);
      expect(await rows()).toEqual([young.messageId]);
      expect(await store.prune(corpId, early + 3, 9)).toBe(1);
      expect(await store.cards.pruneDeliveries(corpId, 9)).toBe(1);
      expect(await store.cards.byCode(corpId, card.code)).toBeDefined();
    });

    test('is not delivered by a message that reaches nobody', async () => {
      const there = await scene();
      const { store, corpId, users, robot, send, sending } = there;
      const card = await stored(there);
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      expect((await send({ userCodes: ['ann'], cardId: card.id })).filtered).toEqual(['ann']);
      expect(await store.accept(sending({ userCodes: ['nobody'], cardId: card.id }))).toBeUndefined();
      expect(await store.cards.deliveries(card)).toEqual([]);
    });

    test('is delivered by many messages at once without a deadlock', async () => {
      const there = await scene();
      const [first, second] = [await stored(there), await stored(there)];
      const mixed = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? [first, second] : [second, first])).flat();
      await Promise.all(mixed.map(({ id }) => there.send({ userCodes: ['ann'], cardId: id })));
      for (const card of [first, second]) expect(await there.store.cards.deliveries(card)).toHaveLength(40);
    });

    test('is removed with all its rows when it was neither changed nor delivered for long', async () => {
      const there = await scene();
      const { store, corpId, users, send } = there;
      const old = await stored(there, {}, new Map([[users.ann, {}]]));
      const young = await stored(there, { updatedAt: start + day });
      await send({ userCodes: ['ann'], cardId: old.id });
      expect(await store.cards.prune(corpId, start + 1, 9)).toBe(1);
      expect(await store.cards.prune(corpId, start + 1, 9)).toBe(0);
      const { tables } = await store.dump();
      expect(tables.cards).toHaveLength(1);
      expect(tables.card_private).toEqual([]);
      expect(tables.card_deliveries).toEqual([]);
      expect(await store.cards.byCode(corpId, young.code)).toBeDefined();
    });
  });

  test('the messages that show cards are listed and counted apart from others', async () => {
    const there = await scene();
    const { store, corpId, send, foreigner } = there;
    const card = await stored(there);
    const group = await aGroup(there);
    const show = (sentAt: number, to: object) => send({ ...to, sentAt: start + sentAt, kind: 80, cardId: card.id });
    await show(0, { userCodes: ['ann'] });
    await send({ userCodes: ['ann'], sentAt: start + 1 });
    await show(2, { conversationId: group.id, userCodes: [] });
    await send({ conversationId: group.id, userCodes: [], sentAt: start + 3 });
    await show(4, { userCodes: ['bob'] });
    const walk = { along: 'card', corpId } as const;
    const listed = async (from: number, before: number, of: Walk = walk) =>
      (await store.operator.messagesBefore(of, [start + before, 0], start + from, 9)).map(
        ({ sentAt }) => sentAt - start,
      );
    expect(await listed(0, 9)).toEqual([4, 2, 0]);
    expect(await listed(1, 4)).toEqual([2]);
    expect(await store.operator.totalOfWalk(walk, start, start + 9)).toBe(3);
    expect(await store.operator.totalOfWalk(walk, start + 1, start + 4)).toBe(1);
    expect(await listed(0, 9, { ...walk, corpId: foreigner.corpId })).toEqual([]);
  });

  describe('an address for clicks', () => {
    test('belongs to one app, is replaced by force alone, and its number is limited', async () => {
      const { store, corpId, app } = await scene();
      const audited = {
        corpId,
        at: start,
        actor: 'app a',
        action: 'card.callback',
        target: 'r',
        was: null,
        became: null,
      };
      const key = { corpId, appId: app.id, routeKey: 'r' };
      const register = (routeKey: string, url: string, force: boolean, most = 2) => {
        const describe = (was: string | null) => ({ ...audited, was: { url: was } });
        return store.cards.registerCallback({ ...key, routeKey }, { url, secret: null }, { force, most }, describe);
      };
      expect(await register('r', 'https://a', false)).toBe('registered');
      expect(await register('r', 'https://b', false)).toBe('taken');
      expect(await store.cards.callback(key)).toEqual({ url: 'https://a', secret: null });
      expect(await store.cards.callback({ ...key, appId: app.id + 1 })).toBeUndefined();
      expect(await register('r', 'https://b', true)).toBe('registered');
      expect(await store.cards.callback(key)).toEqual({ url: 'https://b', secret: null });
      expect(await register('s', 'https://c', true)).toBe('registered');
      expect(await register('t', 'https://d', true)).toBe('tooMany');
      const entries = await store.operator.auditBefore(Number.MAX_SAFE_INTEGER, 9);
      expect(entries.map(({ was }) => was)).toEqual([{ url: null }, { url: 'https://a' }, { url: null }]);
    });
  });

  test('a template can be used until it is set to unpublished or removed', async () => {
    const { store, corpId, app } = await scene();
    expect(await store.cards.template(corpId, app.id, 't')).toBe('active');
    await store.cards.putTemplate(corpId, app.id, 't', 'unpublished');
    expect(await store.cards.template(corpId, app.id, 't')).toBe('unpublished');
    expect(await store.cards.template(corpId + 1, app.id, 't')).toBe('active');
    await store.cards.putTemplate(corpId, app.id, 't', 'active');
    expect(await store.cards.template(corpId, app.id, 't')).toBe('active');
  });
}
