import type { Store } from '../store/store.ts';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** Where backups are written, how often (milliseconds), and how many stay. */
export type BackupPlan = { readonly folder: string; readonly every: number; readonly keep: number };

export type BackupSchedule = { close(): void };

/** Milliseconds after a failed backup until the next attempt, unless backups are made more often. */
const retryAfter = 15 * 60_000;

/**
 * Writes backups of the database into a folder. The first one is due when the newest in the folder is old enough, or at
 * once if there is none. A failed one is logged and tried again.
 */
export function createBackupSchedule(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  { folder, every, keep }: BackupPlan,
): BackupSchedule {
  let isClosed = false;
  let cancel = () => {};
  const backUp = async (): Promise<number> => {
    try {
      const { backUpIntoFolder, findNewestBackup } = await import('../store/backup/folder.ts');
      const due = (findNewestBackup(folder) ?? Number.NEGATIVE_INFINITY) + every;
      // A backup of the future is one from before the clock was set back.
      if (due > clock.now() && due <= clock.now() + every) return due;
      const started = clock.now();
      log.info(await backUpIntoFolder(store.driver, folder, started, keep), 'wrote a backup');
      return started + every;
    } catch (err) {
      if (!isClosed) log.error({ err, folder }, 'the backup failed, and will be tried again');
      return clock.now() + Math.min(every, retryAfter);
    }
  };
  const schedule = (time: number) => {
    if (isClosed) return;
    cancel = clock.at(time, () => backUp().then(schedule));
  };
  schedule(clock.now());
  return {
    /** A backup that is being made ends when the store is closed. */
    close() {
      isClosed = true;
      cancel();
    },
  };
}
