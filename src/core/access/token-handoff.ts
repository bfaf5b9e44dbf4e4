/**
 * Replaces the admin token of a server that has its SQLite database open, which no other process can write then. The
 * command that replaces it writes the hash of the new token to a file next to the database, the request. The server
 * stores the hash, writes it to a second file, the confirmation, and removes the request. The command removes the confirmation.
 * Both files count only if the owner of the database, or root, has written them.
 */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Context } from '../context.ts';
import { resetAdminToken } from './server-secrets.ts';

/** How often the server looks for a request, in milliseconds. */
const interval = 1000;

/** The paths of both files, and the owner of the database. */
export type Handoff = {
  readonly request: string;
  readonly confirmation: string;
  readonly uid: number;
  readonly gid: number;
};

/**
 * Returns the files of a database and its owner. The server calls it once, when it opens the database: who can write in
 * the folder could put a file of their own in its place later.
 */
export function locateHandoff(database: string): Handoff {
  const path = realpathSync(database);
  const { uid, gid } = statSync(path);
  return { request: `${path}-admin-token`, confirmation: `${path}-admin-token-stored`, uid, gid };
}

/**
 * Starts to look for requests. One of an earlier command is not accepted: its token has never been printed. Returns
 * undefined if other processes can write the database.
 */
export function watchTokenHandoff(context: Context, database: string): { close(): Promise<void> } | undefined {
  const { store, log, clock, admissions } = context;
  if (!store.driver.exclusive || database === ':memory:') return undefined;
  const handoff = locateHandoff(database);
  let done = readHash(handoff.request, handoff);
  for (const path of [handoff.request, handoff.confirmation]) {
    tryTo(
      () => rmSync(path, { force: true }),
      (err) => log.warn({ err, path }, 'a file of huizhi admin token reset could not be removed'),
    );
  }
  let running: Promise<void> | undefined;
  const take = async (hash: string) => {
    try {
      await resetAdminToken(store, hash, clock.now());
      done = hash;
      log.warn({}, 'the admin token was replaced by huizhi admin token reset');
      // Streams of the old token end.
      admissions.receive();
      tryTo(
        () => confirm(handoff, hash),
        (err) => log.error({ err }, 'the confirmation for huizhi admin token reset could not be written'),
      );
    } catch (error) {
      log.error({ err: error }, 'the admin token could not be replaced');
    } finally {
      running = undefined;
    }
  };
  const timer = setInterval(() => {
    const hash = running ? undefined : readHash(handoff.request, handoff);
    if (hash !== undefined && hash !== done) running = take(hash);
  }, interval).unref();
  return {
    async close() {
      clearInterval(timer);
      await running;
    },
  };
}

function tryTo(work: () => void, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}

/** Writes the confirmation of a hash, and removes its request; another command may have put its own in that place. */
function confirm(handoff: Handoff, hash: string): void {
  rmSync(handoff.confirmation, { force: true });
  writeHash(handoff.confirmation, hash, handoff);
  if (readHash(handoff.request, handoff) === hash) rmSync(handoff.request, { force: true });
}

/**
 * Writes a hash to a new file that only the owner of the database can read, also if root writes it. Throws if there is
 * a file.
 */
export function writeHash(path: string, hash: string, { uid, gid }: Pick<Handoff, 'uid' | 'gid'>): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    if (process.geteuid?.() === 0) fchownSync(file, uid, gid);
    writeFileSync(file, `${hash}\n`);
  } finally {
    closeSync(file);
  }
}

/**
 * Returns the hash in a file; undefined without a file, or if it is incomplete or others than the owner of the database
 * and root could have written it.
 */
export function readHash(path: string, { uid: owner }: Pick<Handoff, 'uid'>): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return undefined;
  }
  try {
    const { mode, nlink, uid } = fstatSync(file);
    const isPrivate = (mode & constants.S_IFMT) === constants.S_IFREG && (mode & 0o022) === 0 && nlink === 1;
    if (!isPrivate || (uid !== 0 && uid !== owner)) return undefined;
    return /^([0-9a-f]{64})\n$/.exec(readFileSync(file, 'latin1'))?.[1];
  } catch {
    return undefined;
  } finally {
    closeSync(file);
  }
}
