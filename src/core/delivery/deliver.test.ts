import { describe, expect, onTestFinished, test } from 'vitest';
import { queryRow, sql } from '../../store/engine/sql.ts';
import type { Pending, Robot, Touched } from '../../store/model.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { createTestClock } from '../clock.ts';
import { createEvents } from '../events.ts';
import { createDeliverer } from './deliver.ts';
import type { Attempt } from './upstream.ts';

const start = Date.UTC(2026, 0, 1);
const corpId = 1;
const robot: Robot = {
  corpId,
  id: 1,
  code: 'r',
  name: 'R',
  appId: 1,
  disabled: false,
  perUserPerMinute: 0,
  perUserPerDay: 0,
  unblockable: false,
  coolAppCode: null,
};

/** Creates a store with two users, a frozen clock, and a deliverer whose upstream returns `here.outcome`. */
async function scene() {
  const store = await openStore(':memory:');
  await store.putUsers(corpId, [
    { code: 'ann', name: 'A' },
    { code: 'bob', name: 'B' },
  ]);
  const clock = createTestClock();
  clock.freeze(true);
  await clock.set(start);
  const attempts: string[] = [];
  const delivered: { messageId: number; touched: readonly Touched[]; lag: number }[] = [];
  const arrived = new Map<number, readonly Touched[]>();
  const errors: string[] = [];
  const events = createEvents();
  const here = { outcome: (_message: Pending): Attempt | Promise<Attempt> => 'delivered' };
  const deliverer = createDeliverer({
    store,
    clock,
    events,
    upstream: {
      attempt(message) {
        attempts.push(`${message.messageId} at ${(clock.now() - start) / 1000}`);
        return here.outcome(message);
      },
    },
    log: { debug() {}, info() {}, warn() {}, error: (_fields, message) => void errors.push(message) },
    onArrived: ({ messageId }, touched) => void arrived.set(messageId, touched),
    onDelivered: ({ messageId }, lag) => void delivered.push({ messageId, touched: arrived.get(messageId) ?? [], lag }),
  });
  onTestFinished(async () => {
    await deliverer.close();
    await store.close();
  });
  const send = async (): Promise<Pending> => {
    const given = { corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: ['ann', 'bob'], sentAt: clock.now() };
    const accepted = await store.accept(given);
    if (!accepted) throw new Error('the send was not accepted');
    return {
      corpId,
      messageId: accepted.messageId,
      robotId: robot.id,
      sentAt: accepted.sentAt,
      state: 'queued',
      conversationId: null,
      isRecalled: false,
    };
  };
  return { store, clock, deliverer, events, attempts, delivered, errors, here, send };
}

async function stateOf(store: Store, { messageId }: Pending): Promise<string | undefined> {
  return (await store.receipt(corpId, messageId))?.state;
}

async function pragma(store: Store, words: string): Promise<void> {
  const statement = sql(words, `pragma ${words}`);
  await store.driver.read(() => queryRow(statement));
}

describe('a delivery', () => {
  test('puts a message into its inboxes, wakes their subscribers, and reports how long it took', async () => {
    const { store, clock, deliverer, events, delivered, send } = await scene();
    const message = await send();
    const woken: number[] = [];
    for (const userId of [1, 2, 3]) events.subscribe(corpId, userId, () => void woken.push(userId));
    await clock.advance(40);
    deliverer.deliver(message);
    await deliverer.idle();
    expect(await stateOf(store, message)).toBe('delivered');
    expect(woken.sort()).toEqual([1, 2]);
    const touched = [1, 2].map((userId) => ({ corpId, userId }));
    expect(delivered).toEqual([{ messageId: message.messageId, touched, lag: 40 }]);
  });

  test('is reported once, however often the message is delivered or resumed', async () => {
    const { deliverer, delivered, send } = await scene();
    const message = await send();
    for (let i = 0; i < 3; i++) {
      deliverer.deliver(message);
      await deliverer.resume();
    }
    await deliverer.idle();
    deliverer.deliver(message);
    await deliverer.idle();
    expect(delivered).toHaveLength(1);
  });

  test('that is held waits until undelivered messages are resumed', async () => {
    const { store, clock, deliverer, attempts, here, send } = await scene();
    here.outcome = () => 'held';
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    await clock.advance(3_600_000);
    expect([await stateOf(store, message), attempts]).toEqual(['queued', ['1 at 0']]);
    here.outcome = () => 'delivered';
    await deliverer.resume();
    expect(await stateOf(store, message)).toBe('delivered');
  });

  test('that is scheduled for a time is made at that time', async () => {
    const { store, clock, deliverer, attempts, here, send } = await scene();
    here.outcome = ({ sentAt }) => (clock.now() < sentAt + 90_000 ? { until: sentAt + 90_000 } : 'delivered');
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    await clock.advance(89_999);
    expect(await stateOf(store, message)).toBe('queued');
    await clock.advance(1);
    expect(await stateOf(store, message)).toBe('delivered');
    expect(attempts).toEqual(['1 at 0', '1 at 90']);
  });
});

