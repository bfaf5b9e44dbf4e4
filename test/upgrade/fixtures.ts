import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import postgres from 'postgres';
import { onTestFinished } from 'vitest';
import type { TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { Engine } from '../../src/store/engine/sql.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import type { Manifest } from './make/record.ts';

const folder = join(import.meta.dirname, 'fixtures');

/** A frozen database of a release, and what has to be true of it. */
export type Fixture = { readonly release: string; readonly engine: Engine; readonly manifest: Manifest };

/** All fixtures, of every release. */
export const fixtures: readonly Fixture[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name: release }) =>
    (['sqlite', 'postgres'] as const).map((engine) => ({
      release,
      engine,
      manifest: JSON.parse(readFileSync(join(folder, release, `${engine}.json`), 'utf8')) as Manifest,
    })),
  );

/** Makes a copy of a fixture, which is removed when the test ends; returns the value for `--database`. */
export async function copyOf({ release, engine }: Fixture, server: () => TestServer): Promise<string> {
  return engine === 'sqlite' ? sqliteCopy(release) : postgresCopy(release, server());
}

function sqliteCopy(release: string): string {
  const to = emptyFolder();
  mkdirSync(to, { recursive: true });
  const file = join(to, 'huizhi.db');
  writeFileSync(file, gunzipSync(readFileSync(join(folder, release, 'sqlite.db.gz'))));
  return file;
}

async function postgresCopy(release: string, server: TestServer): Promise<string> {
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  const dump = gunzipSync(readFileSync(join(folder, release, 'postgres.sql.gz'))).toString('utf8');
  // Lines for psql, which no other client understands.
  await run(url, dump.replace(/^\\.*$/gm, ''));
  return url;
}

/** Runs a text on a PostgreSQL database over a separate connection. */
export async function run(url: string, text: string): Promise<readonly (readonly unknown[])[]> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await client.unsafe(text).simple().values()) as unknown as unknown[][];
  } finally {
    await client.end();
  }
}
