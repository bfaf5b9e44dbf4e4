import { idempotencyWindow } from '../wire/limits.ts';
import type { Context } from './context.ts';

/** Removes what is kept no longer. */
export type Retention = {
  /** Removes everything that is due now, in small steps; resolves when it is gone. */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

const every = 60 * 60_000;

/** Messages in one step: with 20 recipients each a millisecond or two of writing. */
const step = 4;

/** What a sweep needs. */
export type SweepContext = Pick<Context, 'store' | 'clock' | 'directory' | 'log'> & {
  readonly options: Pick<Context['options'], 'retention'>;
};

/** Sweeps every hour of the context's clock. */
export function createRetention(context: SweepContext): Retention {
  let closed = false;
  let running: Promise<void> | undefined;
  let cancel = () => {};
  const sweepOnce = async () => {
    const { store, clock, directory, options, log } = context;
    const before = clock.now() - options.retention;
    for (const { corpId } of directory.now.organizations()) {
      let gone = 0;
      let last = 0;
      do {
        const started = performance.now();
        last = closed ? 0 : await store.prune(corpId, before, step);
        gone += last;
        if (last > 0) await store.driver.tidy();
        await breathe(performance.now() - started);
      } while (last > 0);
      if (gone > 0) log.info({ corpId, messages: gone }, 'removed messages past their retention');
    }
    if (closed) return;
    await store.dropStale(clock.now(), clock.now() - idempotencyWindow);
  };
  const sweep = () => {
    running ??= sweepOnce().finally(() => {
      running = undefined;
    });
    return running;
  };
  const schedule = () => {
    cancel = context.clock.at(context.clock.now() + every, () => {
      schedule();
      return sweep().catch((error: unknown) => context.log.error({ err: error }, 'retention will be tried again'));
    });
  };
  schedule();
  return {
    sweep,
    async close() {
      closed = true;
      cancel();
      await running?.catch(() => {});
    },
  };
}

/** Leaves requests at least as much time as the step took, in milliseconds of the machine: a frozen clock must not stop a sweep. */
function breathe(took: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(took)));
}
