import { StoreError } from '../../store/engine/sql.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../context.ts';
import type { Deliverer } from '../deliver.ts';
import type { SkewWatch } from './clock-skew.ts';

/** Makes this process one of several that deliver, each its own messages, and those of processes that are gone. */
export type TakeOver = {
  /** Says that this process lives, looks whether the others do, and takes over what the dead have left. */
  look(): Promise<void>;
  /** Leaves: the others take over at once what is not delivered. */
  close(): Promise<void>;
};

/** How often a process looks, in milliseconds of the machine; a frozen clock must not make it seem dead. */
const every = 500;

/**
 * After so many milliseconds without a sign a process is taken to be dead. From its last sign until another takes over it is up to two
 * looks more, three seconds in all. A process that lives and was too busy to say so loses nothing but its messages under way, which are
 * delivered once, whoever does it.
 */
const patience = 2000;

const pageSize = 500;

/** Looks between two comparisons of the clocks, which makes five seconds. */
const looksPerSkew = 10;

type Parts = {
  readonly store: Store;
  readonly deliverer: Deliverer;
  readonly log: Log;
  /** Absent where the process's clock is a test's. */
  readonly skew: SkewWatch | undefined;
};

/** Joins the processes on the store's database. */
export async function joinProcesses({ store, deliverer, log, skew }: Parts): Promise<TakeOver> {
  const signs = new Map<number, { beats: number; since: number }>();
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();
  let closed = false;
  let isOutdated = false;
  let looks = 0;
  let own = 0;
  const join = async () => {
    const id = await store.number('process');
    await store.processes.join(id);
    own = id;
  };
  const lookOnce = async () => {
    if (looks++ % looksPerSkew === 0) await skew?.measure();
    const { counted, of } = await store.processes.beat(own);
    // Whoever was silent for too long has lost its messages to others, and goes on under a new number.
    if (!counted) await join();
    for (const [id, beats] of deadOnes(signs, of, own)) await store.processes.strike(id, beats);
    for (;;) {
      const orphans = await store.processes.claim(own, pageSize);
      for (const message of orphans) deliverer.deliver(message);
      if (closed || orphans.length < pageSize) return;
      await deliverer.idle();
    }
  };
  const look = () => {
    looking = lookOnce().then(
      () => {
        isOutdated = false;
      },
      (err: unknown) => {
        // The others could not give a sign either, as far as anybody knows.
        signs.clear();
        if (!isNewer(err)) return log.warn({ err }, 'cannot look after the other processes, and will try again');
        // Said once: it stays so until somebody replaces this process.
        if (!isOutdated) log.error({ err }, 'this process no longer writes');
        isOutdated = true;
      },
    );
    return looking;
  };
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => void look().then(schedule), every);
    timer.unref();
  };
  await join();
  schedule();
  return {
    look,
    async close() {
      closed = true;
      clearTimeout(timer);
      await looking;
      // A database that is away learns by the missing signs.
      await store.processes.strike(own).catch((err: unknown) => log.debug({ err }, 'could not leave'));
    },
  };
}

const isNewer = (error: unknown) => error instanceof StoreError && error.reason === 'newer';

/** Those that have given no sign for too long, with the last that they gave; `signs` remembers when each was first seen. */
function deadOnes(
  signs: Map<number, { beats: number; since: number }>,
  of: ReadonlyMap<number, number>,
  own: number,
): readonly (readonly [id: number, beats: number])[] {
  const now = performance.now();
  for (const id of signs.keys()) if (!of.has(id)) signs.delete(id);
  return [...of].filter(([id, beats]) => {
    const last = signs.get(id);
    if (last?.beats !== beats) signs.set(id, { beats, since: now });
    return id !== own && last?.beats === beats && now - last.since >= patience;
  });
}
