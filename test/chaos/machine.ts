import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The folder of a run, and the processes that belong to it. */
export type Machine = {
  readonly folder: string;
  /** Makes a process end with this one, however this one ends; the returned function cancels that. */
  own(pid: number): () => void;
  /** Ends all processes that still run, and removes the folder unless it is to be kept. */
  close(keep: boolean): Promise<void>;
};

/**
 * A killed process cannot clean up. So a shell waits for the end of a pipe that only this process holds open, and then
 * kills all processes whose ids are files in `pids`, unmounts the disks and removes the folder.
 */
const cleanUp = `
  keep=''; read keep
  for pid in $(ls "$0/pids"); do kill -CONT "$pid"; kill -KILL "$pid"; done 2>/dev/null
  for disk in "$0"/*/disk; do umount "$disk" 2>/dev/null; done
  sleep 1
  [ "$keep" = keep ] || rm -rf "$0"`;

/** Makes the folder of a run below the system's folder for temporary files. */
export function openMachine(): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-chaos-'));
  // PostgreSQL refuses to run as root, so it runs as another user, which needs access to its data.
  chmodSync(folder, 0o711);
  mkdirSync(join(folder, 'pids'));
  const shell = spawn('sh', ['-c', cleanUp, folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  return {
    folder,
    own(pid) {
      const file = join(folder, 'pids', String(pid));
      writeFileSync(file, '');
      return () => rmSync(file, { force: true });
    },
    async close(keep) {
      const closed = once(shell, 'exit');
      shell.stdin.end(keep ? 'keep\n' : '\n');
      await closed;
    },
  };
}

/** The ids of the child processes of a process; empty on systems without /proc. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/** Sends a signal to a process, which may have ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Whether a process runs; a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const stat = `/proc/${pid}/stat`;
    return !(existsSync(stat) && /\) [ZX] /.test(readFileSync(stat, 'utf8')));
  } catch {
    return false;
  }
}

export const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Waits until a condition holds; throws after so many milliseconds. */
export async function until(what: string, isTrue: () => boolean | Promise<boolean>, patience = 30_000): Promise<void> {
  const deadline = performance.now() + patience;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${patience} ms`);
    await wait(20);
  }
}
