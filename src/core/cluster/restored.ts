import { advanceIfRestored } from '../../store/backup/origin.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../context.ts';
import { createRetry } from './retry.ts';

/** Moves the numbers of a database that was restored with other tools ahead; see `advanceIfRestored`. */
export async function advanceRestored({ driver }: Store, log: Log): Promise<void> {
  if (!(await advanceIfRestored(driver))) return;
  log.warn({}, 'the database was restored or moved: the numbers of its streams have moved ahead');
}

/** Notices that the database became another copy of itself while this process runs. */
export type RestoreWatch = {
  /**
   * Must be called when the connection to the database was lost and is back: a standby may have been promoted that lacks
   * the last writes.
   */
  check(): void;
  close(): void;
};

/** Creates the watch of one process. The database is known to be the right copy now. */
export async function createRestoreWatch(store: Store, log: Log): Promise<RestoreWatch> {
  let known = await store.driver.origin();
  const look = async () => {
    const origin = await store.driver.origin();
    if (origin === known) return;
    // Several processes notice it, and one of them moves the numbers. All of them drop what they know of the old copy.
    await advanceRestored(store, log);
    store.forget();
    known = origin;
  };
  const retry = createRetry(look, (err) =>
    log.debug({ err }, 'cannot check whether the database was restored, and will try again'),
  );
  return { check: () => void retry.begin(0), close: retry.close };
}
