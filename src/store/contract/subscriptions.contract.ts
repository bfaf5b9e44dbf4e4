import { describe, expect, test } from 'vitest';
import type { Work } from '../engine/sql.ts';
import type { Store } from '../store.ts';
import type { DeliveryRecord, EventDelivery } from '../subscriptions/deliveries.ts';
import type { Subscription } from '../subscriptions/subscriptions.ts';
import { day, must, type Open, opened, start, type World, world } from './world.contract.ts';

/** Creates a subscription to the events of an organization. */
export async function aSubscription(
  { store, corpId }: Pick<World, 'store' | 'corpId'>,
  given: Partial<Subscription> = {},
): Promise<Subscription> {
  const one: Subscription = {
    ...{ corpId, id: await store.number('subscription'), form: 'endpoint', code: 'ep_1', description: '' },
    url: 'https://example.com/a',
    ...{ types: ['receipt.read'], secret: 'sealed', oldSecret: 'sealed before', oldSecretUntil: start, disabled: 'no' },
    ...{ position: 0, owner: 0, revision: 0, dropped: 0, createdAt: start },
    ...given,
  };
  await store.subscriptions.create(one);
  return must(await store.subscriptions.byCode(one.corpId, one.form, one.code));
}

/** Returns a delivery of an event after its first attempt, which has failed. */
export const aDelivery = (seq: number, given: Partial<EventDelivery> = {}): EventDelivery => ({
  ...{ seq, state: 'waiting', tries: 1, dueAt: start + 5000, triedAt: start, status: 503, answer: 'busy', duration: 3 },
  ...given,
});

const record = (given: Partial<DeliveryRecord>): DeliveryRecord => ({
  ...{ fresh: [], repeated: [], position: 0, dropped: 0, removed: [], isGone: false, releaseAt: undefined },
  ...given,
});

const always = { begin: 0, end: 99 * start, triedAfter: 0, triedTo: 99 * start };

const audit = (corpId: number) => ({
  ...{ corpId, at: start, actor: 'x', action: 'a', target: 't', was: null, became: null },
});

/** Uses the verbs for subscriptions, except those about all organizations. */
export async function useSubscriptions(scene: World): Promise<void> {
  const { store, corpId } = scene;
  const { subscriptions } = store;
  const one = await aSubscription(scene);
  await scene.arrive();
  await subscriptions.record(one, record({ fresh: [aDelivery(1), aDelivery(2)], position: 2 }));
  await subscriptions.record(one, record({ repeated: [aDelivery(1, { tries: 2 })], removed: [2], releaseAt: start }));
  await subscriptions.waiting(corpId, one.id, 21);
  await subscriptions.waitingCount(corpId, one.id);
  await subscriptions.triedBeyond(corpId, one.id, 0);
  await subscriptions.page(corpId, 0, 20);
  await subscriptions.deliveries(one, undefined, 99, 20);
  await subscriptions.deliveries(one, 'waiting', 99, 20);
  await subscriptions.counts(corpId, one.id, 1000);
  await subscriptions.eventsAt(corpId, [1, 2]);
  await subscriptions.failed(one, always, 200);
  await subscriptions.takeFailed([one], always, 200, start);
  await subscriptions.sendAgain(corpId, one.id, 1, start, audit(corpId));
  await subscriptions.replay(corpId, one.id, 1, audit(corpId));
  await subscriptions.change(corpId, one.id, { disabled: 'operator' });
  await subscriptions.prune(corpId, start, 200);
  await subscriptions.remove(corpId, one.id, audit(corpId));
}

/** Inserts subscriptions of 20 organizations with their deliveries, so many that a plan without an index would be slow. */
export const insertSubscriptions = `
    insert into subscriptions (corp_id, id, code, form, url, description, secret, disabled, position, owner, revision,
        dropped, created_at)
      select 100 + n % 20, 9000 + n, 'e' || n, 0, 'u', '', 's', 1, 0, 0, 0, 0, 0 from generate_series(1, 5000) n;
    insert into event_deliveries (corp_id, subscription_id, seq, state, tries, due_at, tried_at)
      select 100 + n % 20, 9000 + n % 50, n, n % 3, 1, n, n from generate_series(1, 20000) n;`;

