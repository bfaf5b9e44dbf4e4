import { describe, expect, test } from 'vitest';
import type { Pending } from '../model.ts';
import {
  early,
  inboxOf,
  must,
  nameOf,
  type Open,
  opened,
  start,
  streamOf,
  told,
  unreadOf,
  world,
} from './world.contract.ts';

export function describeMessages(open: Open): void {
  describe('settling', () => {
    test('marks a queued message delivered and adds it to its inboxes', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send({ userCodes: ['bob', 'ann'] });
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'queued', sentAt: start });
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      const touched = await store.settle(corpId, messageId, start + 7);
      const people = [users.ann, users.bob].map((userId) => ({ corpId, userId }));
      expect(touched).toHaveLength(2);
      expect(touched).toEqual(expect.arrayContaining(people));
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'delivered', sentAt: start });
      expect(await inboxOf(store, corpId, users.ann)).toMatchObject([{ messageId, readAt: null }]);
    });

    test('adds a message once, even if it is settled repeatedly and concurrently', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send();
      const tries = await Promise.all(Array.from({ length: 10 }, () => store.settle(corpId, messageId, start)));
      expect(tries.map((touched) => touched.length).sort()).toEqual([...Array(9).fill(0), 2]);
      expect(await store.settle(corpId, messageId, start)).toEqual([]);
      expect(told(await streamOf(store, corpId, users.ann))).toEqual([`1 message ${messageId}`]);
    });

    test('of many messages fills each inbox in the order of the sends, each message once, without recalled ones', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const sent = await Promise.all(
        Array.from({ length: 70 }, (_, i) => send({ userCodes: i % 3 ? ['ann', 'bob'] : ['cho', 'ann'] })),
      );
      const ids = sent.map(({ messageId }) => messageId);
      const [recalled] = ids;
      await store.recall(corpId, must(recalled), start);
      const touched = await Promise.all([...ids, ...ids].map((id, i) => store.settle(corpId, id, start + i)));
      expect(touched.slice(1, 70).map((some) => some.length)).toEqual(Array(69).fill(2));
      expect([touched[0], ...touched.slice(70)].flat()).toEqual([]);
      const events = ids.slice(1).map((id, i) => `${i + 1} message ${id}`);
      expect(told(await streamOf(store, corpId, users.ann))).toEqual(events);
      expect(told(await streamOf(store, corpId, users.bob))).toHaveLength(46);
      expect(told(await streamOf(store, corpId, users.cho))).toHaveLength(23);
      const receipts = await Promise.all(ids.map((id) => store.receipt(corpId, id)));
      expect(receipts.map((one) => one?.state)).toEqual(ids.map(() => 'delivered'));
      const seqs = (await store.operator.eventsSince(corpId, 0, 1000)).map(({ seq, event, at }) => [seq, event, at]);
      expect(seqs.map(([seq]) => seq)).toEqual(seqs.map((_, i) => i + 1));
      const times = seqs.flatMap(([, event, at]) => (event === 'delivered' ? [at] : []));
      expect(times).toEqual(ids.slice(1).map((_, i) => start + i + 1));
    });

    test('is never earlier than the send, nor are a read and a recall, even if the clock of another process is behind', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const sent = await Promise.all(Array.from({ length: 5 }, () => send()));
      await Promise.all(sent.map(({ messageId }) => store.settle(corpId, messageId, start - 2000)));
      const ids = sent.map(({ messageId }) => messageId);
      await store.markRead(corpId, users.ann, ids, start - 2000);
      await store.recall(corpId, must(ids[0]), start - 2000);
      for (const [i, messageId] of ids.entries()) {
        const message = must(await store.operator.message(corpId, messageId));
        expect(message).toMatchObject({ sentAt: start, deliveredAt: start, recalledAt: i === 0 ? start : null });
        expect(message.readAt).toEqual([start, null]);
      }
    });

    test('does nothing for an unknown message', async () => {
      const { store, corpId, foreigner, send } = await world((await opened(open)).store);
      const { messageId } = await send();
      expect(await store.settle(corpId, messageId + 1, start)).toEqual([]);
      expect(await store.settle(foreigner.corpId, messageId, start)).toEqual([]);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'queued' });
    });

    test('adds a message to all its inboxes at the same time', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send({ userCodes: ['ann', 'bob', 'cho', 'dee', 'eve'] });
      let settled = false;
      const settling = store.settle(corpId, messageId, start).then(() => {
        settled = true;
      });
      while (!settled) {
        const before = (await store.receipt(corpId, messageId))?.state;
        const counts = await Promise.all(Object.values(users).map((id) => unreadOf(store, corpId, id)));
        if (before === 'delivered') expect(counts).toEqual([1, 1, 1, 1, 1]);
        await new Promise(setImmediate);
      }
      await settling;
    });
  });

  describe('an attempt without an outcome', () => {
    test('gives a queued message the state unknown until it is settled', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send();
      await store.lose(corpId, messageId);
      await store.lose(corpId, messageId);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'unknown' });
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      await store.settle(corpId, messageId, start);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'delivered' });
      expect(await inboxOf(store, corpId, users.ann)).toHaveLength(1);
    });

    test('does not change a delivered message', async () => {
      const { store, corpId, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      await store.lose(corpId, messageId);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'delivered' });
      expect(await store.pendingCount()).toBe(0);
    });
  });

  describe('pending messages', () => {
    test('are those in the states queued and unknown, with what a delivery needs', async () => {
      const { store, corpId, robot, send, arrive } = await world((await opened(open)).store);
      const queued = await send({ sentAt: start + 1 });
      await arrive();
      const unknown = await send({ sentAt: start + 2 });
      await store.lose(corpId, unknown.messageId);
      const common = { corpId, robotId: robot.id, conversationId: null, isRecalled: false };
      expect(await store.pending({ corpId: 0, messageId: 0 }, 10)).toEqual([
        { ...common, messageId: queued.messageId, sentAt: start + 1, state: 'queued' },
        { ...common, messageId: unknown.messageId, sentAt: start + 2, state: 'unknown' },
      ]);
      expect(await store.pendingCount()).toBe(2);
    });

    test('are paged across organizations, none twice', async () => {
      const { store, foreigner, send } = await world((await opened(open)).store);
      const abroad = { corpId: foreigner.corpId, robot: foreigner.robot, userCodes: ['stranger'] };
      const sent = new Set<number>();
      for (const given of [{}, abroad, {}, abroad, {}]) sent.add((await send(given)).messageId);
      const pages: Pending[][] = [];
      let after = { corpId: 0, messageId: 0 };
      do {
        pages.push([...(await store.pending(after, 2))]);
        after = pages.at(-1)?.at(-1) ?? after;
      } while (pages.at(-1)?.length === 2);
      const all = pages.flat();
      expect(all).toHaveLength(5);
      expect(new Set(all.map(({ messageId }) => messageId))).toEqual(sent);
      expect(all).toEqual([...all].sort((a, b) => a.corpId - b.corpId || a.messageId - b.messageId));
    });

    test('are the same after a restart', async () => {
      const place = await opened(open);
      const { corpId, send } = await world(place.store);
      const { messageId } = await send();
      const reopened = await place.reopen();
      expect(await reopened.pending({ corpId: 0, messageId: 0 }, 10)).toMatchObject([{ corpId, messageId }]);
    });
  });

  describe('a receipt', () => {
    test('contains the robot, the kind, the time and each recipient’s read time', async () => {
      const { store, corpId, robot, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive({ kind: 7, sentAt: start + 3, userCodes: ['cho', 'ann'] });
      await store.markRead(corpId, users.ann, [messageId], start + 9);
      const head = { corpId, messageId, robotId: robot.id, kind: 7, sentAt: start + 3, recalledAt: null };
      const deliveries = [
        { user: { corpId, id: users.cho, code: 'cho', name: nameOf('cho') }, readAt: null },
        { user: { corpId, id: users.ann, code: 'ann', name: nameOf('ann') }, readAt: start + 9 },
      ];
      expect(await store.receipt(corpId, messageId)).toMatchObject({ ...head, state: 'delivered', deliveries });
    });

    test('is undefined for an unknown message and for another organization', async () => {
      const { store, corpId, foreigner, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      expect(await store.receipt(corpId, messageId + 1)).toBeUndefined();
      await store.receipt(corpId, messageId);
      expect(await store.receipt(foreigner.corpId, messageId)).toBeUndefined();
    });

    test('contains a new name at once, and the last name of a user who has left, with the time', async () => {
      const { store, corpId, arrive } = await world((await opened(open)).store);
      const messageId = await arrive({ userCodes: ['ann', 'bob'] });
      const names = async () => (await store.receipt(corpId, messageId))?.deliveries.map(({ user }) => user.name);
      expect(await names()).toEqual([nameOf('ann'), nameOf('bob')]);
      await store.putUsers(corpId, [{ code: 'ann', name: '安' }]);
      await store.removeUser(corpId, 'bob', start);
      expect(await names()).toEqual(['安', nameOf('bob')]);
      const left = (await store.receipt(corpId, messageId))?.deliveries.map(({ user }) => user.leftAt);
      expect(left).toEqual([null, start]);
    });

    test('contains every change as soon as it is acknowledged', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send({ userCodes: ['ann'] });
      const seen = async () => must(await store.receipt(corpId, messageId));
      expect(await seen()).toMatchObject({ state: 'queued' });
      await store.lose(corpId, messageId);
      expect(await seen()).toMatchObject({ state: 'unknown' });
      await store.settle(corpId, messageId, start);
      expect(await seen()).toMatchObject({ state: 'delivered', deliveries: [{ readAt: null }] });
      await store.markRead(corpId, users.ann, [messageId], start + 1);
      expect(await seen()).toMatchObject({ deliveries: [{ readAt: start + 1 }] });
      await store.recall(corpId, messageId, start + 2);
      expect(await seen()).toMatchObject({ recalledAt: start + 2, deliveries: [{ readAt: start + 1 }] });
    });

    test('that was prefetched equals the one in the database, before and after every change', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const ids: number[] = [];
      for (let i = 0; i < 5; i++) ids.push(await arrive({ userCodes: ['ann', 'bob'], sentAt: early + i }));
      const [oldest = 0, , middle = 0, newer = 0, newest = 0] = ids;
      const plain = await Promise.all(ids.map((id) => store.receipt(corpId, id)));
      store.forget();
      const { exclusive } = store.driver;
      expect(await store.prefetchReceipts(corpId, Number.MAX_SAFE_INTEGER, 0, 2)).toBe(exclusive ? newer : undefined);
      expect(await store.prefetchReceipts(corpId, newer, early + 2, 1)).toBe(exclusive ? middle : undefined);
      expect(await store.prefetchReceipts(corpId, middle, early + 2, 1)).toBeUndefined();
      expect(await store.prefetchReceipts(corpId, oldest + 1, 0, 2)).toBeUndefined();
      expect(await Promise.all(ids.map((id) => store.receipt(corpId, id)))).toEqual(plain);
      store.forget();
      await store.prefetchReceipts(corpId, Number.MAX_SAFE_INTEGER, 0, 10);
      await store.markRead(corpId, users.ann, [newest], early + 9);
      await store.recall(corpId, newer, early + 10);
      await store.putUsers(corpId, [{ code: 'bob', name: '鲍' }]);
      const seen = (id: number) => store.receipt(corpId, id);
      expect(await seen(newest)).toMatchObject({ deliveries: [{ readAt: early + 9 }, { user: { name: '鲍' } }] });
      expect(await seen(newer)).toMatchObject({ recalledAt: early + 10 });
      expect(await seen(middle)).toMatchObject({ deliveries: [{ readAt: null }, { user: { name: '鲍' } }] });
      await store.prune(corpId, early + 1, 10);
      expect(await seen(oldest)).toBeUndefined();
    });

    test('is unchanged after a restart', async () => {
      const place = await opened(open);
      const { store, corpId, users, arrive } = await world(place.store);
      const messageId = await arrive();
      await store.markRead(corpId, users.bob, [messageId], start + 1);
      const before = await store.receipt(corpId, messageId);
      expect(await (await place.reopen()).receipt(corpId, messageId)).toEqual(before);
    });
  });

  describe('recalling', () => {
    test('removes a message with its content from its inboxes, and keeps its receipt', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive({ param: 'a secret' });
      await store.markRead(corpId, users.ann, [messageId], start + 1);
      const touched = await store.recall(corpId, messageId, start + 2);
      expect(touched.map(({ userId }) => userId).sort()).toEqual([users.ann, users.bob].sort());
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      expect(await unreadOf(store, corpId, users.bob)).toBe(0);
      expect(JSON.stringify(await store.dump())).not.toContain('a secret');
      const deliveries = [{ readAt: start + 1 }, { readAt: null }];
      expect(await store.receipt(corpId, messageId)).toMatchObject({ recalledAt: start + 2, deliveries });
    });

    test('happens once: the first time is stored, and each inbox gets one event', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      const tries = await Promise.all([1, 2, 3].map((at) => store.recall(corpId, messageId, start + at)));
      expect(tries.filter((touched) => touched.length > 0)).toHaveLength(1);
      const first = must(await store.receipt(corpId, messageId)).recalledAt;
      expect(await store.recall(corpId, messageId, start + 9)).toEqual([]);
      expect(must(await store.receipt(corpId, messageId)).recalledAt).toBe(first);
      const events = [`1 message ${messageId}`, `2 recall ${messageId}`];
      expect(told(await streamOf(store, corpId, users.ann))).toEqual(events);
    });

    test('before the delivery keeps the message out of all inboxes', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send();
      expect(await store.recall(corpId, messageId, start)).toEqual([]);
      expect(await store.settle(corpId, messageId, start)).toEqual([]);
      expect(await store.pendingCount()).toBe(0);
      expect(await streamOf(store, corpId, users.ann)).toEqual([]);
      expect(await unreadOf(store, corpId, users.ann)).toBe(0);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'delivered', recalledAt: start });
    });

    test('does nothing to a message of another organization', async () => {
      const { store, corpId, foreigner, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      expect(await store.recall(foreigner.corpId, messageId, start)).toEqual([]);
      expect(await store.receipt(corpId, messageId)).toMatchObject({ recalledAt: null });
    });
  });

  test('the recipients of a message are returned in the order of the send, including those who have left', async () => {
    const { store, corpId, users, arrive } = await world((await opened(open)).store);
    const messageId = await arrive({ userCodes: ['dee', 'ann'] });
    await store.removeUser(corpId, 'dee', start);
    const named = [
      { id: users.dee, code: 'dee' },
      { id: users.ann, code: 'ann' },
    ];
    expect(await store.recipients(corpId, messageId)).toMatchObject(named);
    expect(await store.recipients(corpId, messageId + 1)).toEqual([]);
  });
}
