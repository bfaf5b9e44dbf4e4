import type { Context } from './context.ts';

/** What is under way after the start, beside the first requests. */
export type WarmUp = {
  /** Resolves when everything is in memory, or when it was closed. */
  readonly done: Promise<void>;
  close(): Promise<void>;
};

/** Messages in one step: less than a millisecond of reading. */
const step = 200;

/**
 * Milliseconds that the first requests have for themselves. V8 compiles for good in the first seconds under load, and what it sees
 * then of much garbage that was not theirs cost each later answer two microseconds in most processes.
 */
const quietTime = 6_000;

/** What reading ahead needs. */
export type WarmUpContext = Pick<Context, 'store' | 'clock' | 'directory' | 'log'> & {
  readonly options: Pick<Context['options'], 'readWindow'>;
};

/**
 * Takes the receipts that may still be asked for into memory, newest first, so that the first question for each costs no more than the
 * second. Between two steps everybody else has a turn. What it does not come to, the first question brings.
 */
export function createWarmUp({ store, clock, directory, options, log }: WarmUpContext, delay = quietTime): WarmUp {
  let closed = false;
  const quiet = Promise.withResolvers<void>();
  // Of the machine's time: a frozen clock must not stop it.
  const timer = setTimeout(quiet.resolve, delay).unref();
  const run = async () => {
    await quiet.promise;
    const since = clock.now() - options.readWindow;
    for (const { corpId } of directory.now.organizations()) {
      let before: number | undefined = Number.MAX_SAFE_INTEGER;
      while (before !== undefined && !closed) {
        before = await store.keepReceipts(corpId, before, since, step);
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
