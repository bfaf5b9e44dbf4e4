import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { wrkCore } from './wrk.ts';

/** The machine on which the figures were measured, to be printed with them. */
export type Machine = {
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly wrk: string;
  /** The core on which wrk runs. */
  readonly wrkCore: number | undefined;
  /** Load average of the last minute before the start: above zero if other processes were running. */
  readonly loadBefore: number;
};

/** Describes the machine; throws with instructions to install wrk if it is missing. */
export function machine(): Machine {
  const processors = cpus();
  return {
    node: process.version,
    cores: processors.length,
    cpu: processors[0]?.model ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    wrk: wrkVersion(),
    wrkCore: wrkCore(),
    loadBefore: loadavg()[0] ?? 0,
  };
}

/** The version of wrk, or undefined when there is none. */
function findWrk(): string | undefined {
  try {
    // It prints its version and fails, because it has no URL.
    execFileSync('wrk', ['-v'], { stdio: 'pipe', encoding: 'utf8' });
    return 'unknown';
  } catch (error) {
    const { stdout = '', code } = error as { stdout?: string; code?: string };
    return code === 'ENOENT' ? undefined : (/^wrk (\S+)/m.exec(stdout)?.[1] ?? 'unknown');
  }
}

function wrkVersion(): string {
  const version = findWrk();
  if (version !== undefined) return version;
  throw new Error(
    'wrk makes the load and is not installed: apt-get install wrk (Debian, Ubuntu), brew install wrk (macOS)',
  );
}
