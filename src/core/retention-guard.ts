import type { Share } from '../store/retention-share.ts';
import type { Store } from '../store/store.ts';
import { wireError } from '../wire/errors.ts';
import { makeChanges } from './console/changes.ts';
import type { Operator } from './console/operators.ts';
import type { Context, LiveDirectory, Log } from './context.ts';

/** A sweep that waits for a confirmation; times are epoch milliseconds. */
export type HeldRetention = {
  /** What the clock said when the sweep was held, and the newest time that the database knew. */
  readonly now: number;
  readonly knownTime: number;
  /** How many messages would be removed, of how many; estimates if they are many. */
  readonly messages: number;
  readonly total: number;
};

/** `jumped`: the clock is far ahead of what the database knows, but little would be removed. */
export type Verdict = 'normal' | 'jumped' | 'held';

/** Keeps a wrong clock from removing what is not old. */
export type RetentionGuard = {
  /** Decides whether a sweep at a time may remove what is due then. */
  check(now: number): Promise<Verdict>;
  /** Records that a sweep at a time has been made. */
  swept(now: number): Promise<void>;
  isHeld(): boolean;
  /** Calls `sweep` when a held sweep has been confirmed, and keeps the database's newest time up to date. */
  start(sweep: () => Promise<void>): void;
  close(): void;
};

/** What a sweep removes, by age in milliseconds. */
export type Ages = Pick<Context['options'], 'retention' | 'statisticsRetention' | 'auditRetention'>;

const hour = 3_600_000;
const day = 24 * hour;

/** A clock that is further ahead of the newest time in the database may be wrong. */
const largestStep = hour;

/** A sweep after such a step may remove this share of what is kept. */
const largestShare = 0.1;

/** Milliseconds of the machine between two records of the time, and between two looks for a confirmation. */
const recordEvery = 5 * 60_000;
const lookEvery = 2000;

/** A hold is renewed after so many milliseconds, so that its confirmation covers the present. */
const renewEvery = 10 * 60_000;

const knownTimeSetting = 'knownTime';
const heldSetting = 'heldRetention';

type Parts = {
  readonly store: Store;
  readonly directory: LiveDirectory;
  readonly log: Log;
  readonly now: () => number;
  readonly ages: Ages;
  /** The operator has confirmed the first sweep by an option. */
  readonly isConfirmed: boolean;
};

/**
 * Creates the guard of one process. After a step of more than an hour against the newest time that the database knows, a sweep that would
 * remove more than a tenth waits until an operator confirms it. (A machine that starts with its clock three days ahead would otherwise
 * remove all that is younger than that.)
 */
export function createRetentionGuard({ store, directory, log, now, ages, isConfirmed }: Parts): RetentionGuard {
  let confirmed = isConfirmed;
  let held: HeldRetention | undefined;
  let timers: NodeJS.Timeout[] = [];
  const isStep = async (at: number) => at - (await knownTime(store, directory, at)) > largestStep;
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
  const look = async (sweep: () => Promise<void>) => {
    if (held && !(await isStep(now()))) await sweep();
    else if (held && now() - held.now > renewEvery) await hold({ ...held, now: now() });
  };
  const record = async () => {
    if (!(await isStep(now()))) await store.putSetting(knownTimeSetting, String(now()));
  };
  const quietly = (work: Promise<void>) =>
    void work.catch((err: unknown) => log.debug({ err }, 'cannot record the time, or look for a confirmation'));
  return {
    async check(at) {
      if (confirmed || !(await isStep(at))) return 'normal';
      const { messages, others } = await dueAt(store, directory, ages, at);
      if (![messages, ...others].some(({ due, total }) => due > total * largestShare)) return 'jumped';
      const known = await knownTime(store, directory, at);
      await hold({ now: at, knownTime: known, messages: messages.due, total: messages.total });
      return 'held';
    },
    async swept(at) {
      confirmed = false;
      held = undefined;
      await store.putSetting(knownTimeSetting, String(at));
      const left = await heldRetention(store);
      // One from the future is that of another process whose clock is still ahead.
      if (left && left.now <= at + largestStep) await store.dropSetting(heldSetting);
    },
    isHeld: () => held !== undefined,
    start(sweep) {
      timers = [
        setInterval(() => quietly(look(sweep)), lookEvery),
        setInterval(() => quietly(record()), recordEvery),
      ].map((timer) => timer.unref());
    },
    close() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** The newest time that the database knows: of the last sweep or record, before the first one of the newest message. */
async function knownTime(store: Store, directory: LiveDirectory, now: number): Promise<number> {
  const recorded = await store.setting(knownTimeSetting);
  if (recorded !== undefined) return Number(recorded);
  const corpIds = directory.now.organizations().map(({ corpId }) => corpId);
  let newest: number | undefined;
  for (const corpId of corpIds) {
    const sent = await store.shares.newestSent(corpId);
    if (sent !== undefined) newest = Math.max(newest ?? sent, sent);
  }
  return Number(await store.keepSetting(knownTimeSetting, String(newest ?? now)));
}

async function dueAt(store: Store, directory: LiveDirectory, ages: Ages, now: number) {
  // By whole days where messages are kept by day.
  const cutoff = now - ages.retention;
  const before = store.driver.daily ? cutoff - (cutoff % day) : cutoff;
  const messages: Share[] = [];
  const others: Share[] = [await store.shares.ofAudit(now - ages.auditRetention)];
  for (const { corpId } of directory.now.organizations()) {
    messages.push(await store.shares.ofMessages(corpId, before));
    others.push(await store.shares.ofHours(corpId, now - ages.statisticsRetention));
  }
  const sum = (pick: (share: Share) => number) => messages.reduce((all, share) => all + pick(share), 0);
  return { messages: { due: sum(({ due }) => due), total: sum(({ total }) => total) }, others };
}

const iso = (at: number) => new Date(at).toISOString();

/** The sweep that waits for a confirmation, on whichever process. */
async function heldRetention(store: Store): Promise<HeldRetention | undefined> {
  const text = await store.setting(heldSetting);
  return text === undefined ? undefined : (JSON.parse(text) as HeldRetention);
}

/** What an operator has to know of the installation. */
export async function installationStatus({ store }: Context) {
  return { heldRetention: (await heldRetention(store)) ?? null };
}

/** Confirms that the clock is right and the held sweep may remove what is due. Throws `huizhi.conflict` when none is held. */
export async function confirmRetention(context: Context, operator: Operator) {
  const held = await heldRetention(context.store);
  if (!held) throw wireError('huizhi.conflict', { why: 'no sweep is held', fill: { reason: 'no sweep waits' } });
  const { now, messages } = held;
  const change = { retentionConfirmed: { knownTime: [knownTimeSetting, String(now)], held: heldSetting } } as const;
  const entry = { corpId: 0, action: 'retention.confirm', target: 'retention', was: null, became: { now, messages } };
  await makeChanges(context, operator, [change], entry);
  return installationStatus(context);
}
