/**
 * Replaces the admin token of a server that has its SQLite database open, which no other process can write then. The
 * command that replaces it writes the hash of the new token to a file next to the database. The server stores the hash
 * and removes the file. Only the owner of the database, or root, can write a file that the server accepts.
 */
import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import type { Context } from '../context.ts';
import { resetAdminToken } from './server-secrets.ts';

/** How often the server looks for the file, in milliseconds. */
const interval = 1000;

/** The path of the file for a database. */
export const handoffPath = (database: string) => `${realpathSync(database)}-admin-token`;

/**
 * Starts to look for the file. One of an earlier command is removed: its token has never been printed. Returns undefined
 * if other processes can write the database.
 */
export function watchTokenHandoff(context: Context, database: string): { close(): Promise<void> } | undefined {
  const { store, log, clock, admissions } = context;
  if (!store.driver.exclusive || database === ':memory:') return undefined;
  const path = handoffPath(database);
  rmSync(path, { force: true });
  let running: Promise<void> | undefined;
  const take = async (hash: string) => {
    try {
      await resetAdminToken(store, hash, clock.now());
      rmSync(path, { force: true });
      log.warn({}, 'the admin token was replaced by huizhi admin token reset');
      // Streams of the old token end.
      admissions.receive();
    } catch (error) {
      log.error({ err: error }, 'the admin token could not be replaced');
    } finally {
      running = undefined;
    }
  };
  const timer = setInterval(() => {
    const hash = running ? undefined : readHandoff(path, database);
    if (hash !== undefined) running = take(hash);
  }, interval).unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

/**
 * Returns the hash in the file; undefined without a file, or if it is incomplete or others than the owner of the
 * database could have written it.
 */
export function readHandoff(path: string, database: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const { mode, nlink, uid } = fstatSync(file);
    const isPrivate = (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o022) === 0 && nlink === 1;
    if (!isPrivate || (uid !== 0 && uid !== statSync(database).uid)) return undefined;
    return /^([0-9a-f]{64})\n$/.exec(readFileSync(file, 'latin1'))?.[1];
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
