import { describe, expect, test } from 'vitest';
import type { NewDing } from '../dings/send.ts';
import { day, early, minute, must, type Open, opened, start, world } from './world.contract.ts';

/** A world in which a robot sends DINGs. */
async function dingWorld(open: Open) {
  const there = await world((await opened(open)).store);
  const { store, corpId, app, robot } = there;
  const base = { corpId, appId: app.id, robot, channel: 1, voice: null, body: 'Wake up', perMinute: 100 } as const;
  const ding = (given: Partial<NewDing> = {}) =>
    store.dings.send({ ...base, userCodes: ['ann', 'bob'], sentAt: start, ...given });
  return {
    ...there,
    ding,
    /** Sends a DING, and returns its key. */
    async dinged(given: Partial<NewDing> = {}) {
      const sent = await ding(given);
      if ('refused' in sent) throw new Error(sent.refused);
      const { messageId, sentAt } = sent.accepted;
      return { corpId, robotId: (given.robot ?? robot).id, messageId, sentAt };
    },
    openOf: async (userId: number) =>
      (await store.dings.open(corpId, userId, Number.MAX_SAFE_INTEGER, 10)).map(({ dingId }) => dingId),
    eventsOf: async (userId: number, after = 0) =>
      (await store.inboxes.since(corpId, userId, after, 100)).map(({ seq, event }) => `${seq} ${event}`),
  };
}

