import type { Context } from './core/context.ts';
import type { BackupSchedule } from './core/retention/backup-schedule.ts';
import type { Retention } from './core/retention/retention.ts';
import type { App } from './http/app.ts';
import type { Metrics } from './metrics/metrics.ts';
import { createWatchVerbs } from './store/watched.ts';

/** Milliseconds for which a process reuses what it has read of the whole database. */
const reuseFor = 15_000;

/** What the gauges of a process read. */
export type Watched = {
  readonly context: Context;
  readonly app: App;
  readonly retention: Retention;
  /** Absent if no backups are scheduled. */
  readonly backups: BackupSchedule | undefined;
  /** Whether a retention sweep waits for a confirmation; absent in the emulator, where none does. */
  readonly isRetentionHeld: (() => boolean) | undefined;
  /** Milliseconds by which this machine is ahead of the database server; absent for SQLite. */
  readonly clockSkew: (() => number | undefined) | undefined;
  readonly version: string;
  readonly isDev: boolean;
};

/** Sets the functions that read the gauges on each scrape. */
export function watchGauges({ watch }: Pick<Metrics, 'watch'>, watched: Watched): void {
  const { context, app, retention, backups, isRetentionHeld, clockSkew, version } = watched;
  const { store, events, hub, secrets, lookups } = context;
  const { engine } = store.driver;
  watch('huizhi_build_info', () => [{ labels: { version, node: process.version.slice(1), engine }, value: 1 }]);
  watch('huizhi_streams', events.subscribers);
  watch('huizhi_stream_connections', () => hub.size());
  watch('huizhi_secret_checks_waiting', secrets.waiting);
  watch('huizhi_http_body_bytes', () => app.bodies().used);
  watch('huizhi_http_body_limit_bytes', () => app.bodies().limit);
  watch('huizhi_cache_requests_total', () =>
    [...lookups, ...Object.entries(store.lookups)].flatMap(([cache, [hits = 0, misses = 0]]) => [
      { labels: { cache, result: 'hit' }, value: hits },
      { labels: { cache, result: 'miss' }, value: misses },
    ]),
  );
  watch('huizhi_retention_last_success_timestamp_seconds', () => retention.lastSuccess() / 1000);
  if (isRetentionHeld) watch('huizhi_retention_held', () => (isRetentionHeld() ? 1 : 0));
  if (clockSkew) watch('huizhi_clock_skew_seconds', () => (clockSkew() ?? Number.NaN) / 1000);
  if (backups) watch('huizhi_backup_last_success_timestamp_seconds', () => backups.last().at / 1000);
  if (backups) watch('huizhi_backup_last_size_bytes', () => backups.last().bytes);
  watchQueues(watch, context);
  watchDatabase(watch, context, watched.isDev ? 0 : reuseFor);
  watchEngine(watch, context);
}

type Watch = Metrics['watch'];

/** Sets the gauges that are read on every scrape: the queue is short as a rule, and alerts need its state now. */
function watchQueues(watch: Watch, { store, clock, dispatcher }: Context): void {
  const { queue: readQueue } = createWatchVerbs(store.driver);
  const queue = createReuse(async () => readQueue(), 0);
  const ageOf = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, clock.now() - at) / 1000);
  watch('huizhi_queue_depth', async () => (await queue()).depth);
  watch('huizhi_queue_oldest_age_seconds', async () => ageOf((await queue()).oldest));
  watch('huizhi_database_up', () => isInTime(queue()));
  watch('huizhi_event_outbox_oldest_age_seconds', () => ageOf(dispatcher.oldest()));
}

/** Sets the gauges that need queries of the whole database. They share their results for some time. */
function watchDatabase(watch: Watch, { store }: Context, reuse: number): void {
  const { totals: readTotals } = createWatchVerbs(store.driver);
  const totals = createReuse(async () => readTotals(), reuse);
  const size = createReuse(async () => store.driver.size(), reuse);
  const media = createReuse(async () => store.media.allBytes(), reuse);
  watch('huizhi_database_size_bytes', size);
  watch('huizhi_media_bytes', media);
  watch('huizhi_event_outbox_depth', async () =>
    [...(await totals()).outbox].map(([form, value]) => ({ labels: { form }, value })),
  );
  watch('huizhi_event_retries_waiting', async () => (await totals()).retries);
  if (!store.driver.exclusive) watch('huizhi_processes', async () => (await totals()).processes);
}

/** Sets the gauges of the engine in this process. */
function watchEngine(watch: Watch, { store: { driver } }: Context): void {
  // Read once for all gauges of a scrape.
  const usage = createReuse(async () => driver.usage(), 0);
  const pool = async () => (await usage()).pool;
  watch('huizhi_database_log_bytes', async () => (await usage()).file?.log);
  watch('huizhi_database_free_bytes', async () => (await usage()).file?.free);
  watch('huizhi_database_connections', async () =>
    Object.entries((await pool())?.states ?? {}).map(([state, value]) => ({ labels: { state }, value })),
  );
  watch('huizhi_database_waiting', async () => (await pool())?.waiting);
  watch('huizhi_database_waits_total', async () => (await pool())?.waits);
  watch('huizhi_database_wait_seconds_total', async () => {
    const { waited } = (await pool()) ?? {};
    return waited === undefined ? undefined : waited / 1000;
  });
}

/** Returns a function that reads a value, or returns the last one if it is newer than `reuse` milliseconds. */
function createReuse<T>(read: () => Promise<T>, reuse: number): () => Promise<T> {
  let last: { readonly value: Promise<T>; readonly at: number } | undefined;
  let isReading = false;
  return () => {
    if (last && (isReading || performance.now() - last.at < reuse)) return last.value;
    isReading = true;
    const value = read().finally(() => {
      isReading = false;
    });
    last = { value, at: performance.now() };
    value.catch(() => {
      last = undefined;
    });
    return value;
  };
}

/** Milliseconds within which the database has to answer to count as available. */
const deadline = 1900;

/** Returns 1 if work resolves in time, otherwise 0. */
async function isInTime(work: Promise<unknown>): Promise<number> {
  const { promise: late, resolve } = Promise.withResolvers<number>();
  const timer = setTimeout(resolve, deadline, 0);
  const done = work.then(
    () => 1,
    () => 0,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
