/**
 * Makes the fixtures of a release; see the README in this folder. Calls the release over HTTP only, and imports nothing
 * of it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { fill } from './fill.ts';
import { type Manifest, record } from './record.ts';
import { adminToken, secrets, setup, verbs } from './world.ts';

const usage =
  'node test/upgrade/make/main.ts --release <folder with dist> --to <folder> --postgres <postgres://… empty>\n';

const { release, to, postgres } = parseArgs({
  options: { release: { type: 'string' }, to: { type: 'string' }, postgres: { type: 'string' } },
}).values;
if (release === undefined || to === undefined || postgres === undefined) {
  process.stderr.write(usage);
  process.exit(2);
}
const main = join(release, 'dist/cli/main.js');
const version = (JSON.parse(readFileSync(join(release, 'package.json'), 'utf8')) as { version: string }).version;
const folder = mkdtempSync(join(tmpdir(), 'huizhi-fixture-'));
writeFileSync(join(folder, 'whole.yaml'), JSON.stringify(setup));
// Every start applies its configuration file again. The server that is recorded gets a file that changes nothing.
const nothing = { organizations: [{ corpId: 'corp-empty', name: 'Nobody yet', users: [] }], apps: [], robots: [] };
writeFileSync(join(folder, 'nothing.yaml'), JSON.stringify(nothing));
mkdirSync(to, { recursive: true });

const file = join(folder, 'fixture.db');
await make('sqlite', file, () => {
  const copy = join(folder, 'copy.db');
  copyFileSync(file, copy);
  writeFileSync(join(to, 'sqlite.db.gz'), gzipSync(readFileSync(file), { level: 9 }));
  return copy;
});
await make('postgres', postgres, () => {
  const text = execFileSync('pg_dump', ['--inserts', '--no-owner', '--no-privileges', postgres], { encoding: 'utf8' });
  writeFileSync(join(to, 'postgres.sql.gz'), gzipSync(text, { level: 9 }));
  // The recording uses the database itself, which is no longer needed.
  return postgres;
});
rmSync(folder, { recursive: true });

/** Fills a database, freezes it, and records the answers of a later start of the release on a copy. */
async function make(engine: 'sqlite' | 'postgres', database: string, freeze: () => string): Promise<void> {
  // The first start is that of a server, which stores its secret and the operator's token.
  await (await start('serve', database, 'whole')).stop();
  const first = await start('dev', database, 'whole');
  const huizhi = verbs(first.url);
  const now = Date.now();
  const filled = await fill(huizhi, now);
  await huizhi.clock(now);
  const tokens = {
    'app-main': await huizhi.internalToken('app-main'),
    'app-late': await huizhi.internalToken('app-late'),
    'corp-main': await huizhi.suiteToken('corp-main'),
    'corp-side': await huizhi.suiteToken('corp-side'),
  };
  await first.stop();
  const second = await start('dev', freeze(), 'nothing');
  const { emulate, clock } = verbs(second.url);
  await emulate('POST', 'clock', { freeze: true });
  await clock(now);
  const recorded = await record(second.url, filled, tokens);
  await second.stop();
  const { to: schema } = JSON.parse(
    huizhiNow('migrate', '--check', '--json', '--log-level', 'silent', '--database', database),
  ) as { to: number };
  const manifest: Manifest = { release: version, schema, now, adminToken, secrets, ...recorded };
  writeFileSync(join(to ?? '', `${engine}.json`), `${JSON.stringify(manifest)}\n`);
}

function huizhiNow(...args: readonly string[]): string {
  return execFileSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
}

async function start(command: 'dev' | 'serve', database: string, config: 'whole' | 'nothing') {
  const options = [
    '--port',
    '0',
    '--database',
    database,
    '--read-window',
    '80d',
    '--config',
    `${config}.yaml`,
    '--json',
    '--log-level',
    'warn',
  ];
  const admin = command === 'dev' ? { HUIZHI_ADMIN_TOKEN: adminToken } : {};
  const child: ChildProcess = spawn(process.execPath, [main, command, ...options], {
    cwd: folder,
    env: { ...process.env, ...admin },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    told += text;
  });
  while (!told.includes('\n')) {
    if (child.exitCode !== null) throw new Error(`huizhi ${command} ended: ${told}`);
    await Promise.race([once(child, 'exit'), child.stdout ? once(child.stdout, 'data') : undefined]);
  }
  const { url } = JSON.parse(told) as { url: string };
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
