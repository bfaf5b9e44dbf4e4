import { StoreError } from '../engine/sql.ts';
import { migrations } from '../migrations/index.ts';
import { openExisting, type StoreOptions } from '../open.ts';
import { dropSetting } from '../settings.ts';
import { type VerifyOptions, verifyDatabase } from '../verify/verify.ts';
import { advanceNumbers } from './advance.ts';
import { installationSetting } from './folder.ts';
import { recordOrigin } from './origin.ts';
import type { Restored } from './restore.ts';

/**
 * Finishes the restore of a database that other tools have put in its place: migrates it, moves its numbers ahead, makes
 * it an installation of its own, and checks it.
 *
 * @throws StoreError `unavailable` if there is no huizhi in the database, `newer` if a newer huizhi has made it
 */
export async function finishRestore(
  database: string,
  options: StoreOptions,
  verifying: VerifyOptions,
): Promise<Restored> {
  const driver = await openExisting(database, options);
  try {
    const from = await driver.version();
    if (from === 0) throw new StoreError('unavailable', 'the database is empty', { advice: 'Restore it first.' });
    await driver.migrate(migrations);
    await driver.alone(async () => {
      const record = await recordOrigin(driver);
      await advanceNumbers(driver, function* () {
        yield* record();
        yield* dropSetting(installationSetting);
      });
    });
    return { from, to: await driver.version(), findings: await verifyDatabase(driver, verifying) };
  } finally {
    await driver.close();
  }
}
