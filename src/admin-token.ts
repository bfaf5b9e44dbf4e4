/** Replaces the admin token of an installation from its machine, without the old token. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Config } from './config/options.ts';
import { hashToken, randomText } from './core/access/secrets.ts';
import { resetAdminToken } from './core/access/server-secrets.ts';
import { handoffPath } from './core/access/token-handoff.ts';
import { StoreError } from './store/engine/sql.ts';
import { migrations } from './store/migrations/index.ts';
import { openExisting } from './store/open.ts';
import { Store } from './store/store.ts';

/** How long a running server may take to store the new token, in milliseconds. */
const patience = 15_000;

/** A new admin token. `by` is who has stored it: this process, or the server that has the database open. */
export type ReplacedToken = { readonly adminToken: string; readonly by: 'command' | 'server' };

/**
 * Generates an admin token and stores it in the place of the old one, or has a running server store it that has its
 * SQLite database open. With `isDryRun`, only checks that the database can be opened, and stores nothing. Rejects with
 * a StoreError if the database cannot be written.
 */
export async function replaceAdminToken(config: Config, isDryRun: boolean): Promise<ReplacedToken> {
  const adminToken = randomText(24);
  try {
    await storeToken(config, isDryRun ? undefined : hashToken(adminToken));
    return { adminToken, by: 'command' };
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'locked') throw error;
    if (!isDryRun) await handOver(config.database, hashToken(adminToken), error);
    return { adminToken, by: 'server' };
  }
}

async function storeToken({ database, databaseDirect }: Config, hash: string | undefined): Promise<void> {
  const options = { poolSize: 2, ...(databaseDirect !== undefined && { databaseDirect }) };
  const driver = await openExisting(database, options);
  try {
    const version = await driver.version();
    if (version > migrations.latest)
      throw new StoreError('newer', 'a newer huizhi has made the database: run that version');
    if (version < migrations.latest)
      throw new StoreError('unavailable', 'the database has the schema of an older huizhi', {
        advice: 'Run huizhi migrate, or the version that the server has.',
      });
    if (hash !== undefined) await resetAdminToken(new Store(driver), hash, Date.now());
  } finally {
    await driver.close();
  }
}

/** Waits until the running server has taken the file with the hash. Otherwise removes it and throws the given error. */
async function handOver(database: string, hash: string, locked: StoreError): Promise<void> {
  const path = handoffPath(database);
  rmSync(path, { force: true });
  writeFileSync(path, `${hash}\n`, { flag: 'wx', mode: 0o600 });
  const end = performance.now() + patience;
  while (existsSync(path)) {
    if (performance.now() > end) {
      rmSync(path, { force: true });
      const message = `the process that has ${database} open did not take the new token`;
      const advice = 'Change its HUIZHI_ADMIN_TOKEN if it has one; otherwise stop it, and try again.';
      throw new StoreError('unavailable', message, { cause: locked, advice });
    }
    await setTimeout(50);
  }
}
