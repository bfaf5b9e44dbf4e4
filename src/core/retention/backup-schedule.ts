import { randomBytes } from 'node:crypto';
import type { Store } from '../../store/store.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';

/** Where backups are written, how often (milliseconds), and how many stay. `reserve`: bytes that stay free on the disk. */
export type BackupPlan = {
  readonly folder: string;
  readonly every: number;
  readonly keep: number;
  readonly reserve?: number;
};

export type BackupSchedule = { close(): void };

/** Milliseconds after a failed backup until the next attempt, unless backups are made more often. */
const retryAfter = 15 * 60_000;

/**
 * Writes backups of the database into a folder. The first one is due when the newest in the folder is old enough, or at
 * once if there is none. A failed one is logged and tried again.
 */
export function createBackupSchedule(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  { folder, every, ...rules }: BackupPlan,
): BackupSchedule {
  let isClosed = false;
  let cancel = () => {};
  const backUp = async (): Promise<number> => {
    try {
      const { backUpIntoFolder, findNewestBackup, installationSetting } = await import('../../store/backup/folder.ts');
      const installation = await store.ensureSetting(installationSetting, randomBytes(4).toString('hex'));
      const [own, time] = [{ path: folder, installation }, clock.now()];
      const due = (findNewestBackup(own, time) ?? Number.NEGATIVE_INFINITY) + every;
      if (due > time) return due;
      log.info(await backUpIntoFolder(store.driver, own, { ...rules, time }), 'wrote a backup');
      return time + every;
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
