import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './process.ts';
import { wrkCore } from './wrk.ts';

/** What pgbench does: one script repeatedly on each connection. */
export type PgbenchLoad = {
  readonly url: string;
  readonly script: string;
  /** Variables of the script. */
  readonly set: Readonly<Record<string, number>>;
  readonly connections: number;
  readonly seconds: number;
  /** The file for the script. */
  readonly folder: string;
};

export type PgbenchResult = { readonly perSecond: number; readonly milliseconds: number };

/** Runs pgbench with prepared statements, on the core that wrk uses in its turn. */
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

/** The path of pgbench; throws with instructions to install it if it is missing. */
function findPgbench(): string {
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  for (const path of [...versions.map((version) => join(debian, version, 'bin/pgbench')), 'pgbench']) {
    try {
      execFileSync(path, ['--version'], { stdio: 'pipe' });
      return path;
    } catch {
      // Try the next folder.
    }
  }
  throw new Error(
    'pgbench is not installed: apt-get install postgresql-contrib (Debian, Ubuntu), brew install libpq (macOS)',
  );
}

/** Where Debian has the programs behind its wrappers in /usr/bin. */
const debian = '/usr/lib/postgresql';

/** Its name and version. */
export function pgbenchVersion(): string {
  return execFileSync(findPgbench(), ['--version'], { encoding: 'utf8' }).trim();
}
