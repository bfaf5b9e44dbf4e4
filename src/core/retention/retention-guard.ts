import type { Share } from '../../store/retention-share.ts';
import type { Store } from '../../store/store.ts';
import { wireError } from '../../wire/errors.ts';
import { makeChanges } from '../console/changes.ts';
import type { Operator } from '../console/operators.ts';
import type { Context, LiveDirectory, Log } from '../context.ts';

/** A sweep that waits for a confirmation; times are epoch milliseconds. */
export type HeldRetention = {
  /** The clock's time when the sweep was held. */
  readonly now: number;
  /** The newest time that the database knew. */
  readonly knownTime: number;
  /** How many messages would be removed; an estimate if there are many. */
  readonly messages: number;
  /** How many messages there are; an estimate if there are many. */
  readonly total: number;
};

/**
 * `jumped`: the clock is far ahead of the newest time in the database, but little would be removed. `held`: nothing may
 * be removed.
 */
export type Verdict = 'normal' | 'jumped' | 'held';

/** Prevents a wrong clock from removing data that is not old. */
export type RetentionGuard = {
  /** Decides whether a sweep at this time (epoch ms) may remove what is due. */
  check(now: number): Promise<Verdict>;
  /** Records that a sweep at this time (epoch ms) has finished. */
  swept(now: number): Promise<void>;
  /** Whether a sweep waits for a confirmation. */
  isHeld(): boolean;
  /** Starts timers that call `sweep` when a held sweep has been confirmed, and record the time in the database. */
  start(sweep: () => Promise<void>): void;
  close(): void;
};

/** The ages, in milliseconds, from which a sweep removes data. */
export type Ages = Pick<Context['options'], 'retention' | 'statisticsRetention' | 'auditRetention'>;

const hour = 3_600_000;
const day = 24 * hour;

/** Milliseconds. A clock that is further ahead of the newest time in the database may be wrong. */
const largestStep = hour;

/** The share of the stored data that a sweep may remove after such a step. */
const largestShare = 0.1;

/** Milliseconds between two records of the time, by the machine's clock. */
const recordEvery = 5 * 60_000;
/** Milliseconds between two checks for a confirmation, by the machine's clock. */
const checkEvery = 2000;

/** Milliseconds after which a hold is renewed, so that a confirmation covers the current time. */
const renewEvery = 10 * 60_000;

const knownTimeSetting = 'knownTime';
const heldSetting = 'heldRetention';

type Parts = {
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly log: Log;
  readonly now: () => number;
  readonly ages: Ages;
  /** Whether the operator has confirmed the first sweep by `--confirm-retention`. */
  readonly isConfirmed: boolean;
};

/**
 * Creates the guard of one process. If the clock is more than an hour ahead of the newest time in the database, a sweep
 * that would remove more than a tenth of the data waits until an operator confirms it. Otherwise a machine that starts
 * with its clock, say, a year ahead would remove all messages.
 */
