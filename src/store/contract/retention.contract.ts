import { describe, expect, test } from 'vitest';
import type { InboxEvent } from '../model.ts';
import type { Store } from '../store.ts';
import { aGroup } from './conversations.contract.ts';
import {
  codes,
  early,
  inboxOf,
  must,
  type Open,
  opened,
  streamOf,
  told,
  unreadOf,
  type World,
  world,
} from './world.contract.ts';

const start = early;

/** Creates the world with messages sent at `early` by default. */
async function earlyWorld(store: Store): Promise<World> {
  const scene = await world(store);
  return {
    ...scene,
    send: (given) => scene.send({ sentAt: start, ...given }),
    arrive: (given) => scene.arrive({ sentAt: start, ...given }),
  };
}

/** Expects numbers without gaps up to the last number of the stream. */
function expectGapFree(events: readonly InboxEvent[], last: number): void {
  const numbers = events.map(({ seq }) => seq);
  const first = last - numbers.length + 1;
  expect(numbers).toEqual(numbers.map((_, i) => first + i));
}

/** Removes all messages sent before a time in steps, also those to conversations. Resolves with how many. */
async function sweep({ store, corpId }: World, before: number): Promise<number> {
  for (let all = 0; ; ) {
    if (await store.conversations.pruneStep(corpId, before)) continue;
    const gone = await store.prune(corpId, before, 4);
    if (gone === 0) return all;
    all += gone;
  }
}

/** Counts the rows of tables. */
async function countRows(store: Store, ...names: readonly string[]): Promise<readonly number[]> {
  const { tables } = await store.dump();
  return names.map((name) => must(tables[name]).length);
}

/** Removes all messages sent before a time, in steps. */
async function pruneAll({ store, corpId }: World, before: number, limit = 2): Promise<number> {
  let all = 0;
  for (let gone = -1; gone !== 0; all += gone) gone = await store.prune(corpId, before, limit);
  return all;
}