describe('a message that waits for a time', () => {
  test('keeps its position among others of the same time when it is sent or resumed again', async () => {
    const { clock, deliverer, delivered, here, send } = await scene();
    here.outcome = ({ sentAt }) => (clock.now() < sentAt + 60_000 ? { until: sentAt + 60_000 } : 'delivered');
    const messages = [await send(), await send(), await send()];
    for (const message of messages) deliverer.deliver(message);
    await deliverer.idle();
    for (const message of messages.slice(0, 1)) deliverer.deliver(message);
    await deliverer.idle();
    await clock.advance(60_000);
    expect(delivered.map(({ messageId }) => messageId)).toEqual(messages.map(({ messageId }) => messageId));
  });

  test('waits for the new time if it has changed', async () => {
    const { clock, deliverer, attempts, here, send } = await scene();
    here.outcome = () => ({ until: start + 60_000 });
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    here.outcome = () => (clock.now() < start + 30_000 ? { until: start + 30_000 } : 'delivered');
    await deliverer.resume();
    await clock.advance(90_000);
    expect(attempts).toEqual(['1 at 0', '1 at 0', '1 at 30']);
  });
});

describe('an attempt that fails', () => {
  test('is made again after 5 s, then twice as long each time, up to 10 min', async () => {
    const { clock, deliverer, attempts, errors, here, send } = await scene();
    here.outcome = () => Promise.reject(new Error('the network is down'));
    deliverer.deliver(await send());
    await deliverer.idle();
    await clock.advance(4_000_000);
    const times = attempts.map((attempt) => Number(attempt.split(' at ')[1]));
    const waits = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600, 600, 600]);
    expect(new Set(errors)).toEqual(new Set(['a delivery failed and will be tried again']));
  });

  test('is followed by one that succeeds', async () => {
    const { store, clock, deliverer, delivered, here, send } = await scene();
    here.outcome = () => Promise.reject(new Error('the network is down'));
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    here.outcome = () => 'delivered';
    await clock.advance(5_000);
    expect(await stateOf(store, message)).toBe('delivered');
    expect(delivered).toMatchObject([{ lag: 5_000 }]);
  });

  test('without an outcome sets the state of the message to unknown, and is made again', async () => {
    const { store, clock, deliverer, attempts, errors, here, send } = await scene();
    here.outcome = () => 'unknown';
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    expect(await stateOf(store, message)).toBe('unknown');
    await clock.advance(14_999);
    expect(attempts).toEqual(['1 at 0', '1 at 5']);
    here.outcome = () => 'delivered';
    await clock.advance(1);
    expect(attempts.at(-1)).toBe('1 at 15');
    expect([await stateOf(store, message), errors]).toEqual(['delivered', []]);
  });

  test('because the disk is full is made again once there is space', async () => {
    const { store, clock, deliverer, errors, send } = await scene();
    const messages = await Promise.all(Array.from({ length: 300 }, send));
    await pragma(store, 'max_page_count = 1');
    for (const message of messages) deliverer.deliver(message);
    await deliverer.idle();
    expect(errors.length).toBeGreaterThan(0);
    expect(await store.pendingCount()).toBeGreaterThan(0);
    await pragma(store, 'max_page_count = 100000');
    await clock.advance(5_000);
    expect(await store.pendingCount()).toBe(0);
    expect(await store.inboxes.unreadByRobot(corpId, 1)).toEqual(new Map([[robot.id, 300]]));
  });
});

describe('resuming', () => {
  test('delivers all messages that an earlier process left undelivered, page by page', async () => {
    const { store, deliverer, attempts, send } = await scene();
    const messages = await Promise.all(Array.from({ length: 1203 }, send));
    await store.lose(corpId, messages[7]?.messageId ?? 0);
    await deliverer.resume();
    expect(await store.pendingCount()).toBe(0);
    expect(new Set(attempts).size).toBe(1203);
    expect(attempts).toHaveLength(1203);
  });

  test('schedules one next attempt for each message, however often it is repeated', async () => {
    const { clock, deliverer, attempts, here, send } = await scene();
    here.outcome = () => 'unknown';
    deliverer.deliver(await send());
    await deliverer.idle();
    for (let i = 0; i < 5; i++) await deliverer.resume();
    expect(attempts).toHaveLength(6);
    await clock.advance(5_000);
    expect(attempts).toHaveLength(7);
    await clock.advance(10_000);
    expect(attempts).toHaveLength(8);
  });

  test('rejects if the store cannot be read, and the deliverer still becomes idle and closes', async () => {
    const { store, deliverer } = await scene();
    await store.close();
    await expect(deliverer.resume()).rejects.toThrow();
    await deliverer.idle();
    await deliverer.close();
  });
});

describe('closing', () => {
  test('waits for attempts that are running, also for those started by the clock', async () => {
    const { store, clock, deliverer, here, send } = await scene();
    const late = Promise.withResolvers<Attempt>();
    const begun = Promise.withResolvers<void>();
    here.outcome = () => ({ until: start + 1_000 });
    const message = await send();
    deliverer.deliver(message);
    await deliverer.idle();
    here.outcome = () => {
      begun.resolve();
      return late.promise;
    };
    const advancing = clock.advance(1_000);
    await begun.promise;
    let closed = false;
    const closing = deliverer.close().then(() => {
      closed = true;
    });
    await new Promise(setImmediate);
    expect(closed).toBe(false);
    late.resolve('delivered');
    await Promise.all([closing, advancing]);
    expect(await stateOf(store, message)).toBe('delivered');
  });

  test('cancels all later attempts', async () => {
    const { clock, deliverer, attempts, here, send } = await scene();
    here.outcome = () => 'unknown';
    deliverer.deliver(await send());
    await deliverer.idle();
    await deliverer.close();
    await clock.advance(3_600_000);
    deliverer.deliver(await send());
    await deliverer.resume();
    expect(attempts).toEqual(['1 at 0']);
  });
});
