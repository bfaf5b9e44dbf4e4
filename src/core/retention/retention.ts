import { eventDeliveryRetention, eventRetention, idempotencyWindow } from '../../wire/limits.ts';
import type { LabelsOf } from '../../wire/metrics/table.ts';
import type { Clock } from '../clock.ts';
import type { Context } from '../context.ts';
import { dayOfNotices } from '../notices/days.ts';
import { pause } from '../pause.ts';
import { type Tracer, traced } from '../tracer.ts';
import type { RetentionGuard } from './retention-guard.ts';

/** Removes data past its retention. */
export type Retention = {
  /**
   * Removes all data past its retention; resolves when it is removed. If messages are partitioned by day, whole
   * partitions are dropped and the next ones created. Otherwise, and for messages older than the partitions, they are
   * deleted in small steps. Calls at the same time share a sweep; a later call during a sweep runs another one after it.
   */
  sweep(): Promise<void>;
  /** Returns when the last sweep was completed; before the first one, when this was created. In epoch milliseconds. */
  lastSuccess(): number;
  close(): Promise<void>;
};

const every = 60 * 60_000;

/** Messages deleted in one step: a millisecond or two if each has 20 recipients. */
const step = 4;

/** Events of groups, users and departments deleted in one step. */
const changesStep = 200;

/** Ended memberships deleted in one step. */
const membersStep = 200;

/** Rows about work notices deleted in one step. */
const noticeStep = 200;

/** Cards deleted in one step. */
const cardStep = 50;

/** Rows about which messages show cards deleted in one step. */
const cardDeliveryStep = 200;

/** Milliseconds that rows are kept longer than the messages that need them, whose partitions are dropped as whole days. */
const dayMargin = 2 * 86_400_000;

/** Deliveries of events deleted in one step. */
const deliveryStep = 200;

/** Entries of the audit log deleted in one step. */
const auditStep = 100;

/** What a sweep needs. */
export type SweepContext = Pick<Context, 'store' | 'clock' | 'directory' | 'log' | 'meters'> & {
  readonly options: Pick<Context['options'], 'retention' | 'statisticsRetention' | 'auditRetention'>;
  readonly tracer?: Tracer | undefined;
};

/** Removes the messages, DINGs, statistics, files and deleted custom robots of an organization past their retention. */
async function sweepOrganization(
  { store, directory, options, log, meters }: SweepContext,
  isClosed: () => boolean,
  corpId: number,
  now: number,
): Promise<void> {
  const count = (what: LabelsOf<'huizhi_retention_removed_total'>['what'], by: number) =>
    meters.count('huizhi_retention_removed_total', { what }, by);
  const messages = await removeMessages(store, isClosed, corpId, now - options.retention);
  count('messages', messages);
  if (messages > 0) log.info({ corpId, messages }, 'removed messages past their retention');
  await removeAll(store, isClosed, () => store.changes.prune(corpId, now - options.retention, changesStep));
  const dings = await removeAll(store, isClosed, () => store.dings.prune(corpId, now - options.retention, step));
  count('dings', dings);
  if (dings > 0) log.info({ corpId, dings }, 'removed DINGs past their retention');
  await removeAll(store, isClosed, () => store.talk.pruneEmotions(corpId, now - options.retention, noticeStep));
  await removeAll(store, isClosed, () => store.cards.prune(corpId, now - options.retention - dayMargin, cardStep));
  await removeAll(store, isClosed, () => store.cards.pruneDeliveries(corpId, cardDeliveryStep));
  await removeNotices(store, isClosed, corpId, now - options.retention, now);
  await removeAll(store, isClosed, () => store.subscriptions.prune(corpId, now - eventDeliveryRetention, deliveryStep));
  const hourly = now - options.statisticsRetention;
  const hours = await removeAll(store, isClosed, async () => Number(await store.operator.pruneHour(corpId, hourly)));
  count('statistics', hours);
  if (hours > 0) log.info({ corpId, hours }, 'removed statistics past their retention');
  const files = await removeAll(store, isClosed, async () =>
    Number(await store.media.removeDue(corpId, now - options.retention)),
  );
  count('files', files);
  if (files > 0) log.info({ corpId, files }, 'removed files past their retention');
  // Messages and statistics show the names of deleted custom robots.
  const deleted = now - Math.max(options.retention, options.statisticsRetention) - dayMargin;
  const robots = await removeAll(store, isClosed, () => store.customRobots.prune(corpId, deleted, step));
  if (robots > 0) await directory.refresh();
}

/** Returns the ages from which data is removed. While there is an endpoint, events stay until their last attempt. */
async function extendRetention({ store, options }: SweepContext): Promise<SweepContext['options']> {
  const isNeeded = await store.subscriptions.exist();
  return { ...options, retention: isNeeded ? Math.max(options.retention, eventRetention) : options.retention };
}

