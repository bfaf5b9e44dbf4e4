import { describe, expect, test } from 'vitest';
import {
  codes,
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

/** Runs concurrent sends, reads and recalls for all users. The engine decides their order. */
async function bustle({ store, corpId, users, send }: World, rounds: number): Promise<void> {
  const round = async (at: number) => {
    const { messageId } = await send({ userCodes: codes, sentAt: at });
    await store.settle(corpId, messageId, at);
    const readers = Object.values(users).filter((_, i) => (i + at) % 3 > 0);
    const reading = readers.map((userId) => store.markRead(corpId, userId, [messageId], at));
    const recalling = at % 4 === 0 ? [store.recall(corpId, messageId, at)] : [];
    await Promise.all([...reading, ...recalling, ...reading]);
  };
  await Promise.all(Array.from({ length: rounds }, (_, i) => round(start + i)));
}

export function describeStreams(open: Open): void {
  describe('a stream', () => {
    test('numbers the events of each user from 1', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const first = await arrive({ userCodes: ['ann'], sentAt: start });
      const second = await arrive({ userCodes: ['bob', 'ann'], sentAt: start + 1 });
      await store.markRead(corpId, users.ann, [first], start + 2);
      await store.recall(corpId, second, start + 3);
      const ofAnn = [`1 message ${first}`, `2 message ${second}`, `3 read ${first}`, `4 recall ${second}`];
      expect(told(await streamOf(store, corpId, users.ann))).toEqual(ofAnn);
      const ofBob = [`1 message ${second}`, `2 recall ${second}`];
      expect(told(await streamOf(store, corpId, users.bob))).toEqual(ofBob);
      expect(await streamOf(store, corpId, users.cho)).toEqual([]);
    });

    test('has no gaps and no duplicates under concurrent sends, reads and recalls', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId } = scene;
      await bustle(scene, 40);
      for (const userId of Object.values(scene.users)) {
        const events = await streamOf(store, corpId, userId);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, i) => i + 1));
        const happened = events.map(({ event, messageId }) => `${event} ${messageId}`);
        expect(new Set(happened).size).toBe(happened.length);
        expect(happened.filter((what) => what.startsWith('message'))).toHaveLength(40);
        expect(happened.filter((what) => what.startsWith('recall'))).toHaveLength(10);
      }
    });

    test('agrees with the inbox and the unread count after concurrent writes', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId } = scene;
      await bustle(scene, 40);
      for (const userId of Object.values(scene.users)) {
        const events = await streamOf(store, corpId, userId);
        const of = (event: string) => events.filter((one) => one.event === event).map(({ messageId }) => messageId);
        const [read, recalled] = [new Set(of('read')), new Set(of('recall'))];
        const shown = of('message').filter((messageId) => !recalled.has(messageId));
        const inbox = await inboxOf(store, corpId, userId);
        expect(inbox.map(({ messageId }) => messageId)).toEqual([...shown].reverse());
        const unread = shown.filter((messageId) => !read.has(messageId));
        expect(inbox.flatMap(({ messageId, readAt }) => (readAt === null ? [messageId] : [])).reverse()).toEqual(
          unread,
        );
        expect(await unreadOf(store, corpId, userId)).toBe(unread.length);
      }
    });

    test('can be read page by page without loss while it grows', async () => {
      const scene = await world((await opened(open)).store);
      const { store, corpId, users } = scene;
      let over = false;
      const growing = bustle(scene, 30).then(() => {
        over = true;
      });
      const seen: number[] = [];
      for (let more = true; more; ) {
        const wasOver = over;
        const events = await store.inboxes.since(corpId, users.ann, seen.at(-1) ?? 0, 4);
        seen.push(...events.map(({ seq }) => seq));
        more = !wasOver || events.length > 0;
        if (events.length === 0) await new Promise(setImmediate);
      }
      await growing;
      expect(seen).toEqual((await streamOf(store, corpId, users.ann)).map(({ seq }) => seq));
      expect(seen).toEqual(seen.map((_, i) => i + 1));
    });

    test('returns each event with the current state of its message', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      const messageId = await arrive({ param: 'text' });
      expect(await streamOf(store, corpId, users.ann)).toMatchObject([{ param: 'text', readAt: null }]);
      await store.markRead(corpId, users.ann, [messageId], start + 1);
      await store.recall(corpId, messageId, start + 2);
      const [arrival] = await streamOf(store, corpId, users.ann);
      expect(arrival).toMatchObject({ event: 'message', param: null, readAt: start + 1, recalledAt: start + 2 });
    });

    test('returns its last number', async () => {
      const { store, corpId, users, arrive } = await world((await opened(open)).store);
      expect(await store.inboxes.end(corpId, users.ann)).toBe(0);
      const messageId = await arrive();
      await store.markRead(corpId, users.ann, [messageId], start);
      expect(await store.inboxes.end(corpId, users.ann)).toBe(2);
      expect(await store.inboxes.since(corpId, users.ann, 2, 10)).toEqual([]);
    });

    test('continues its numbers after a restart', async () => {
      const place = await opened(open);
      const scene = await world(place.store);
      const first = await scene.arrive();
      const store = await place.reopen();
      const second = must(await store.accept(scene.sending())).messageId;
      await store.settle(scene.corpId, second, start);
      const events = [`1 message ${first}`, `2 message ${second}`];
      expect(told(await streamOf(store, scene.corpId, scene.users.ann))).toEqual(events);
    });
  });
}
