import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { root } from '../support/pages.ts';

const run = promisify(execFile);
const script = join(root, 'test', 'support', 'touched-files.ts');

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** The files of src/ of which a function runs during one readStatus. */
async function touchedFiles(database: string): Promise<readonly string[]> {
  const { stdout } = await run(process.execPath, [script, database], { cwd: root, timeout: 60_000 });
  return JSON.parse(stdout) as string[];
}

/** What every readStatus passes through, from the socket to the check of the key. */
const edge = [
  'src/core/access/caller.ts',
  'src/core/read-status.ts',
  'src/http/server/socket/batching.ts',
  'src/http/server/socket/fast-path.ts',
  'src/http/server/gateway.ts',
  'src/http/server/headers.ts',
  'src/http/server/listener.ts',
  'src/http/server/request-id.ts',
  'src/http/server/socket/socket-guard.ts',
  'src/http/vendor/read-status.ts',
  'src/metrics/series.ts',
  'src/store/directory/directory.ts',
  'src/store/memory/cache.ts',
];

const onSqlite = [...edge, 'src/store/memory/local.ts'];

const onPostgres = [
  ...edge,
  'src/store/engine/partitions.ts',
  'src/store/engine/postgres/postgres-pool.ts',
  'src/store/engine/postgres/postgres-query.ts',
  'src/store/memory/batch-reads.ts',
  'src/store/memory/shared.ts',
  'src/store/memory/user-pages.ts',
  'src/store/messages/receipts.ts',
];

test('a readStatus of a cached receipt touches 14 files on SQLite', { timeout: 90_000 }, async () => {
  expect(onSqlite.length).toBeLessThanOrEqual(14);
  expect(await touchedFiles(':memory:')).toEqual(onSqlite.toSorted());
});

test('a repeated readStatus touches 20 files on PostgreSQL', { timeout: 90_000 }, async () => {
  expect(onPostgres.length).toBeLessThanOrEqual(20);
  const url = await postgres.create('empty');
  expect(await touchedFiles(url)).toEqual(onPostgres.toSorted());
  await postgres.drop(url);
});

/** The text below a heading of ARCHITECTURE.md, up to the next one. */
function sectionOf(heading: string): string {
  const page = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const [, text = ''] = page.split(`\n### ${heading}\n`);
  return text.split(/^##/m)[0] ?? '';
}

test('ARCHITECTURE.md names every file that a readStatus touches', () => {
  const sqlite = sectionOf('readStatus on SQLite');
  const both = sqlite + sectionOf('readStatus on PostgreSQL');
  const missing = (files: readonly string[], text: string) => files.filter((file) => !text.includes(`\`${file}\``));
  expect(missing(onSqlite, sqlite)).toEqual([]);
  expect(missing(onPostgres, both)).toEqual([]);
});
