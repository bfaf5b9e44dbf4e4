import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.ts';
import { wrkCore } from './wrk.ts';

/** What pgbench is to do: one script over and over on each connection. */
export type PgbenchLoad = {
  readonly url: string;
  readonly script: string;
  /** Variables of the script. */
  readonly set: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly seconds: number;
  /** Where the script is put. */
  readonly folder: string;
};

export type PgbenchResult = { readonly perSecond: number; readonly milliseconds: number };

/** Runs pgbench with prepared statements, on the core that wrk has in its turn. */
export async function runPgbench({
  url,
  script,
  set,
  connections,
  seconds,
  folder,
}: PgbenchLoad): Promise<PgbenchResult> {
  const file = join(folder, 'pgbench.sql');
  writeFileSync(file, script);
  const variables = Object.entries(set).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
  const args = [
    '-n',
    '-M',
    'prepared',
    '-c',
    `${connections}`,
    '-j',
    '1',
    '-T',
    `${seconds}`,
    ...variables,
    '-f',
    file,
    url,
  ];
  const core = wrkCore();
  const [command = '', ...all] = [...(core === undefined ? [] : ['taskset', '-c', `${core}`]), findPgbench(), ...args];
  const text = await run(command, all, folder);
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(text)?.[1]);
  const milliseconds = Number(/^latency average = ([\d.]+) ms/m.exec(text)?.[1]);
  if (!(perSecond > 0) || /number of failed transactions: [1-9]/.test(text)) throw new Error(`pgbench:\n${text}`);
  return { perSecond, milliseconds };
}

/** Where pgbench is; throws, with the way to install it, when it is nowhere. */
function findPgbench(): string {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  for (const path of [...versions.map((version) => join(debian, version, 'bin/pgbench')), 'pgbench']) {
    try {
      execFileSync(path, ['--version'], { stdio: 'pipe' });
      return path;
    } catch {
      // The next, then.
    }
  }
  throw new Error(
    'pgbench is not installed: apt-get install postgresql-contrib (Debian, Ubuntu), brew install libpq (macOS)',
  );
}

/** Where Debian keeps what its wrappers in /usr/bin call. */
const debian = '/usr/lib/postgresql';

/** Its name and version. */
export function pgbenchVersion(): string {
  return execFileSync(findPgbench(), ['--version'], { encoding: 'utf8' }).trim();
}
