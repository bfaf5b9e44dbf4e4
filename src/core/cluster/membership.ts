import { StoreError } from '../../store/engine/sql.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../context.ts';
import type { Deliverer } from '../delivery/deliver.ts';
import type { Dispatcher } from '../subscriptions/dispatcher-type.ts';
import type { SkewWatch } from './clock-skew.ts';

/**
 * The membership of this process among those on a database. Each delivers its own messages, and takes over those of
 * dead processes.
 */
export type Membership = {
  /** Sends a heartbeat, checks those of the other processes, and takes over undelivered messages of dead ones. */
  takeOver(): Promise<void>;
  /** Leaves the cluster. The other processes take over undelivered messages at once. */
  close(): Promise<void>;
};

/** Milliseconds between two heartbeats, by the machine's clock: with a frozen clock a process must not look dead. */
const heartbeatInterval = 500;

/**
 * Milliseconds without a heartbeat after which a process counts as dead. Including up to two heartbeat intervals,
 * another process takes over at most three seconds after its last heartbeat. If a process is alive but was too busy to
 * send one, it only loses its undelivered messages to another process; they are still delivered once.
 */
const deadAfter = 2000;

const pageSize = 500;

/** Heartbeats between two measurements of the clock skew, which are five seconds apart. */
const beatsPerSkew = 10;

/**
 * Heartbeats between two searches for messages without an owner while the list of processes stays the same. Such a
 * message is rare: its owner was removed from the list before it was committed, and has died since.
 */
const beatsPerSearch = 10;

type Parts = {
  readonly store: Store;
  readonly deliverer: Deliverer;
  readonly dispatcher: Dispatcher;
  readonly log: Log;
  /** Undefined if the process uses a test clock. */
  readonly skew: SkewWatch | undefined;
};

/**
 * Registers this process among those on the store's database, and starts its heartbeats. Rejects if the first write
 * fails.
 */
export async function joinProcesses({ store, deliverer, dispatcher, log, skew }: Parts): Promise<Membership> {
  const heartbeats = new Map<number, { beats: number; since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let closed = false;
  let isOutdated = false;
  let beatCount = 0;
  let own = 0;
  const takeOver = createTakeOver({ store, deliverer }, () => closed);
  const join = async () => {
    const id = await store.number('process');
    await store.processes.join(id);
    own = id;
  };
  const beatOnce = async () => {
    if (beatCount++ % beatsPerSkew === 0) await skew?.measure();
    const { counted, of } = await store.processes.beat(own);
    // Not counted: the others have declared this process dead and taken over its messages. It continues under a new id.
    if (!counted) await join();
    const dead = findDead(heartbeats, of, own);
    for (const [id, beats] of dead) await store.processes.strike(id, beats);
    // Another process may have changed a subscription, or have ended.
    if (!closed) void dispatcher.check();
    await takeOver(own, of, dead.length > 0);
  };
  const beat = () => {
    running = beatOnce().then(
      () => {
        isOutdated = false;
      },
      (err: unknown) => {
        // The other processes may have been unable to send heartbeats too, so none of them counts as silent yet.
        heartbeats.clear();
        if (!isNewer(err)) return log.warn({ err }, 'cannot check the other processes, and will try again');
        // Logged once: this lasts until the process is replaced by one of the newer release.
        if (!isOutdated) log.error({ err }, 'this process no longer writes');
        isOutdated = true;
      },
    );
    return running;
  };
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => void beat().then(schedule), heartbeatInterval);
    timer.unref();
  };
  await join();
  schedule();
  return {
    takeOver: beat,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
      // If the database is unavailable, the others notice by the missing heartbeats.
      await store.processes.strike(own).catch((err: unknown) => log.debug({ err }, 'cannot leave the cluster'));
    },
  };
}

type TakeOverParts = Pick<Parts, 'store' | 'deliverer'>;

/**
 * Returns a function that takes over the messages of processes that are no longer in the list, if that has changed or
 * the last search was long ago.
 */
function createTakeOver(parts: TakeOverParts, isClosed: () => boolean) {
  let covered = '';
  let count = 0;
  return async (own: number, processes: ReadonlyMap<number, number>, haveDied: boolean): Promise<void> => {
    const list = [own, ...[...processes.keys()].sort((a, b) => a - b)].join();
    const isDue = count++ % beatsPerSearch === 0;
    if (!haveDied && !isDue && list === covered) return;
    await takeOverMessages(parts, own, isClosed);
    covered = list;
  };
}

/** Delivers the undelivered messages of processes that are no longer in the list. */
async function takeOverMessages(
  { store, deliverer }: TakeOverParts,
  own: number,
  isClosed: () => boolean,
): Promise<void> {
  for (;;) {
    const orphans = await store.processes.claim(own, pageSize);
    for (const message of orphans) deliverer.deliver(message);
    if (isClosed() || orphans.length < pageSize) return;
    await deliverer.idle();
  }
}

const isNewer = (error: unknown) => error instanceof StoreError && error.reason === 'newer';

/**
 * Returns the processes without a new heartbeat for too long, with their last one. `heartbeats` stores when each one
 * was first seen.
 */
function findDead(
  heartbeats: Map<number, { beats: number; since: number }>,
  current: ReadonlyMap<number, number>,
  own: number,
): readonly (readonly [id: number, beats: number])[] {
  const now = performance.now();
  for (const id of heartbeats.keys()) if (!current.has(id)) heartbeats.delete(id);
  return [...current].filter(([id, beats]) => {
    const last = heartbeats.get(id);
    if (last?.beats !== beats) heartbeats.set(id, { beats, since: now });
    return id !== own && last?.beats === beats && now - last.since >= deadAfter;
  });
}
