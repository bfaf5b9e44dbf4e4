import type { Context } from './context.ts';

/** What is under way at the start, beside the first requests. */
export type WarmUp = { close(): Promise<void> };

/** Messages in one step: less than a millisecond of reading. */
const step = 200;

/**
 * Takes the receipts that may still be asked for into memory, newest first, so that the first question for each costs no more than the
 * second. Between two steps everybody else has a turn. What it does not come to, the first question brings.
 */
export function createWarmUp({ store, clock, directory, options, log }: Context): WarmUp {
  let closed = false;
  const run = async () => {
    const since = clock.now() - options.readWindow;
    for (const { corpId } of directory.now.organizations()) {
      let before: number | undefined = Number.MAX_SAFE_INTEGER;
      while (before !== undefined && !closed) {
        before = await store.keepReceipts(corpId, before, since, step);
        await new Promise(setImmediate);
      }
    }
  };
  const running = run().catch((error: unknown) => log.warn({ err: error }, 'receipts could not be read ahead'));
  return {
    async close() {
      closed = true;
      await running;
    },
  };
}
