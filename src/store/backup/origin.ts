import { type Driver, queryRow, sql, type Work } from '../engine/sql.ts';
import { dropSetting, putSetting, readSetting } from '../settings.ts';
import { advanceNumbers } from './advance.ts';

/** The setting with the origin of the database, as it was when the numbers were last known to be right. */
const originSetting = 'origin';

const selectOrganization = sql('select_any_organization', `select corp_id from organizations limit 1`);

/**
 * Moves the numbers of a database ahead if it was restored since its last start; see `advanceNumbers`. Its data then
 * names another origin than the driver does. A database with organizations and without an origin may be a backup of an
 * earlier version, so its numbers move ahead, too. Several processes may call this at once. Returns whether the numbers
 * have moved.
 */
export async function advanceIfRestored(driver: Driver): Promise<boolean> {
  const origin = await driver.origin();
  if (origin === undefined || !(await isElsewhere(driver, origin))) return false;
  return driver.alone(async () => {
    if (!(await isElsewhere(driver, origin))) return false;
    const isNew = (await driver.read(() => queryRow(selectOrganization))) === undefined;
    if (isNew) await driver.write(() => putSetting(originSetting, origin));
    else await advanceNumbers(driver, () => putSetting(originSetting, origin));
    return !isNew;
  });
}

/** Whether a database was restored, and its numbers have not moved ahead since. */
export async function isRestored(driver: Driver): Promise<boolean> {
  const origin = await driver.origin();
  return origin !== undefined && (await isElsewhere(driver, origin));
}

/** Returns the work that records the origin of a database whose numbers are right. */
export async function recordOrigin(driver: Driver): Promise<() => Work<void>> {
  const origin = await driver.origin();
  return () => (origin === undefined ? dropSetting(originSetting) : putSetting(originSetting, origin));
}

async function isElsewhere(driver: Driver, origin: string): Promise<boolean> {
  return (await driver.read(() => readSetting(originSetting))) !== origin;
}