/** Removes everything past its retention. Returns when the sweep began; undefined if the process closes meanwhile. */
async function sweepAll(
  context: SweepContext,
  guard: RetentionGuard | undefined,
  isClosed: () => boolean,
): Promise<number | 'held' | undefined> {
  const { store, clock, directory, log } = context;
  const { operator } = store;
  const now = clock.now();
  const options = await extendRetention(context);
  await store.driver.prepareDays(now);
  await store.media.removeUnfinished();
  const verdict = (await guard?.check(now)) ?? 'normal';
  if (verdict === 'held') return 'held';
  const days = isClosed() ? 0 : await store.driver.dropDays(now - options.retention);
  context.meters.count('huizhi_retention_removed_total', { what: 'days' }, days);
  if (days > 0) log.info({ days }, 'dropped the days past their retention');
  for (const { corpId } of directory.now.organizations()) {
    await sweepOrganization({ ...context, options }, isClosed, corpId, now);
  }
  const audited = now - options.auditRetention;
  const entries = await removeAll(store, isClosed, () => operator.pruneAudit(audited, auditStep));
  context.meters.count('huizhi_retention_removed_total', { what: 'audit' }, entries);
  if (entries > 0) log.info({ entries }, 'removed entries of the audit log past their retention');
  if (isClosed()) return undefined;
  await guard?.swept(now);
  // After a jump of the clock, expired tokens, sessions and idempotency keys are kept for another hour, in case the
  // clock is wrong.
  if (verdict === 'jumped') return now;
  await store.deleteExpired(clock.now(), clock.now() - idempotencyWindow);
  await store.streams.prune(clock.now());
  return now;
}

/**
 * Starts hourly sweeps, by the context's clock. Without a guard, as with a test clock, every sweep removes what is due.
 */
export function createRetention(context: SweepContext, guard?: RetentionGuard): Retention {
  let closed = false;
  let cancel = () => {};
  let lastSuccess = context.clock.now();
  const count = (result: LabelsOf<'huizhi_retention_sweeps_total'>['result']) =>
    context.meters.count('huizhi_retention_sweeps_total', { result });
  const sweepAndCount = async () => {
    try {
      const swept = await traced(context, 'retention', () => sweepAll(context, guard, () => closed), {
        parent: 'root',
      });
      if (swept !== undefined) count(swept === 'held' ? 'held' : 'completed');
      if (typeof swept === 'number') lastSuccess = swept;
    } catch (error) {
      count('failed');
      throw error;
    }
  };
  const { sweep, ended } = createSweeps(context.clock, sweepAndCount, () => closed);
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
    lastSuccess: () => lastSuccess,
    async close() {
      closed = true;
      cancel();
      guard?.close();
      await ended();
    },
  };
}

/**
 * Creates a function that runs one sweep at a time. Calls at the same time share a sweep; a later call during a sweep
 * runs another one after it, since more may be due by then. `ended` resolves when the running one has ended.
 */
function createSweeps(clock: Clock, sweepOnce: () => Promise<void>, isClosed: () => boolean) {
  let running: { readonly at: number; readonly done: Promise<void> } | undefined;
  const ended = async () => running?.done.catch(() => {});
  const sweep = (): Promise<void> => {
    const at = clock.now();
    if (running?.at === at) return running.done;
    if (running) return ended().then(() => (isClosed() ? undefined : sweep()));
    const done = sweepOnce().finally(() => {
      running = undefined;
    });
    running = { at, done };
    return done;
  };
  return { sweep, ended };
}

/**
 * Removes the messages of an organization that were sent before a time, with the memberships that ended so long before
 * that no message needs them. Returns the number of messages.
 */
async function removeMessages(store: Context['store'], isClosed: () => boolean, corpId: number, before: number) {
  const messages = await removeInSteps(store, isClosed, async () => {
    if (await store.conversations.pruneStep(corpId, before)) return { removed: 0, isDone: false };
    const removed = await store.prune(corpId, before, step);
    return { removed, isDone: removed === 0 };
  });
  await removeAll(store, isClosed, () => store.conversations.pruneMembers(corpId, before - dayMargin, membersStep));
  return messages;
}

/**
 * Removes what is stored about work notices apart from their messages: the receivers of those whose messages are removed,
 * and who got which content on earlier days.
 */
async function removeNotices(
  store: Context['store'],
  isClosed: () => boolean,
  corpId: number,
  before: number,
  now: number,
): Promise<void> {
  await removeInSteps(store, isClosed, async () => {
    const removed = await store.notices.pruneStep(corpId, before - dayMargin, noticeStep);
    return { removed: removed === 'notice' ? 1 : 0, isDone: removed === undefined };
  });
  const yesterday = dayOfNotices(now) - 1;
  await removeAll(store, isClosed, () => store.notices.pruneContents(corpId, yesterday, noticeStep));
}

/** Repeats `remove` until it removes nothing, and returns the total. */
function removeAll(store: Context['store'], isClosed: () => boolean, remove: () => Promise<number>): Promise<number> {
  return removeInSteps(store, isClosed, async () => {
    const removed = await remove();
    return { removed, isDone: removed === 0 };
  });
}

/** The result of one step of a removal. */
type Removal = { readonly removed: number; readonly isDone: boolean };

/** Repeats `remove` until it is done, and returns the total. Frees disk space after each step. */
async function removeInSteps({ driver }: Context['store'], isClosed: () => boolean, remove: () => Promise<Removal>) {
  let removed = 0;
  while (!isClosed()) {
    const started = performance.now();
    const now = await remove();
    if (now.isDone) break;
    removed += now.removed;
    await driver.tidy();
    // As long as the step took, to leave time for requests.
    await pause(Math.ceil(performance.now() - started));
  }
  return removed;
}
