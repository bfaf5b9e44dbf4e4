import { describe, expect, test } from 'vitest';
import {
  day,
  inboxOf,
  must,
  type Open,
  opened,
  start,
  streamOf,
  told,
  unreadOf,
  type World,
  world,
} from './world.contract.ts';

/** Sends one message a day to ann and bob for some days. Resolves with the message numbers. */
async function daily({ arrive }: World, days: number): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let i = 0; i < days; i++) ids.push(await arrive({ sentAt: start + i * day, param: `{"content":"${i}"}` }));
  return ids;
}

/** Removes messages sent before the start of a day, as retention does. */
async function removeBefore({ store, corpId }: World, before: number): Promise<void> {
  await store.driver.dropDays(before);
  while ((await store.prune(corpId, before, 4)) > 0);
}

const numbers = (events: readonly { readonly seq: number }[]) => events.map(({ seq }) => seq);
const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

export function describeDays(open: Open): void {
  describe('days', () => {
    test('leave no gap in any stream, and each number of a stream can be resolved', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const ids = await daily(scene, 12);
      for (const [i, id] of ids.entries())
        if (i % 3 === 0) await store.markRead(corpId, users.ann, [id], start + 12 * day);
      const stream = await streamOf(store, corpId, users.ann);
      expect(numbers(stream)).toEqual(upTo(1, 16));
      expect(await store.inboxes.end(corpId, users.ann)).toBe(16);
      const events = await store.operator.eventsSince(corpId, 0, 1000);
      expect(numbers(events)).toEqual(upTo(1, 28));
      expect(await store.operator.lastEvent(corpId)).toBe(28);
      for (const after of upTo(0, 16)) {
        expect(numbers(await store.inboxes.since(corpId, users.ann, after, 100))).toEqual(upTo(after + 1, 16));
        expect(numbers(await store.operator.eventsSince(corpId, after, 100))).toEqual(upTo(after + 1, 28));
      }
      const offset = must(stream[4]).offset;
      expect(numbers(await store.inboxes.since(corpId, users.ann, offset, 3))).toEqual([6, 7, 8]);
    });

    test('can change during concurrent writes, and every stream continues', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const times = Array.from({ length: 40 }, (_, i) => start + day - 20 + i);
      for (const at of [0, 1, 2].map((n) => n * day)) {
        const accepted = await Promise.all(times.map((sentAt) => send({ sentAt: sentAt + at })));
        const ids = accepted.map(({ messageId }) => messageId);
        await Promise.all(ids.map((id) => store.settle(corpId, id, start + at + 2 * day)));
        expect(await store.markRead(corpId, users.ann, ids, start + at + 2 * day)).toEqual(ids);
      }
      expect(numbers(await streamOf(store, corpId, users.ann))).toEqual(upTo(1, 240));
      expect(numbers(await streamOf(store, corpId, users.bob))).toEqual(upTo(1, 120));
      expect(numbers(await store.operator.eventsSince(corpId, 0, 1000))).toEqual(upTo(1, 360));
      expect([await unreadOf(store, corpId, users.ann), await unreadOf(store, corpId, users.bob)]).toEqual([0, 120]);
    });

    test('are paged from newer to older, each message once', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, robot } = scene;
      const ids = await daily(scene, 9);
      await store.recall(corpId, must(ids[4]), start + 9 * day);
      await store.markRead(corpId, users.ann, [must(ids[2])], start + 9 * day);
      const walk = async (unread: boolean, limit: number) => {
        const seen: number[] = [];
        for (let before = Number.MAX_SAFE_INTEGER; ; ) {
          const page = await store.inboxes.page({
            corpId,
            userId: users.ann,
            before,
            robotId: robot.id,
            unread,
            limit,
          });
          seen.push(...page.map(({ messageId }) => messageId));
          if (page.length < limit) return seen;
          before = must(page.at(-1)).offset;
        }
      };
      const all = ids.filter((_, i) => i !== 4).reverse();
      for (const limit of [1, 2, 5, 20]) {
        expect(await walk(false, limit)).toEqual(all);
        expect(await walk(true, limit)).toEqual(all.filter((id) => id !== ids[2]));
      }
      expect(await unreadOf(store, corpId, users.ann)).toBe(7);
      expect(await unreadOf(store, corpId, users.bob)).toBe(8);
      expect((await inboxOf(store, corpId, users.ann)).map(({ param }) => param?.slice(12, 13))).toEqual([
        ...'87653210',
      ]);
    });

    test('are listed for an operator, newest first, with every filter', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, robot } = scene;
      const ids = await daily(scene, 9);
      const early = await scene.arrive({ sentAt: Date.UTC(2024, 5, 1) });
      for (const id of ids) await store.recall(corpId, id, start + 10 * day);
      const expected = [...ids].reverse();
      for (const walk of [
        { along: 'all', corpId } as const,
        { along: 'recalled', corpId } as const,
        { along: 'robot', corpId, robotId: robot.id } as const,
      ]) {
        const seen: number[] = [];
        let place: readonly [number, number] = [Number.MAX_SAFE_INTEGER, 0];
        for (let more = true; more; ) {
          const rows = await store.operator.messagesBefore(walk, place, 0, 4);
          seen.push(...rows.map(({ messageId }) => messageId));
          place = rows.at(-1)?.position ?? place;
          more = rows.length === 4;
        }
        expect(seen).toEqual(walk.along === 'recalled' ? expected : [...expected, early]);
        const since = await store.operator.messagesBefore(walk, [start + 8 * day, 0], start + 2 * day, 100);
        expect(since.map(({ messageId }) => messageId)).toEqual(expected.slice(1, 7));
      }
      const own = await store.operator.messagesBefore(
        { along: 'user', corpId, userId: users.ann },
        [2 ** 53 - 1, 0],
        0,
        99,
      );
      // In the order of their arrival.
      expect(own.map(({ messageId }) => messageId)).toEqual([early, ...expected]);
    });

    test('do not prevent reading a message that arrives after one of a later day', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, send, arrive } = scene;
      const late = (await send()).messageId;
      const young = await arrive({ sentAt: start + 3 * day });
      await store.settle(corpId, late, start + 3 * day);
      expect(await store.markRead(corpId, users.ann, [young, late], start + 4 * day)).toEqual([young, late]);
      expect(await store.markRead(corpId, users.ann, [late], start + 5 * day)).toEqual([]);
      const receipt = must(await store.receipt(corpId, late));
      expect(receipt.deliveries.map(({ readAt }) => readAt)).toEqual([start + 4 * day, null]);
      expect(await unreadOf(store, corpId, users.ann)).toBe(0);
      expect(told(await streamOf(store, corpId, users.ann))).toEqual([
        `1 message ${young}`,
        `2 message ${late}`,
        `3 read ${young}`,
        `4 read ${late}`,
      ]);
    });

    test('can be any: sends succeed when the clock jumps ahead or back', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const times = [start, Date.UTC(2031, 5, 1), Date.UTC(1999, 0, 1), Date.UTC(2200, 0, 1), start + 1, start + day];
      const ids: number[] = [];
      for (const sentAt of times) ids.push(await scene.arrive({ sentAt, userCodes: ['ann'] }));
      expect(new Set(ids).size).toBe(times.length);
      for (const [i, id] of ids.entries()) {
        expect(await store.receipt(corpId, id)).toMatchObject({ sentAt: times[i], deliveries: [{ readAt: null }] });
        expect(await store.markRead(corpId, users.ann, [id], must(times[i]))).toEqual([id]);
      }
      expect(numbers(await streamOf(store, corpId, users.ann))).toEqual(upTo(1, 12));
    });

    test('that have ended are removed with their messages and events, and the rest has no gap', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users, foreigner } = scene;
      const ids = await daily(scene, 6);
      const { corpId: other, robot } = foreigner;
      const abroad = await scene.arrive({ corpId: other, robot, userCodes: ['stranger'], sentAt: start + 4 * day });
      await store.markRead(corpId, users.ann, [must(ids[1]), must(ids[4])], start + 6 * day);
      await removeBefore(scene, start + 3 * day);
      const receipts = await Promise.all(ids.map((id) => store.receipt(corpId, id)));
      expect(receipts.map((receipt) => receipt !== undefined)).toEqual([false, false, false, true, true, true]);
      const kept = [...ids.slice(3)].reverse();
      expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual(kept);
      expect([await unreadOf(store, corpId, users.ann), await unreadOf(store, corpId, users.bob)]).toEqual([2, 3]);
      const stream = await streamOf(store, corpId, users.ann);
      // The message was read on a later day, and that event now reports the message as recalled.
      expect(told(stream)).toEqual([
        ...[4, 5, 6].map((n) => `${n} message ${ids[n - 1]}`),
        `7 recall ${ids[1]}`,
        `8 read ${ids[4]}`,
      ]);
      expect(numbers(await store.inboxes.since(corpId, users.ann, 2, 100))).toEqual([4, 5, 6, 7, 8]);
      expect(await store.markRead(corpId, users.ann, [must(ids[0])], start + 6 * day)).toEqual([]);
      expect(await store.recall(corpId, must(ids[0]), start + 6 * day)).toEqual([]);
      expect(await store.recipients(corpId, must(ids[0]))).toEqual([]);
      expect(await store.receipt(other, abroad)).toBeDefined();
      const { tables } = await store.dump();
      expect([tables.messages?.length, tables.contents?.length]).toEqual([4, 4]);
    });

    test('that were removed leave later events, which report their messages as removed', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const ids = await daily(scene, 4);
      await store.markRead(corpId, users.ann, [must(ids[0])], start + 4 * day);
      await removeBefore(scene, start + 2 * day);
      const events = await store.operator.eventsSince(corpId, 0, 100);
      expect(events.map(({ seq, event }) => `${seq} ${event}`)).toEqual([
        '5 sent',
        '6 delivered',
        '7 sent',
        '8 delivered',
        '9 removed',
      ]);
      await scene.arrive({ sentAt: start + 5 * day });
      expect(numbers(await store.operator.eventsSince(corpId, 9, 100))).toEqual([10, 11]);
    });

    test('are searched one after the other for the events of one message', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const ids = await daily(scene, 6);
      const id = must(ids[1]);
      await store.recall(corpId, id, start + 6 * day);
      await store.markRead(corpId, users.ann, [must(ids[5])], start + 6 * day);
      for (const stride of [1, 3, 100]) {
        const found: string[] = [];
        for (let [after, more] = [0, true]; more; ) {
          const { events, to, isAll } = await store.operator.eventsOfMessage(corpId, id, after, stride);
          found.push(...events.map(({ seq, event }) => `${seq} ${event}`));
          [after, more] = [to, !isAll];
        }
        expect(found).toEqual(['3 sent', '4 delivered', '13 recalled']);
      }
    });

    test('that were all removed do not reset the numbers', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      await daily(scene, 3);
      await removeBefore(scene, start + 30 * day);
      expect([await inboxOf(store, corpId, users.ann), await unreadOf(store, corpId, users.ann)]).toEqual([[], 0]);
      expect(await store.inboxes.end(corpId, users.ann)).toBe(3);
      const next = await scene.arrive({ sentAt: start + 40 * day });
      expect(told(await store.inboxes.since(corpId, users.ann, 3, 9))).toEqual([`4 message ${next}`]);
      expect(told(await store.inboxes.since(corpId, users.ann, 1, 9)).at(-1)).toBe(`4 message ${next}`);
    });

    test('that were removed are created again when the clock is set back', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      await daily(scene, 3);
      await removeBefore(scene, start + 3 * day);
      const again = await scene.arrive({ sentAt: start + day });
      expect(await store.receipt(corpId, again)).toBeDefined();
      expect(await store.markRead(corpId, users.ann, [again], start + day)).toEqual([again]);
      expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual([again]);
    });

    test('can be prepared ahead any number of times', async () => {
      const { store, corpId, arrive } = await world((await opened(open)).store);
      for (let i = 0; i < 3; i++) await Promise.all([0, 1, 2].map(() => store.driver.prepareDays(start + i * day)));
      expect(await store.receipt(corpId, await arrive({ sentAt: start + 3 * day }))).toBeDefined();
    });
  });
}
