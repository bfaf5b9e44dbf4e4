/** The folder for the files of one run. Its name identifies the process, so that a later run can remove it. */
import { hash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Creates a folder that only this user can enter, and removes those of runs that were killed.
 *
 * @param parent of all folders of runs
 */
export function createRunFolder(parent = tmpdir()): string {
  removeStaleFolders(parent);
  return mkdtempSync(join(parent, `huizhi-run-${machine()}-${process.pid}-${readStart(process.pid) ?? 0}-`));
}

/** Removes the folders of this user's processes that have ended. */
function removeStaleFolders(parent: string): void {
  for (const name of readOr([], () => readdirSync(parent))) {
    const [, place, pid, start] = /^huizhi-run-([0-9a-f]+)-(\d+)-(\d+)-[^-]+$/.exec(name) ?? [];
    if (place !== machine() || isRunning(Number(pid), Number(start))) continue;
    const path = join(parent, name);
    try {
      if (isOwnFolder(path)) rmSync(path, { recursive: true, force: true });
    } catch {
      // Another run removes it at the same time, or it cannot be removed: it is not needed either way.
    }
  }
}

function isOwnFolder(path: string): boolean {
  const entry = lstatSync(path);
  return entry.isDirectory() && (process.getuid === undefined || entry.uid === process.getuid());
}

/** Identifies the machine and the namespace of its process ids: containers may share a folder but not their processes. */
function machine(): string {
  return hash('sha256', `${hostname()} ${readOr('', () => readlinkSync('/proc/self/ns/pid'))}`).slice(0, 12);
}

/** Whether a process that started at a time still runs. Where times are unknown, any process with the id counts. */
function isRunning(pid: number, start: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Any other error means that the process exists.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const current = readStart(pid);
  return current === undefined || start === 0 || current === start;
}

/** Reads when a process started, in ticks since the machine started; undefined where there is no `/proc`. */
function readStart(pid: number): number | undefined {
  const stat = readOr(undefined, () => readFileSync(`/proc/${pid}/stat`, 'latin1'));
  // The name of the program, in parentheses, may have spaces and parentheses.
  const [, rest] = /^.*\) (.*)$/s.exec(stat ?? '') ?? [];
  const start = rest?.split(' ')[19];
  return start === undefined ? undefined : Number(start);
}

function readOr<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
