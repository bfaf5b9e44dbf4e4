import { describe, expect, test } from 'vitest';
import type { InboxQuery } from '../messages/inbox.ts';
import {
  aRobot,
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

/** Reads the numbers of the messages on a page of ann's inbox, before the event with a number. */
async function page(
  { store, corpId, users }: World,
  { before, ...given }: Partial<InboxQuery> = {},
): Promise<readonly number[]> {
  const newest = { before: Number.MAX_SAFE_INTEGER, robotId: 0, unread: false, limit: 100 };
  const event =
    before === undefined ? undefined : must((await store.inboxes.since(corpId, users.ann, before - 1, 1))[0]);
  const from = event ? { before: event.offset } : {};
  const found = await store.inboxes.page({ corpId, userId: users.ann, ...newest, ...given, ...from });
  return found.map(({ messageId }) => messageId);
}

async function arriveMany({ arrive }: World, count: number): Promise<number[]> {
  const ids: number[] = [];
  for (let i = 0; i < count; i++) ids.push(await arrive({ userCodes: ['ann'], sentAt: start + i }));
  return ids;
}

const stepOf = ({ store, corpId, users }: World, before: number) =>
  store.inboxes.step({ corpId, userId: users.ann, before, count: 10 });

export function describeInbox(open: Open): void {
  describe('a step of a search', () => {
    test('reads a bounded number of entries, skips recalled ones and returns where it ended', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const ids = await arriveMany(scene, 25);
      for (const messageId of ids.slice(5, 20)) await store.recall(corpId, messageId, start + 60);
      const seen: number[] = [];
      const sizes: number[] = [];
      let before = Number.MAX_SAFE_INTEGER;
      for (let step = await stepOf(scene, before); ; step = await stepOf(scene, before)) {
        seen.push(...step.messages.map(({ messageId }) => messageId));
        sizes.push(step.messages.length + step.passed);
        if (step.end === null) break;
        expect(step.end.at).toBe(start + 25 - sizes.length * 10);
        before = step.end.offset;
      }
      expect(seen).toEqual([...ids.slice(20), ...ids.slice(0, 5)].sort((a, b) => ids.indexOf(b) - ids.indexOf(a)));
      expect(sizes).toEqual([10, 10, 5]);
      expect(
        await store.inboxes.step({ corpId, userId: users.eve, before: Number.MAX_SAFE_INTEGER, count: 10 }),
      ).toEqual({
        messages: [],
        passed: 0,
        end: null,
      });
    });

    test('continues with earlier days', async () => {
      const scene = await world((await opened(open)).store);
      const { arrive } = scene;
      for (const sentAt of [start, start + 5 * day, start + 9 * day]) await arrive({ userCodes: ['ann'], sentAt });
      const { messages, end } = await stepOf(scene, Number.MAX_SAFE_INTEGER);
      expect(messages.map(({ sentAt }) => sentAt)).toEqual([start + 9 * day, start + 5 * day, start]);
      expect(end).toBeNull();
    });
  });

  describe('reading', () => {
    test('marks a delivery read once, with the first time', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      expect(await store.markRead(corpId, users.ann, [messageId], start + 5)).toEqual([messageId]);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 9)).toEqual([]);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 1)).toEqual([]);
      expect(await inboxOf(store, corpId, users.ann)).toMatchObject([{ messageId, readAt: start + 5 }]);
      expect(await inboxOf(store, corpId, users.bob)).toMatchObject([{ messageId, readAt: null }]);
    });

    test('stores the manner of the first read for each recipient, and none if the read had none', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive({ userCodes: ['ann', 'bob', 'cho', 'dee'] });
      const manners = async () => (await store.operator.message(corpId, messageId))?.manners;
      await store.markRead(corpId, users.bob, [messageId], start + 1);
      expect(await manners()).toEqual([null, null, null, null]);
      await store.markRead(corpId, users.cho, [messageId], start + 2, 'mark');
      await store.markRead(corpId, users.cho, [messageId], start + 3, 'seen');
      await store.markRead(corpId, users.ann, [messageId], start + 4, 'seen');
      expect(await manners()).toEqual(['seen', null, 'mark', null]);
      const reads = (await store.operator.eventsSince(corpId, 0, 10)).filter(({ event }) => event === 'read');
      expect(reads.map(({ userId, manner }) => [userId, manner])).toEqual([
        [users.bob, null],
        [users.cho, 'mark'],
        [users.ann, 'seen'],
      ]);
    });

    test('marks a delivery once under concurrent calls', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive();
      const reading = Array.from({ length: 10 }, (_, i) => store.markRead(corpId, users.ann, [messageId], start + i));
      const fresh = await Promise.all(reading);
      expect(fresh.flat()).toEqual([messageId]);
      const winner = start + fresh.findIndex((ids) => ids.length === 1);
      expect(must(await store.receipt(corpId, messageId)).deliveries[0]?.readAt).toBe(winner);
      expect(await streamOf(store, corpId, users.ann)).toHaveLength(2);
    });

    test('marks many messages in one call, in the order given, each once', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const [first = 0, second = 0, third = 0] = await arriveMany(scene, 3);
      const wanted = [third, first, third, second];
      expect(await store.markRead(corpId, users.ann, wanted, start)).toEqual([third, first, second]);
      const reads = told(await streamOf(store, corpId, users.ann)).slice(3);
      expect(reads).toEqual([`4 read ${third}`, `5 read ${first}`, `6 read ${second}`]);
    });

    test('skips messages that are undelivered, recalled, unknown or of another user', async () => {
      const { store, corpId, users, foreigner, send, arrive } = await world((await opened(open)).store);
      const undelivered = (await send()).messageId;
      const recalled = await arrive();
      await store.recall(corpId, recalled, start);
      const another = await arrive({ userCodes: ['bob'] });
      const abroad = { corpId: foreigner.corpId, robot: foreigner.robot, userCodes: ['stranger'] };
      const foreign = await arrive(abroad);
      const good = await arrive();
      const wanted = [undelivered, recalled, another, foreign, 999_999_999, good];
      expect(await store.markRead(corpId, users.ann, wanted, start + 1)).toEqual([good]);
      for (const messageId of [undelivered, recalled, another]) {
        const { deliveries } = must(await store.receipt(corpId, messageId));
        expect(deliveries.every(({ readAt }) => readAt === null)).toBe(true);
      }
      expect(await store.markRead(corpId, users.ann, [], start)).toEqual([]);
    });

    test('an undelivered message can be read once it has arrived', async () => {
      const { store, corpId, users, send } = await world((await opened(open)).store);
      const { messageId } = await send();
      expect(await store.markRead(corpId, users.ann, [messageId], start)).toEqual([]);
      await store.settle(corpId, messageId, start + 1);
      expect(await store.markRead(corpId, users.ann, [messageId], start + 2)).toEqual([messageId]);
    });
  });

  describe('a page of an inbox', () => {
    test('contains the newest arrivals first, with everything that a recipient sees', async () => {
      const { store, corpId, robot, users, arrive } = await world((await opened(open)).store);
      const older = await arrive({ sentAt: start + 1, kind: 2, param: 'older' });
      const newer = await arrive({ sentAt: start, kind: 3, param: 'newer' });
      const plain = { sender: 0, conversation: null, person: null, quoted: null, emotions: [] };
      const common = { robotId: robot.id, readAt: null, recalledAt: null, ...plain };
      const offsets = (await streamOf(store, corpId, users.ann)).map(({ offset }) => offset);
      expect(await inboxOf(store, corpId, users.ann)).toEqual([
        { ...common, offset: offsets[1], messageId: newer, kind: 3, param: 'newer', sentAt: start },
        { ...common, offset: offsets[0], messageId: older, kind: 2, param: 'older', sentAt: start + 1 },
      ]);
    });

    test('continues where the previous page ended, and respects the limit', async () => {
      const scene = await world((await opened(open)).store);
      const ids = await arriveMany(scene, 5);
      expect(await page(scene, { limit: 2 })).toEqual([ids[4], ids[3]]);
      expect(await page(scene, { limit: 2, before: 4 })).toEqual([ids[2], ids[1]]);
      expect(await page(scene, { limit: 2, before: 2 })).toEqual([ids[0]]);
      expect(await page(scene, { limit: 2, before: 1 })).toEqual([]);
    });

    test('continues at the same position while messages arrive, are read and are recalled', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      const ids = await arriveMany(scene, 6);
      expect(await page(scene, { limit: 2 })).toEqual([ids[5], ids[4]]);
      await store.markRead(corpId, users.ann, [must(ids[3])], start);
      await store.recall(corpId, must(ids[2]), start);
      await arriveMany(scene, 2);
      expect(await page(scene, { limit: 2, before: 5 })).toEqual([ids[3], ids[1]]);
    });

    test('can be limited to one robot', async () => {
      const scene = await world((await opened(open)).store);
      const other = await aRobot(scene.store, scene.app, 'robot-other');
      await scene.arrive();
      const wanted = await scene.arrive({ robot: other });
      expect(await page(scene, { robotId: other.id })).toEqual([wanted]);
      expect(await page(scene, { robotId: other.id, unread: true })).toEqual([wanted]);
      expect(await page(scene, { robotId: -1 })).toEqual([]);
    });

    test('can be limited to unread messages', async () => {
      const scene = await world((await opened(open)).store);
      const ids = await arriveMany(scene, 4);
      await scene.store.markRead(scene.corpId, scene.users.ann, [must(ids[1]), must(ids[2])], start);
      expect(await page(scene, { unread: true })).toEqual([ids[3], ids[0]]);
      expect(await page(scene, { unread: true, limit: 1 })).toEqual([ids[3]]);
      expect(await page(scene, { unread: true, before: 4 })).toEqual([ids[0]]);
    });

    test('contains only messages of its own user', async () => {
      const { store, corpId, users, foreigner, arrive } = await world((await opened(open)).store);
      await arrive({ userCodes: ['bob'] });
      expect(await inboxOf(store, corpId, users.ann)).toEqual([]);
      expect(await inboxOf(store, foreigner.corpId, users.bob)).toEqual([]);
    });
  });

  describe('the unread count', () => {
    test('is counted by robot and follows deliveries, reads and recalls', async () => {
      const { store, corpId, app, robot, users, send, arrive } = await world((await opened(open)).store);
      const other = await aRobot(store, app, 'robot-other');
      const counts = async () => Object.fromEntries(await store.inboxes.unreadByRobot(corpId, users.ann));
      const read = await arrive();
      const recalled = await arrive();
      await arrive({ robot: other });
      await send();
      expect(await counts()).toEqual({ [robot.id]: 2, [other.id]: 1 });
      await store.markRead(corpId, users.ann, [read], start);
      await store.recall(corpId, recalled, start);
      expect(await counts()).toEqual({ [other.id]: 1 });
      expect(await unreadOf(store, corpId, users.bob)).toBe(2);
    });

    test('comes with the number of the newest event it includes, also under concurrent writes', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, robot, users } = scene;
      const counts: Promise<unknown>[] = [];
      // Every message is one event and none is read, so the count equals the number of the newest event.
      const asking = async () => {
        const { byRobot, sequence } = await store.inboxes.unread(corpId, users.ann);
        expect(byRobot.get(robot.id) ?? 0).toBe(sequence);
      };
      for (let i = 0; i < 20; i++) counts.push(scene.arrive({ userCodes: ['ann'] }), asking(), asking());
      await Promise.all(counts);
      expect(await store.inboxes.unread(corpId, users.ann)).toEqual({
        byRobot: new Map([[robot.id, 20]]),
        choices: new Map(),
        sequence: 20,
      });
    });
  });
}