async function scene(open: Open) {
  const made = await world((await opened(open)).store);
  const one = await aSubscription(made);
  const read = async (): Promise<Subscription> =>
    must(await made.store.subscriptions.byCode(made.corpId, 'endpoint', one.code));
  return { ...made, subscriptions: made.store.subscriptions, one, read };
}

/** Records the names of the statements in transactions. Returns a function that ends it. */
function recordStatements({ driver }: Store, names: string[]): () => void {
  const { write } = driver;
  function* recording<T>(work: Work<T>): Work<T> {
    let step = work.next();
    while (!step.done) {
      names.push(step.value.statement.name);
      step = work.next(yield step.value);
    }
    return step.value;
  }
  Object.assign(driver, { write: <T>(body: () => Work<T>) => write.call(driver, () => recording(body())) });
  return () => void Object.assign(driver, { write });
}

const offsetsOf = async (store: Store, corpId: number) =>
  (await store.subscriptions.events(corpId, 0, 99)).map(({ offset }) => offset);

export function describeSubscriptions(open: Open): void {
  describe('subscriptions to events', () => {
    test('a subscription begins after the newest event, and is found in its organization alone', async () => {
      const made = await world((await opened(open)).store);
      await made.arrive();
      const one = await aSubscription(made);
      expect(one.position).toBe((await offsetsOf(made.store, made.corpId)).at(-1));
      const { subscriptions } = made.store;
      expect(await subscriptions.page(made.corpId, 0, 9)).toEqual([one]);
      expect(await subscriptions.page(made.foreigner.corpId, 0, 9)).toEqual([]);
      expect(await subscriptions.byCode(made.foreigner.corpId, 'endpoint', one.code)).toBeUndefined();
      await expect(aSubscription(made)).rejects.toMatchObject({ reason: 'taken' });
    });

    test('an app has a subscription of its own form, which is no endpoint, under a code that an endpoint may have', async () => {
      const made = await scene(open);
      const { subscriptions, one, corpId, foreigner, store } = made;
      const given = { form: 'stream', url: '', secret: '', oldSecret: null, types: ['robot_msg_read'] } as const;
      const stream = await aSubscription(made, given);
      expect(stream).toMatchObject({ ...given, code: one.code });
      expect(await subscriptions.byCode(foreigner.corpId, 'stream', one.code)).toBeUndefined();
      expect(await subscriptions.page(corpId, 0, 9)).toEqual([one]);
      expect((await subscriptions.owned(undefined)).map(({ form }) => form)).toEqual(['endpoint', 'stream']);
      await expect(aSubscription(made, given)).rejects.toMatchObject({ reason: 'taken' });
      await subscriptions.record(stream, record({ fresh: [aDelivery(1)], position: 1 }));
      expect(await subscriptions.waitingCount(corpId, one.id)).toBe(0);
      expect(await subscriptions.remove(corpId, one.id)).toBe(true);
      expect(await subscriptions.waiting(corpId, stream.id, 9)).toEqual([aDelivery(1)]);
      expect(await store.subscriptions.exist()).toBe(true);
    });

    test('results and position are recorded together, under the revision and the owner that a process knows', async () => {
      const { subscriptions, one, corpId, read, arrive } = await scene(open);
      await arrive();
      const results = record({ fresh: [aDelivery(1), aDelivery(2, { state: 'delivered', dueAt: null })], position: 2 });
      const stale = [
        { ...one, revision: 9 },
        { ...one, owner: 9 },
        { ...one, id: 999 },
        { ...one, corpId: 999 },
      ];
      for (const key of stale) expect(await subscriptions.record(key, results)).toBe(false);
      expect(await subscriptions.deliveries(one, undefined, 99, 9)).toEqual([]);
      expect(await subscriptions.record(one, { ...results, dropped: 3 })).toBe(true);
      expect(await read()).toEqual({ ...one, position: 2, dropped: 3 });
      expect((await subscriptions.deliveries(one, undefined, 99, 9)).map(({ seq, state }) => [seq, state])).toEqual([
        [2, 'delivered'],
        [1, 'waiting'],
      ]);
      expect(await subscriptions.waiting(corpId, one.id, 9)).toEqual([aDelivery(1)]);
      expect([...(await subscriptions.triedBeyond(corpId, one.id, 1))]).toEqual([2]);
    });

    test('an endpoint that is gone is disabled with its last result, and gets nothing until it is enabled', async () => {
      const { subscriptions, one, corpId, read } = await scene(open);
      await subscriptions.record(one, record({ fresh: [aDelivery(1)], isGone: true }));
      expect(await read()).toMatchObject({ disabled: 'gone', revision: 1 });
      expect(await subscriptions.owned(undefined)).toEqual([]);
      expect(await subscriptions.record(await read(), record({ fresh: [aDelivery(2)] }))).toBe(false);
      await subscriptions.change(corpId, one.id, { disabled: 'no' });
      expect(await subscriptions.owned(undefined)).toEqual([{ ...one, revision: 2 }]);
    });

    test('an endpoint that works again makes its waiting deliveries due', async () => {
      const { subscriptions, one, corpId } = await scene(open);
      const later = aDelivery(1, { dueAt: start + day });
      await subscriptions.record(one, record({ fresh: [later, aDelivery(2, { state: 'failed', dueAt: null })] }));
      await subscriptions.record(one, record({ releaseAt: start + 1 }));
      expect(await subscriptions.waiting(corpId, one.id, 9)).toEqual([{ ...later, dueAt: start + 1 }]);
      expect(await subscriptions.counts(corpId, one.id, 9)).toEqual({ waiting: 1, failed: 1 });
    });

    test('a replay sends the events after a number again, also those that were tried', async () => {
      const { subscriptions, one, corpId, store, read, arrive } = await scene(open);
      await arrive();
      await arrive();
      const offsets = await offsetsOf(store, corpId);
      const tried = offsets.map((seq) => aDelivery(seq));
      await subscriptions.record(one, record({ fresh: tried, position: must(offsets.at(-1)) }));
      await subscriptions.replay(corpId, one.id, 2, audit(corpId));
      expect(await read()).toMatchObject({ position: offsets[1], revision: 1 });
      expect((await subscriptions.deliveries(one, undefined, 1e15, 9)).map(({ seq }) => seq)).toEqual([
        offsets[1],
        offsets[0],
      ]);
      await subscriptions.replay(corpId, one.id, 1e9, audit(corpId));
      expect((await read()).position).toBe(offsets.at(-1));
      expect(await subscriptions.replay(corpId, 999, 1, audit(corpId))).toBeUndefined();
    });

    test('one event can be sent again by its number, if it was sent before', async () => {
      const { subscriptions, one, corpId, store, read, arrive } = await scene(open);
      await arrive();
      const [seq = 0] = await offsetsOf(store, corpId);
      await subscriptions.record(one, record({ fresh: [aDelivery(seq, { state: 'failed', tries: 10, dueAt: null })] }));
      expect(await subscriptions.sendAgain(corpId, one.id, 1, start + 9, audit(corpId))).toBe(true);
      const again = await subscriptions.waiting(corpId, one.id, 9);
      expect(again).toEqual([aDelivery(seq, { tries: 0, dueAt: start + 9 })]);
      expect((await read()).revision).toBe(1);
      for (const number of [2, 3, 99]) {
        expect(await subscriptions.sendAgain(corpId, one.id, number, start, audit(corpId))).toBe(false);
      }
    });

    test('subscriptions of processes that have ended are taken over by one', async () => {
      const { subscriptions, store, corpId } = await scene(open);
      await store.processes.join(5);
      await aSubscription({ store, corpId }, { code: 'ep_2', owner: 5 });
      await aSubscription({ store, corpId }, { code: 'ep_3', owner: 6 });
      await store.processes.join(7);
      const claimed = await Promise.all([subscriptions.owned(7), subscriptions.owned(5)]);
      const codes = claimed.flat().map(({ code }) => code);
      expect([...new Set(codes)].sort()).toEqual(['ep_1', 'ep_2', 'ep_3']);
      expect((await subscriptions.owned(7)).length + (await subscriptions.owned(5)).length).toBe(3);
      await store.processes.strike(5);
      expect((await subscriptions.owned(7)).map(({ code }) => code).sort()).toEqual(['ep_1', 'ep_2', 'ep_3']);
    });

    test('reading a message takes the same statements with a subscription as without', async () => {
      const made = await world((await opened(open)).store);
      const { store, corpId, users, arrive } = made;
      const recorded = async (messageId: number) => {
        const names: string[] = [];
        const stop = recordStatements(store, names);
        await store.markRead(corpId, users.ann, [messageId], start + 1);
        stop();
        return names;
      };
      await recorded(await arrive());
      const without = await recorded(await arrive());
      await aSubscription(made);
      expect(await recorded(await arrive())).toEqual(without);
      expect(without).toContain('mark_read');
    });

    test('failed events are listed until they are taken, and one that fails again is listed again', async () => {
      const { subscriptions, one, corpId, foreigner } = await scene(open);
      const failed = (seq: number, eventAt: number, triedAt = start) => {
        return { ...aDelivery(seq, { state: 'failed', dueAt: null, triedAt }), eventAt };
      };
      const fresh = [failed(1, start - 1), failed(2, start - 3), failed(3, start - 2, start + 1), aDelivery(4)];
      await subscriptions.record(one, record({ fresh }));
      const list = async (range = {}, limit = 9) =>
        (await subscriptions.failed(one, { ...always, ...range }, limit)).map(({ offset }) => offset);
      expect(await list()).toEqual([2, 3, 1]);
      expect(await list({}, 2)).toEqual([2, 3]);
      expect(await list({ begin: start - 2, end: start - 2 })).toEqual([3]);
      expect(await list({ triedTo: start })).toEqual([2, 1]);
      expect(await list({ triedAfter: start })).toEqual([3]);
      expect(await subscriptions.failed({ corpId: foreigner.corpId, id: one.id }, always, 9)).toEqual([]);
      const take = (limit: number) => subscriptions.takeFailed([one], always, limit, start);
      expect(await take(2)).toMatchObject({ taken: [{ offset: 2 }, { offset: 3 }], hasMore: true });
      expect(await list()).toEqual([1]);
      const both = await Promise.all([take(9), take(9)]);
      expect(both.flatMap(({ taken }) => taken.map(({ offset }) => offset))).toEqual([1]);
      expect(await list()).toEqual([]);
      expect((await subscriptions.deliveries(one, 'failed', 99, 9)).map(({ seq }) => seq)).toEqual([3, 2, 1]);
      expect(await subscriptions.sendAgain(corpId, one.id, 1, start, audit(corpId))).toBe(true);
      const changed = must(await subscriptions.byCode(corpId, 'endpoint', one.code));
      await subscriptions.record(changed, record({ repeated: [failed(1, start - 1)] }));
      expect(await list()).toEqual([1]);
    });

    test('a deleted subscription loses what waits, and retention removes what has ended', async () => {
      const { subscriptions, one, corpId, store, foreigner } = await scene(open);
      const ended = aDelivery(2, { state: 'delivered', dueAt: null });
      await subscriptions.record(
        one,
        record({ fresh: [aDelivery(1), ended, { ...ended, seq: 3, triedAt: start + day }] }),
      );
      expect(await subscriptions.prune(foreigner.corpId, start + 1, 9)).toBe(0);
      expect(await subscriptions.prune(corpId, start + 1, 9)).toBe(1);
      expect((await subscriptions.deliveries(one, undefined, 99, 9)).map(({ seq }) => seq)).toEqual([3, 1]);
      expect(await subscriptions.remove(corpId, one.id, audit(corpId))).toBe(true);
      expect(await subscriptions.remove(corpId, one.id, audit(corpId))).toBe(false);
      expect((await subscriptions.deliveries(one, undefined, 99, 9)).map(({ seq }) => seq)).toEqual([3]);
      expect(await store.subscriptions.exist()).toBe(false);
    });
  });
}