export function describeDings(open: Open): void {
  describe('DINGs', () => {
    test('a DING is in each inbox when it is accepted, among the events of messages', async () => {
      const { arrive, dinged, eventsOf, openOf, store, corpId, users } = await dingWorld(open);
      await arrive();
      const { messageId: dingId } = await dinged();
      const second = await arrive();
      expect(await openOf(users.ann)).toEqual([dingId]);
      expect(await openOf(users.cho)).toEqual([]);
      expect(await eventsOf(users.ann)).toEqual(['1 message', '2 ding', '3 message']);
      expect(await eventsOf(users.ann, 1)).toEqual(['2 ding', '3 message']);
      expect([...(await store.inboxes.unreadByRobot(corpId, users.ann)).values()]).toEqual([2]);
      await store.markRead(corpId, users.ann, [second], start + 1);
      expect(await openOf(users.ann)).toEqual([dingId]);
    });

    test('numbers of DINGs rise by one in each organization', async () => {
      const { dinged, ding } = await dingWorld(open);
      const sent = await Promise.all([dinged(), dinged(), dinged()]);
      expect(sent.map(({ messageId }) => messageId).sort()).toEqual([1, 2, 3]);
      expect(await ding({ userCodes: ['nobody'] })).toEqual({ refused: 'receivers' });
      expect((await dinged()).messageId).toBe(4);
    });

    test('only the first read counts, and only of a receiver', async () => {
      const { dinged, eventsOf, store, corpId, users, openOf } = await dingWorld(open);
      const key = await dinged();
      const read = (userId: number, at: number) =>
        store.dings.markRead(corpId, userId, [key.messageId, key.messageId, 99], at, 'seen');
      expect(await read(users.cho, start)).toEqual([]);
      expect(await read(users.ann, start - 5)).toEqual([key.messageId]);
      expect(await read(users.ann, start + 9)).toEqual([]);
      const receivers = must(await store.dings.receivers(key));
      expect(receivers.map(({ code, readAt }) => [code, readAt])).toEqual([
        ['ann', start],
        ['bob', null],
      ]);
      expect(await openOf(users.ann)).toEqual([]);
      expect(await eventsOf(users.ann)).toEqual(['1 ding', '2 dingRead']);
    });

    test('of concurrent reads one counts', async () => {
      const { dinged, store, corpId, users } = await dingWorld(open);
      const { messageId } = await dinged();
      const reads = Array.from({ length: 8 }, (_, i) =>
        store.dings.markRead(corpId, users.ann, [messageId], start + i, 'mark'),
      );
      expect((await Promise.all(reads)).flat()).toEqual([messageId]);
    });

    test('a recall deletes the text, closes all copies, keeps the reads, and has an effect once', async () => {
      const { dinged, eventsOf, store, corpId, users, openOf } = await dingWorld(open);
      const key = await dinged();
      await store.dings.markRead(corpId, users.bob, [key.messageId], start + 1, 'seen');
      const touched = must(await store.dings.recall(key, start + 2));
      expect(touched.map(({ userId }) => userId).sort()).toEqual([users.ann, users.bob].sort());
      expect(await store.dings.recall(key, start + 3)).toEqual([]);
      expect(await openOf(users.ann)).toEqual([]);
      expect(await store.dings.markRead(corpId, users.ann, [key.messageId], start + 4, 'seen')).toEqual([]);
      expect(must(await store.dings.receivers(key)).map(({ readAt }) => readAt)).toEqual([null, start + 1]);
      expect(await eventsOf(users.ann)).toEqual(['1 dingRecall', '2 dingRecall']);
      expect(JSON.stringify(await store.dump())).not.toContain('Wake up');
    });

    test('the key of another robot, organization or send finds nothing', async () => {
      const { dinged, store, foreigner } = await dingWorld(open);
      const key = await dinged();
      const others = [{ robotId: 99 }, { corpId: foreigner.corpId }, { sentAt: start + 1 }, { messageId: 9 }];
      for (const other of others) {
        expect(await store.dings.receivers({ ...key, ...other })).toBeUndefined();
        expect(await store.dings.recall({ ...key, ...other }, start)).toBeUndefined();
      }
    });

    test('users who block the robot get no DING, unless it is unblockable', async () => {
      const { ding, store, corpId, users, robot, openOf } = await dingWorld(open);
      await store.blocks.choose(corpId, users.ann, robot, { blocked: true }, start);
      expect(await ding()).toMatchObject({ accepted: { filtered: ['ann'], invalid: [] } });
      expect(await openOf(users.ann)).toEqual([]);
      await ding({ robot: { ...robot, unblockable: true } });
      expect(await openOf(users.ann)).toHaveLength(1);
    });

    test('the rate counts accepted DINGs of a robot in a minute, also of a slightly slower clock', async () => {
      const { ding } = await dingWorld(open);
      const accepted = expect.objectContaining({ accepted: expect.anything() });
      const later = { perMinute: 2, sentAt: start + minute };
      expect(await ding({ ...later, userCodes: ['nobody'] })).toEqual({ refused: 'receivers' });
      expect(await ding(later)).toEqual(accepted);
      expect(await ding({ ...later, sentAt: start + minute - 1 })).toEqual(accepted);
      expect(await ding(later)).toEqual({ refused: 'rate' });
      expect(await ding({ ...later, sentAt: start + 2 * minute })).toEqual(accepted);
    });

    test('of concurrent DINGs, no more than the rate and the quota allow are accepted', async () => {
      const { ding, store, corpId } = await dingWorld(open);
      const countAccepted = async (given: Partial<NewDing>) =>
        (await Promise.all(Array.from({ length: 12 }, () => ding(given)))).filter((one) => 'accepted' in one).length;
      expect(await countAccepted({ perMinute: 5 })).toBe(5);
      await store.dings.putQuota(corpId, 2, 7);
      expect(await countAccepted({ channel: 2, sentAt: start + minute })).toBe(3);
      expect(await store.dings.quotas(corpId)).toEqual({
        sms: { quota: 7, used: 6 },
        phone: { quota: null, used: 0 },
      });
    });

    test('a DING that the quota refuses does not count against the rate, and leaves no trace', async () => {
      const { ding, store, corpId } = await dingWorld(open);
      await store.dings.putQuota(corpId, 3, 1);
      const before = JSON.stringify((await store.dump()).tables.dings);
      expect(await ding({ channel: 3, perMinute: 1 })).toEqual({ refused: 'quota' });
      expect(JSON.stringify((await store.dump()).tables.dings)).toBe(before);
      expect(await ding({ perMinute: 1 })).toHaveProperty('accepted');
    });

    test('a repeated code returns the first DING, and a refused DING releases its code', async () => {
      const { ding, openOf, users } = await dingWorld(open);
      const idempotency = { code: 'ding/send a', since: start - day, content: 'x' };
      expect(await ding({ idempotency, perMinute: 0 })).toHaveProperty('accepted');
      const again = await Promise.all([ding({ idempotency }), ding({ idempotency })]);
      expect(again.map((one) => 'touched' in one && one.touched)).toEqual([[], []]);
      expect(await openOf(users.ann)).toHaveLength(1);
      const other = { code: 'ding/send b', since: start - day };
      expect(await ding({ idempotency: other, userCodes: ['nobody'] })).toEqual({ refused: 'receivers' });
      expect(await ding({ idempotency: other })).toHaveProperty('touched');
    });

    test('the outbox lists deliveries newest first, by channel and state', async () => {
      const { dinged, store, corpId, users } = await dingWorld(open);
      const first = await dinged({ channel: 2 });
      await dinged({ channel: 3, voice: 'v' });
      await store.dings.markRead(corpId, users.bob, [first.messageId], start, 'seen');
      const list = async (channels: readonly number[], states: readonly ('unread' | 'read')[], limit = 9) => {
        const after = [Number.MAX_SAFE_INTEGER, 0] as const;
        const found = await store.dings.outbox({ corpId, channels, states, after, limit });
        return found.map(({ dingId, userCode, state }) => `${dingId} ${userCode} ${state}`);
      };
      expect(await list([1, 2, 3], ['unread', 'read'])).toEqual([
        '2 ann unread',
        '2 bob unread',
        '1 ann unread',
        '1 bob read',
      ]);
      expect(await list([2], ['unread'])).toEqual(['1 ann unread']);
      expect(await list([2, 3], ['read', 'unread'], 3)).toHaveLength(3);
    });

    test('retention removes old DINGs with their events, and keeps the numbers of the stream', async () => {
      const { dinged, eventsOf, store, corpId, users, arrive } = await dingWorld(open);
      const old = await dinged({ sentAt: early });
      await dinged({ sentAt: early + 1 });
      const kept = await dinged({ sentAt: early + day });
      expect(await store.dings.prune(corpId, early + day, 1)).toBe(1);
      expect(await store.dings.prune(corpId, early + day, 9)).toBe(1);
      expect(await store.dings.prune(corpId, early + day, 9)).toBe(0);
      expect(await store.dings.receivers(old)).toBeUndefined();
      expect(await store.dings.receivers(kept)).toHaveLength(2);
      const events = await eventsOf(users.ann);
      expect(events.at(-1)).toBe('3 ding');
      if (!store.driver.daily) expect(events).toEqual(['3 ding']);
      await arrive({ sentAt: early + day });
      expect((await eventsOf(users.ann)).at(-1)).toBe('4 message');
    });

    test('removing a message does not keep older events because of a DING with a larger number', async () => {
      const { dinged, arrive, eventsOf, store, corpId, users } = await dingWorld(open);
      await arrive({ sentAt: early });
      for (let i = 0; i < 3; i++) await dinged({ sentAt: early });
      await arrive({ sentAt: early + day });
      await store.prune(corpId, early + day, 9);
      if (!store.driver.daily) expect(await eventsOf(users.ann)).toEqual(['5 message']);
    });
  });
}
