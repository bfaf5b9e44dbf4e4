import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';
import { type Daily, findNextDaily } from './time-of-day.ts';

/**
 * Where backups are written, when, and how many stay. `every`: milliseconds from one to the next, or the time of day and
 * the days. `reserve`: bytes that stay free on the disk.
 */
export type BackupPlan = {
  readonly folder: string;
  readonly every: number | Daily;
  readonly keep: number;
  readonly reserve?: number;
};

export type BackupSchedule = {
  /** Returns the time of the newest backup (epoch milliseconds), and the bytes of the last one that was written here. */
  last(): { readonly at: number; readonly bytes: number };
  close(): void;
};

/** Milliseconds after a failed backup until the next attempt, unless backups are made more often. */
const retryAfter = 15 * 60_000;

/** The most milliseconds to wait at once: a machine may sleep, and its clock be set, meanwhile. */
const longestWait = 15 * 60_000;

/** Returns when the backup after one is due (epoch milliseconds). */
const findDue = (last: number, every: BackupPlan['every']) =>
  typeof every === 'number' ? last + every : findNextDaily(last, every);

/**
 * Writes backups of the database into a folder. The first one is due when the newest in the folder is old enough, or at
 * once if there is none. A failed one is logged and tried again. A time of day that has passed while no process ran is
 * made up for at the start.
 */
export function createBackupSchedule(
  { store, clock, log, meters }: Pick<Context, 'store' | 'clock' | 'log' | 'meters'>,
  { folder, every, ...rules }: BackupPlan,
): BackupSchedule {
  let isClosed = false;
  let cancel = () => {};
  let last = { at: 0, bytes: 0 };
  const count = (result: 'completed' | 'failed', by = 1) => meters.count('huizhi_backups_total', { result }, by);
  const backUp = async (): Promise<number> => {
    try {
      const { backUpIntoFolder, findNewestBackup, installationSetting } = await import('../../store/backup/folder.ts');
      const installation = await store.ensureSetting(installationSetting, randomBytes(4).toString('hex'));
      const [own, time] = [{ path: folder, installation }, clock.now()];
      const newest = findNewestBackup(own, time);
      last = { ...last, at: newest ?? 0 };
      const due = newest === undefined ? time : findDue(newest, every);
      if (due > time) return due;
      const written = await backUpIntoFolder(store.driver, own, { ...rules, time });
      last = { at: time, bytes: written.bytes };
      count('completed');
      log.info(written, 'wrote a backup');
      return findDue(time, every);
    } catch (err) {
      if (!isClosed) count('failed');
      if (!isClosed) log.error({ err, folder }, 'the backup failed, and will be tried again');
      return clock.now() + (typeof every === 'number' ? Math.min(every, retryAfter) : retryAfter);
    }
  };
  const schedule = (time: number) => {
    if (isClosed) return;
    const next = Math.min(time, clock.now() + longestWait);
    cancel = clock.at(next, () => (clock.now() < time ? schedule(time) : backUp().then(schedule)));
  };
  // Both series exist from the start, so that the first failure is visible as an increase.
  for (const result of ['completed', 'failed'] as const) count(result, 0);
  schedule(clock.now());
  return {
    last: () => last,
    /** A backup that is being made ends when the store is closed. */
    close() {
      isClosed = true;
      cancel();
    },
  };
}
