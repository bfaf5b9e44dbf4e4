import { randomBytes } from 'node:crypto';
import type { Context } from '../context.ts';

/** Where backups are written, how often (milliseconds), and how many stay. `reserve`: bytes that stay free on the disk. */
export type BackupPlan = {
  readonly folder: string;
  readonly every: number;
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

/**
 * Writes backups of the database into a folder. The first one is due when the newest in the folder is old enough, or at
 * once if there is none. A failed one is logged and tried again.
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
      const due = (newest ?? Number.NEGATIVE_INFINITY) + every;
      if (due > time) return due;
      const written = await backUpIntoFolder(store.driver, own, { ...rules, time });
      last = { at: time, bytes: written.bytes };
      count('completed');
      log.info(written, 'wrote a backup');
      return time + every;
    } catch (err) {
      if (!isClosed) count('failed');
      if (!isClosed) log.error({ err, folder }, 'the backup failed, and will be tried again');
      return clock.now() + Math.min(every, retryAfter);
    }
  };
  const schedule = (time: number) => {
    if (isClosed) return;
    cancel = clock.at(time, () => backUp().then(schedule));
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
