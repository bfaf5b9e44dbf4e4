import { closeSync, lstatSync, openSync, readlinkSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from './sql.ts';

/** The files that one connection has open, as their paths show them. */
export type OpenFiles = {
  /** Before a commit: throws a StoreError unless the paths still lead to these files, as this connection has left them. */
  check(): void;
  /**
   * After a commit: throws a StoreError unless the paths still lead to these files, so that what was committed is in them. Returns whether the
   * database file itself was written to, which SQLite does when the log has grown long.
   */
  confirm(): boolean;
  /** Takes the sizes of the files as they are now: this connection has written to them outside of a commit. */
  resize(): void;
  /** Whether another program has written to the files. */
  isDamaged(): boolean;
};

type Seen = { readonly dev: number; readonly ino: number; size: number; changed: number };

type Watched = { readonly name: string; readonly path: string; readonly seen: Seen; readonly isLog: boolean };

/** Nothing outside of the process can take a database in memory away. */
const inMemory: OpenFiles = { check: () => {}, confirm: () => false, resize: () => {}, isDamaged: () => false };

/**
 * Watches the database file and its write-ahead log, which have to exist. SQLite writes to open files, whatever becomes of their paths: a
 * database that was deleted would take commits until the process ends, and lose them all. Device and inode tell whether a path still leads to
 * the file that is open; the size tells whether somebody else has emptied or overwritten it. Costs two calls of stat.
 */
export function watchFiles(path: string): OpenFiles {
  if (path === ':memory:') return inMemory;
  const given = resolve(path);
  const log = `${realpathSync(given)}-wal`;
  const files: readonly Watched[] = [
    { name: `the database file ${path}`, path: given, seen: look(given), isLog: false },
    { name: `the write-ahead log ${log}`, path: log, seen: look(log), isLog: true },
  ];
  let isDamaged = false;
  let stopped: StoreError | undefined;
  const stop = (message: string): never => {
    const advice = 'Stop huizhi, put a backup in its place, and start it again.';
    stopped = new StoreError('unavailable', message, { advice });
    throw stopped;
  };
  const check = () => {
    if (stopped) throw stopped;
    for (const { name, path, seen, isLog } of files) {
      const { size } = sameFile(name, path, seen);
      // Statements outside of a commit may write to the log, too, but never shorten it.
      isDamaged ||= isLog ? size < seen.size : size !== seen.size;
      if (isDamaged) stop(`${name} was changed by another program while huizhi has it open: nothing more is stored`);
    }
  };
  return {
    check,
    confirm() {
      let wasWritten = false;
      for (const { name, path, seen, isLog } of files) {
        try {
          const now = sameFile(name, path, seen);
          wasWritten ||= !isLog && now.mtimeMs !== seen.changed;
          take(seen, now);
        } catch (error) {
          // This commit may be in a file that nobody will find: what this process has in memory and what is stored can differ from now on.
          const why = error instanceof Error ? error.message : String(error);
          stop(`${why}, and until huizhi is started again, since a commit was under way`);
        }
      }
      return wasWritten;
    },
    resize() {
      for (const { path, seen } of files) {
        const now = statSync(path, { throwIfNoEntry: false });
        if (now) take(seen, now);
      }
    },
    isDamaged() {
      try {
        check();
      } catch {
        // Whatever it is, it is known now.
      }
      return isDamaged;
    },
  };
}

function look(path: string): Seen {
  const { dev, ino, size, mtimeMs } = statSync(path);
  return { dev, ino, size, changed: mtimeMs };
}

function take(seen: Seen, { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): void {
  seen.size = size;
  seen.changed = mtimeMs;
}

/** Looks at a path again; throws a StoreError unless it leads to the file that was seen there. */
function sameFile(name: string, path: string, seen: Seen): Stats {
  const now = tryStat(name, path);
  if (now?.ino === seen.ino && now.dev === seen.dev) return now;
  const event = now ? 'was replaced by another file' : 'was deleted or moved';
  throw new StoreError('unavailable', `${name} ${event} while huizhi has it open: nothing is stored until it is back`, {
    advice: 'Put the file back while huizhi runs, or stop huizhi, put a backup in its place, and start it again.',
  });
}

function tryStat(name: string, path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StoreError('unavailable', `${name} cannot be reached (${why}): nothing is stored until it can`, {
      cause,
    });
  }
}

/** The bytes that every write-ahead log begins with, but for the last bit, which tells the order of bytes in its checksums. */
const logMagic = 0x377f0682;

/**
 * Whether the write-ahead log of a database file that nobody has open can hold anything: SQLite never shortens it while it is in use, and never
 * changes its first four bytes.
 */
export function hasLog(path: string): boolean {
  const log = `${realpathSync(path)}-wal`;
  if (!((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0)) return false;
  const file = openSync(log, 'r');
  try {
    const bytes = Buffer.alloc(4);
    return readSync(file, bytes) === 4 && (bytes.readUInt32BE() & ~1) >>> 0 === logMagic;
  } finally {
    closeSync(file);
  }
}

/** Follows symbolic links to a file that need not exist. */
export function followLinks(path: string): string {
  let at = resolve(path);
  // As many as Linux follows.
  for (let links = 0; links < 40 && lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink(); links++)
    at = resolve(dirname(at), readlinkSync(at));
  return at;
}
