import { closeSync, lstatSync, openSync, readlinkSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { StoreError } from '../sql.ts';

/** Checks that the files that a connection has open are still the ones at their paths. */
export type OpenFiles = {
  /**
   * Called before a commit. Throws a StoreError unless the paths still lead to these files and no other program has
   * changed them.
   */
  check(): void;
  /**
   * Called after a commit. Throws a StoreError unless the paths still lead to these files, and so contain the commit.
   */
  confirm(): Confirmed;
  /** Records the current sizes of the files, after this connection has written to them outside a commit. */
  resize(): void;
  /** Whether another program has written to the files. */
  isDamaged(): boolean;
};

/** The state of the files after a commit. */
export type Confirmed = {
  /** Whether the database file itself was written, which happens when SQLite runs an automatic checkpoint. */
  readonly wasWritten: boolean;
  /** The size of the log. After a checkpoint, new commits overwrite it from its start, and cut it if it is very large. */
  readonly logBytes: number;
};

type Seen = { readonly dev: number; readonly ino: number; size: number; changed: number };

type Watched = { readonly name: string; readonly path: string; readonly seen: Seen; readonly isLog: boolean };

/** A database in memory has no files to check. */
const noFiles: OpenFiles = {
  check: () => {},
  confirm: () => ({ wasWritten: false, logBytes: 0 }),
  resize: () => {},
  isDamaged: () => false,
};

/**
 * Watches the database file and its write-ahead log, both of which must exist. SQLite writes to its open files even if
 * they are moved or deleted: a deleted database would accept commits until the process ends, and lose them all. Device
 * and inode show whether a path still leads to the open file; the size shows whether another program has truncated or
 * overwritten it. Each check is two calls of stat.
 */
export function watchFiles(path: string): OpenFiles {
  if (path === ':memory:') return noFiles;
  const given = resolve(path);
  const database: Watched = { name: `the database file ${path}`, path: given, seen: readState(given), isLog: false };
  const logPath = logPathOf(given);
  const log: Watched = { name: `the write-ahead log ${logPath}`, path: logPath, seen: readState(logPath), isLog: true };
  const files = [database, log];
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
      const { size } = statSameFile(name, path, seen);
      // Statements outside a commit may also write to the log, but never shorten it.
      isDamaged ||= isLog ? size < seen.size : size !== seen.size;
      if (isDamaged) stop(`${name} was changed by another program while huizhi has it open: nothing more is stored`);
    }
  };
  const statAfterCommit = ({ name, path, seen }: Watched): Stats => {
    try {
      return statSameFile(name, path, seen);
    } catch (error) {
      // The commit may be in a file that is no longer at its path, so memory and database can differ from now on.
      const why = error instanceof Error ? error.message : String(error);
      return stop(`${why}, and until huizhi is started again, since a commit was under way`);
    }
  };
  return {
    check,
    confirm() {
      const before = database.seen.changed;
      for (const file of files) recordStat(file.seen, statAfterCommit(file));
      return { wasWritten: database.seen.changed !== before, logBytes: log.seen.size };
    },
    resize() {
      for (const { path, seen } of files) {
        const now = statSync(path, { throwIfNoEntry: false });
        if (now) recordStat(seen, now);
      }
    },
    isDamaged() {
      try {
        check();
      } catch {
        // The check has set `isDamaged`.
      }
      return isDamaged;
    },
  };
}

function readState(path: string): Seen {
  const { dev, ino, size, mtimeMs } = statSync(path);
  return { dev, ino, size, changed: mtimeMs };
}

function recordStat(seen: Seen, { size, mtimeMs }: Pick<Stats, 'size' | 'mtimeMs'>): void {
  seen.size = size;
  seen.changed = mtimeMs;
}

/** Calls stat for a path. Throws a StoreError unless it still leads to the same file. */
function statSameFile(name: string, path: string, seen: Seen): Stats {
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

/** Returns the path of the write-ahead log of a database file that exists. */
export function logPathOf(path: string): string {
  return `${realpathSync(path)}-wal`;
}

/** The first four bytes of every write-ahead log. The last bit varies: it is the byte order of the checksums. */
const logMagic = 0x377f0682;

/**
 * Whether a database file that no process has open has a write-ahead log with content. SQLite never truncates a log in
 * use to nothing (`keptLogBytes`), and never changes its first four bytes.
 */
export function hasLog(path: string): boolean {
  const log = logPathOf(path);
  if (!((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0)) return false;
  const file = openSync(log, 'r');
  try {
    const bytes = Buffer.alloc(4);
    return readSync(file, bytes) === 4 && (bytes.readUInt32BE() & ~1) >>> 0 === logMagic;
  } finally {
    closeSync(file);
  }
}

/** The ends of the names of logs that SQLite replays over the file beside them when it opens that. */
const logEnds = ['-wal', '-journal'];

/** Returns the path of a log with content beside a file that no process has open; undefined if there is none. */
export function findLog(path: string): string | undefined {
  const file = followLinks(path);
  return logEnds.map((end) => file + end).find((log) => (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > 0);
}

/** Returns the path to which symbolic links lead. The file need not exist. */
export function followLinks(path: string): string {
  let at = resolve(path);
  // Linux follows at most 40 links.
  for (let links = 0; links < 40 && lstatSync(at, { throwIfNoEntry: false })?.isSymbolicLink(); links++)
    at = resolve(dirname(at), readlinkSync(at));
  return at;
}
