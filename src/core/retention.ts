import { idempotencyWindow } from '../wire/limits.ts';
import type { Context } from './context.ts';
import type { RetentionGuard } from './retention-guard.ts';

/** Removes what is kept no longer. */
export type Retention = {
  /**
   * Removes everything that is due now; resolves when it is gone. Where messages are kept by day they go by whole days, and room is made for
   * tomorrow; elsewhere, and for what was before days were kept, they go in small steps.
   */
  sweep(): Promise<void>;
  close(): Promise<void>;
};

const every = 60 * 60_000;

/** Messages in one step: with 20 recipients each a millisecond or two of writing. */
const step = 4;

/** Entries of the audit log in one step. */
const auditStep = 100;

/** What a sweep needs. */
export type SweepContext = Pick<Context, 'store' | 'clock' | 'directory' | 'log'> & {
  readonly options: Pick<Context['options'], 'retention' | 'statisticsRetention' | 'auditRetention'>;
};

/** Sweeps every hour of the context's clock. Without a guard, as under a test's clock, every sweep removes what is due. */
export function createRetention(context: SweepContext, guard?: RetentionGuard): Retention {
  let closed = false;
  let running: Promise<void> | undefined;
  let cancel = () => {};
  const sweepOnce = async () => {
    const { store, clock, directory, options, log } = context;
    const { operator } = store;
    const [now, isClosed] = [clock.now(), () => closed];
    await store.driver.prepareDays(now);
    const verdict = (await guard?.check(now)) ?? 'normal';
    if (verdict === 'held') return;
    const days = closed ? 0 : await store.driver.dropDays(now - options.retention);
    if (days > 0) log.info({ days }, 'dropped the days past their retention');
    for (const { corpId } of directory.now.organizations()) {
      const messages = await stepwise(store, isClosed, () => store.prune(corpId, now - options.retention, step));
      if (messages > 0) log.info({ corpId, messages }, 'removed messages past their retention');
      const hourly = now - options.statisticsRetention;
      const hours = await stepwise(store, isClosed, async () => ((await operator.pruneHour(corpId, hourly)) ? 1 : 0));
      if (hours > 0) log.info({ corpId, hours }, 'removed statistics past their retention');
    }
    const audited = now - options.auditRetention;
    const entries = await stepwise(store, isClosed, () => operator.pruneAudit(audited, auditStep));
    if (entries > 0) log.info({ entries }, 'removed entries of the audit log past their retention');
    if (closed) return;
    await guard?.swept(now);
    // After a step of the clock tokens, sessions and answers stay for one more hour, in case the clock is wrong.
    if (verdict === 'jumped') return;
    await store.dropStale(clock.now(), clock.now() - idempotencyWindow);
  };
  const sweep = () => {
    running ??= sweepOnce().finally(() => {
      running = undefined;
    });
    return running;
  };
  const schedule = () => {
    const run = () => {
      schedule();
      return sweep().catch((error: unknown) => context.log.error({ err: error }, 'retention will be tried again'));
    };
    cancel = context.clock.at(context.clock.now() + every, run, every);
  };
  schedule();
  guard?.start(sweep);
  return {
    sweep,
    async close() {
      closed = true;
      cancel();
      guard?.close();
      await running?.catch(() => {});
    },
  };
}

/** Removes step by step until a step removes nothing; answers how many were removed. Space is given back on the way. */
async function stepwise({ driver }: Context['store'], isClosed: () => boolean, remove: () => Promise<number>) {
  let gone = 0;
  while (!isClosed()) {
    const started = performance.now();
    const now = await remove();
    if (now === 0) break;
    gone += now;
    await driver.tidy();
    await breathe(performance.now() - started);
  }
  return gone;
}

/** Leaves requests at least as much time as the step took, in milliseconds of the machine: a frozen clock must not stop a sweep. */
function breathe(took: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.ceil(took)));
}