export function createRetentionGuard({ store, directory, log, now, ages, isConfirmed }: Parts): RetentionGuard {
  let confirmed = isConfirmed;
  let held: HeldRetention | undefined;
  let timers: NodeJS.Timeout[] = [];
  const isStep = async (at: number) => at - (await readKnownTime(store, directory, at)) > largestStep;
  const hold = async (found: HeldRetention) => {
    if (!held) {
      const fields = { ...found, now: iso(found.now), knownTime: iso(found.knownTime) };
      log.warn(
        fields,
        'retention waits: the clock is far ahead of the newest time in the database; if it is right, confirm in the console or restart with --confirm-retention',
      );
    }
    held = found;
    await store.putSetting(heldSetting, JSON.stringify(found));
  };
  const checkHeld = async (sweep: () => Promise<void>) => {
    if (held && !(await isStep(now()))) await sweep();
    else if (held && now() - held.now > renewEvery) await hold({ ...held, now: now() });
  };
  const record = async () => {
    if (!(await isStep(now()))) await store.putSetting(knownTimeSetting, String(now()));
  };
  const logErrors = (work: Promise<void>) =>
    void work.catch((err: unknown) => log.debug({ err }, 'cannot record the time, or look for a confirmation'));
  return {
    async check(at) {
      if (confirmed || !(await isStep(at))) return 'normal';
      const { messages, others } = await countDue(store, directory, ages, at);
      if (![messages, ...others].some(({ due, total }) => due > total * largestShare)) return 'jumped';
      const known = await readKnownTime(store, directory, at);
      await hold({ now: at, knownTime: known, messages: messages.due, total: messages.total });
      return 'held';
    },
    async swept(at) {
      confirmed = false;
      held = undefined;
      await store.putSetting(knownTimeSetting, String(at));
      const left = await readHeld(store);
      // A hold from the future belongs to another process, whose clock is still ahead.
      if (left && left.now <= at + largestStep) await store.dropSetting(heldSetting);
    },
    isHeld: () => held !== undefined,
    start(sweep) {
      timers = [
        setInterval(() => logErrors(checkHeld(sweep)), checkEvery),
        setInterval(() => logErrors(record()), recordEvery),
      ].map((timer) => timer.unref());
    },
    close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/**
 * Returns the newest time in the database: that of the last sweep or record; before the first of those, that of the
 * newest message.
 */
async function readKnownTime(store: Store, directory: LiveDirectory, now: number): Promise<number> {
  const recorded = await store.setting(knownTimeSetting);
  if (recorded !== undefined) return Number(recorded);
  const corpIds = directory.now.organizations().map(({ corpId }) => corpId);
  let newest: number | undefined;
  for (const corpId of corpIds) {
    const sent = await store.shares.newestSent(corpId);
    if (sent !== undefined) newest = Math.max(newest ?? sent, sent);
  }
  return Number(await store.ensureSetting(knownTimeSetting, String(newest ?? now)));
}

async function countDue(store: Store, directory: LiveDirectory, ages: Ages, now: number) {
  // Databases that partition messages by day remove whole days.
  const cutoff = now - ages.retention;
  const before = store.driver.daily ? cutoff - (cutoff % day) : cutoff;
  const messages: Share[] = [];
  const others: Share[] = [await store.shares.ofAudit(now - ages.auditRetention)];
  for (const { corpId } of directory.now.organizations()) {
    messages.push(await store.shares.ofMessages(corpId, before));
    others.push(await store.shares.ofHours(corpId, now - ages.statisticsRetention));
    others.push(await store.shares.ofMedia(corpId, cutoff));
  }
  const sum = (pick: (share: Share) => number) => messages.reduce((all, share) => all + pick(share), 0);
  return { messages: { due: sum(({ due }) => due), total: sum(({ total }) => total) }, others };
}

const iso = (at: number) => new Date(at).toISOString();

/** Returns the sweep that waits for a confirmation, in any process. */
async function readHeld(store: Store): Promise<HeldRetention | undefined> {
  const text = await store.setting(heldSetting);
  return text === undefined ? undefined : (JSON.parse(text) as HeldRetention);
}

/** Returns the state of the installation that concerns operators: the held sweep, or null. */
export async function getInstallationStatus({ store }: Context) {
  return { heldRetention: (await readHeld(store)) ?? null };
}

/** Confirms that the clock is right, so that the held sweep may run. Throws `huizhi.conflict` if none is held. */
export async function confirmRetention(context: Context, operator: Operator) {
  const held = await readHeld(context.store);
  if (!held)
    throw wireError('huizhi.conflict', {
      why: 'no sweep is held',
      fill: { reason: 'no sweep waits for a confirmation' },
    });
  const { now, messages } = held;
  const change = { retentionConfirmed: { knownTime: [knownTimeSetting, String(now)], held: heldSetting } } as const;
  const entry = { corpId: 0, action: 'retention.confirm', target: 'retention', was: null, became: { now, messages } };
  await makeChanges(context, operator, [change], entry);
  return getInstallationStatus(context);
}
