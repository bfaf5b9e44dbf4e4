/** Replaces the admin token of an installation from its machine, without the old token. */
import { lstatSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Config } from './config/options.ts';
import { hashToken, randomText } from './core/access/secrets.ts';
import { resetAdminToken } from './core/access/server-secrets.ts';
import { type Handoff, locateHandoff, readHash, writeHash } from './core/access/token-handoff.ts';
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

/** Requests the running server to store the hash, and waits for its confirmation. Throws a StoreError without one. */
async function handOver(database: string, hash: string, cause: StoreError): Promise<void> {
  const handoff = locateHandoff(database);
  const { request, confirmation } = handoff;
  writeRequest(handoff, hash, cause);
  const end = performance.now() + patience;
  try {
    if (readHash(request, handoff) !== hash)
      throw new StoreError('unavailable', `this user does not own the database ${database}`, {
        advice: 'Run it as the user who runs the server, or as root.',
      });
    while (!isStored(handoff, hash)) {
      if (performance.now() > end) {
        const message = `the process that has ${database} open did not take the new token`;
        const advice = 'Change its HUIZHI_ADMIN_TOKEN if it has one; otherwise stop it, and try again.';
        throw new StoreError('unavailable', message, { cause, advice });
      }
      await setTimeout(50);
    }
    rmSync(confirmation, { force: true });
  } finally {
    if (readHash(request, handoff) === hash) rmSync(request, { force: true });
  }
}

/** Writes the request. Throws a StoreError if another command waits for the server; one that was killed does not count. */
function writeRequest(handoff: Handoff, hash: string, cause: StoreError): void {
  const { request } = handoff;
  const found = lstatSync(request, { throwIfNoEntry: false });
  if (found && Date.now() - found.mtimeMs > 2 * patience) rmSync(request, { force: true });
  try {
    writeHash(request, hash, handoff);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const message = 'another huizhi admin token reset waits for the server';
    const advice = `Use the token that it prints, or try again in ${(2 * patience) / 1000} seconds if there is none.`;
    throw new StoreError('unavailable', message, { cause, advice });
  }
}

/**
 * Whether the server has stored the hash. Throws a StoreError if it never will, because the request is gone or that of
 * another command: a server removes it when it starts.
 */
function isStored(handoff: Handoff, hash: string): boolean {
  // In this order: the server writes the confirmation before it removes the request.
  const isWaiting = readHash(handoff.request, handoff) === hash;
  if (readHash(handoff.confirmation, handoff) === hash) return true;
  if (isWaiting) return false;
  throw new StoreError('unavailable', 'the server, or another huizhi admin token reset, has removed the request', {
    advice: 'Try again.',
  });
}
