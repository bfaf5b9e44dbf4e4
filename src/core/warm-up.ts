import type { Context } from './context.ts';

/** Prefetching after the start, in the background. */
export type WarmUp = {
  /** Resolves when all receipts are in memory, reading has failed, or it was closed. */
  readonly done: Promise<void>;
  close(): Promise<void>;
};

/** Messages read in one step, which takes less than a millisecond. */
const step = 200;

/**
 * Milliseconds before the prefetch starts. In the first seconds under load V8 optimizes the code of requests. Measured:
 * if the garbage of the prefetch disturbs that, each later request takes two microseconds longer in most processes.
 */
export const quietTime = 6_000;

/** The part of the context that the warm-up uses. */
export type WarmUpContext = Pick<Context, 'store' | 'clock' | 'directory' | 'log'> & {
  readonly options: Pick<Context['options'], 'readWindow'>;
};

/**
 * Prefetches into memory all receipts that can still be queried, newest first, so that the first query of each is as
 * fast as the second. Other work runs between two steps. Receipts that were not prefetched are read by their first
 * query.
 */
export function createWarmUp({ store, clock, directory, options, log }: WarmUpContext, delay = quietTime): WarmUp {
  let closed = false;
  const quiet = Promise.withResolvers<void>();
  // By the machine's clock, because a frozen clock must not stop it.
  const timer = setTimeout(quiet.resolve, delay).unref();
  const run = async () => {
    await quiet.promise;
    const since = clock.now() - options.readWindow;
    for (const { corpId } of directory.now.organizations()) {
      let before: number | undefined = Number.MAX_SAFE_INTEGER;
      while (before !== undefined && !closed) {
        before = await store.prefetchReceipts(corpId, before, since, step);
        await new Promise(setImmediate);
      }
    }
  };
  const done = run().catch((error: unknown) => log.warn({ err: error }, 'receipts could not be read ahead'));
  return {
    done,
    async close() {
      closed = true;
      clearTimeout(timer);
      quiet.resolve();
      await done;
    },
  };
}