export function describeRetention(open: Open): void {
  describe('pruning', () => {
    test('removes messages sent before a time, oldest first, a few in each step', async () => {
      const { store, corpId, arrive } = await earlyWorld((await opened(open)).store);
      const ids: number[] = [];
      for (let i = 0; i < 5; i++) ids.push(await arrive({ sentAt: start + i }));
      const kept = async () => {
        const receipts = await Promise.all(ids.map((id) => store.receipt(corpId, id)));
        return receipts.flatMap((receipt) => (receipt ? [receipt.sentAt - start] : []));
      };
      expect([await store.prune(corpId, start + 3, 2), await kept()]).toEqual([2, [2, 3, 4]]);
      expect([await store.prune(corpId, start + 3, 2), await kept()]).toEqual([1, [3, 4]]);
      expect([await store.prune(corpId, start + 3, 2), await kept()]).toEqual([0, [3, 4]]);
    });

    test('removes receipts, contents and inbox entries as well', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, arrive } = scene;
      const old = await arrive({ param: 'old words' });
      const young = await arrive({ param: 'young words', sentAt: start + 1 });
      expect(await store.receipt(corpId, old)).toBeDefined();
      expect(await pruneAll(scene, start + 1)).toBe(1);
      expect(await store.receipt(corpId, old)).toBeUndefined();
      expect(await store.recipients(corpId, old)).toEqual([]);
      expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual([young]);
      expect(await unreadOf(store, corpId, users.ann)).toBe(1);
      expect(await store.markRead(corpId, users.ann, [old], start)).toEqual([]);
      const { tables } = await store.dump();
      expect([tables.messages?.length, tables.contents?.length, tables.inbox?.length]).toEqual([1, 1, 2]);
      expect(JSON.stringify(tables)).not.toContain('old words');
    });

    test('does not change other organizations', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { corpId, robot, userId } = { ...scene.foreigner };
      const abroad = await scene.arrive({ corpId, robot, userCodes: ['stranger'] });
      await scene.arrive();
      expect(await pruneAll(scene, start + 1)).toBe(1);
      expect(await scene.store.receipt(corpId, abroad)).toBeDefined();
      expect(await inboxOf(scene.store, corpId, userId)).toHaveLength(1);
    });

    test('also removes undelivered messages, which are then never delivered', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, send } = scene;
      const { messageId } = await send();
      expect(await pruneAll(scene, start + 1)).toBe(1);
      expect(await store.pendingCount()).toBe(0);
      expect(await store.settle(corpId, messageId, start)).toEqual([]);
      expect(await streamOf(store, corpId, users.ann)).toEqual([]);
    });

    test('shortens a stream at its beginning, without gaps, and its numbers continue', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, arrive } = scene;
      for (let i = 0; i < 4; i++) await arrive({ sentAt: start + i });
      await pruneAll(scene, start + 2);
      const events = await streamOf(store, corpId, users.ann);
      expect(events.map(({ seq }) => seq)).toEqual([3, 4]);
      expect(await store.inboxes.end(corpId, users.ann)).toBe(4);
      const next = await arrive({ sentAt: start + 9 });
      expect(told(await store.inboxes.since(corpId, users.ann, 4, 9))).toEqual([`5 message ${next}`]);
    });

    test('of everything does not reset the numbers', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, arrive } = scene;
      const first = await arrive();
      await store.markRead(corpId, users.ann, [first], start);
      await pruneAll(scene, start + 1);
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      const next = await arrive({ sentAt: start + 1 });
      expect(told(await store.inboxes.since(corpId, users.ann, 2, 9))).toEqual([`3 message ${next}`]);
      expect(await store.inboxes.end(corpId, users.ann)).toBe(3);
    });

    test('leaves no gap if an old message was read or recalled late', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, arrive } = scene;
      const [old, young] = [await arrive({ sentAt: start }), await arrive({ sentAt: start + 5 })];
      await store.markRead(corpId, users.ann, [old], start + 6);
      const youngest = await arrive({ sentAt: start + 7 });
      await store.recall(corpId, old, start + 8);
      expect(await streamOf(store, corpId, users.ann)).toHaveLength(5);
      await pruneAll(scene, start + 5);
      const events = await streamOf(store, corpId, users.ann);
      expectGapFree(events, 5);
      expect(told(events)).toEqual(expect.arrayContaining([`2 message ${young}`, `4 message ${youngest}`]));
    });

    test('leaves no gap if an old message arrived after a newer one', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, send, arrive } = scene;
      const late = await send({ sentAt: start });
      const early = await arrive({ sentAt: start + 5 });
      await store.settle(corpId, late.messageId, start + 6);
      const last = await arrive({ sentAt: start + 7 });
      await pruneAll(scene, start + 5);
      const events = await streamOf(store, corpId, users.ann);
      expectGapFree(events, 3);
      expect(told(events)).toEqual(expect.arrayContaining([`1 message ${early}`, `3 message ${last}`]));
      expect((await inboxOf(store, corpId, users.ann)).map(({ messageId }) => messageId)).toEqual([last, early]);
    });

    test('reports a removed message to a follower that reconnects', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users, arrive } = scene;
      const old = await arrive({ sentAt: start });
      await arrive({ sentAt: start + 5 });
      await store.markRead(corpId, users.ann, [old], start + 6);
      await pruneAll(scene, start + 5);
      expect(told(await store.inboxes.since(corpId, users.ann, 2, 9))).toEqual([`3 recall ${old}`]);
    });

    test('in small steps leaves every stream without gaps after each step, in any order of events', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, arrive } = scene;
      const ids: number[] = [];
      const people = Object.values(scene.users);
      for (let i = 0; i < 20; i++) {
        ids.push(await arrive({ sentAt: start + i, userCodes: codes.filter((_, k) => (i + k) % 3 > 0) }));
        const earlier = must(ids[Math.floor((i * i) / 20)]);
        await store.markRead(corpId, must(people[i % people.length]), [earlier], start + i);
        if (i % 5 === 4) await store.recall(corpId, must(ids[i - 3]), start + i);
      }
      const lasts = await Promise.all(people.map((userId) => store.inboxes.end(corpId, userId)));
      for (let gone = -1; gone !== 0; ) {
        gone = await store.prune(corpId, start + 17, 3);
        const streams = await Promise.all(people.map((userId) => streamOf(store, corpId, userId)));
        streams.forEach((events, i) => {
          expectGapFree(events, must(lasts[i]));
        });
      }
    });

    test('removes messages to conversations with their reads, in steps of at most 200 inbox entries', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, send } = scene;
      const named = Array.from({ length: 300 }, (_, i) => ({ code: `u${i}`, name: `u${i}` }));
      await store.putUsers(corpId, named);
      const userIds = (await store.usersPage(corpId, 'tz', 300)).map(({ id }) => id);
      const { id: conversationId } = await aGroup(scene, { userIds });
      const toGroup = async (sentAt: number) => {
        const { messageId } = await send({ conversationId, userCodes: [], sentAt });
        while (!(await store.deliverStep(corpId, messageId, sentAt)).isDone);
        for (const userId of userIds.slice(0, 250)) await store.markRead(corpId, userId, [messageId], sentAt);
        return messageId;
      };
      for (let i = 0; i < 3; i++) await toGroup(start + i);
      await scene.arrive({ sentAt: start + 3 });
      const kept = await toGroup(start + 10);
      expect(await store.prune(corpId, start + 5, 4)).toBe(0);
      const names = ['inbox', 'group_reads', 'events', 'contents', 'messages'];
      const counts: (readonly number[])[] = [await countRows(store, ...names)];
      while (await store.conversations.pruneStep(corpId, start + 5)) counts.push(await countRows(store, ...names));
      for (const [i, after] of counts.slice(1).entries()) {
        expect(must(must(counts[i])[0]) - must(after[0])).toBeLessThanOrEqual(201);
      }
      expect(await sweep(scene, start + 5)).toBe(4);
      expect(await countRows(store, 'messages', 'contents', 'group_reads')).toEqual([1, 1, 250]);
      for (const userId of [must(userIds[0]), must(userIds[299])]) {
        const stream = await streamOf(store, corpId, userId);
        expect(new Set(stream.map(({ messageId }) => messageId))).toEqual(new Set([kept]));
        expectGapFree(stream, await store.inboxes.end(corpId, userId));
      }
      const events = await store.operator.eventsSince(corpId, 0, 9999);
      expect(new Set(events.map(({ messageId }) => messageId))).toEqual(new Set([kept]));
      expect(await sweep(scene, start + 5)).toBe(0);
    }, 60_000);

    test('removes memberships that ended before a time, and no others', async () => {
      const scene = await earlyWorld((await opened(open)).store);
      const { store, corpId, users } = scene;
      const { id } = await aGroup(scene, { userIds: Object.values(users) });
      for (const [i, userId] of [users.ann, users.bob, users.cho].entries())
        await store.conversations.removeMembers(corpId, id, [userId], start + i);
      await store.conversations.addMembers(corpId, id, [users.ann]);
      expect(await store.conversations.pruneMembers(corpId, start + 2, 1)).toBe(1);
      expect(await store.conversations.pruneMembers(corpId, start + 2, 9)).toBe(1);
      expect(await store.conversations.pruneMembers(corpId, start + 2, 9)).toBe(0);
      expect(await countRows(store, 'members')).toEqual([4]);
      expect(await store.conversations.memberCount(corpId, id)).toBe(3);
    });
  });
}
