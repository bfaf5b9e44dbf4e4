import { execFileSync } from 'node:child_process';
import { cpus, loadavg, platform, release, totalmem } from 'node:os';
import { wrkCore } from './wrk.ts';

/** What the figures were measured on, to be printed beside them. */
export type Machine = {
  readonly node: string;
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGiB: number;
  readonly system: string;
  readonly wrk: string;
  /** The core that wrk is kept on. */
  readonly wrkCore: number | undefined;
  /** Load average of the last minute before the start: above zero, others were working too. */
  readonly loadBefore: number;
};

/** Looks at the machine; throws, with the way to install it, when wrk is missing. */
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
export function findWrk(): string | undefined {
  try {
    // It prints its version and fails, for want of a URL.
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
