import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Engine } from '../../src/store/engine/sql.ts';
import { createSqlite } from '../../src/store/engine/sqlite/sqlite-connect.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { databaseExists, openDriver } from '../../src/store/open.ts';
import type { Bench, Section } from '../lib/bench.ts';
import { type Figure, plain } from '../lib/figure.ts';
import { startPostgres } from '../lib/postgres.ts';
import { releaseSchema, releaseStatements } from '../lib/release.ts';

/** How long each migration from release 0.1.0 on takes, on both engines. */
export const upgradeSection: Section = {
  title: ({ messages, users }) =>
    `schema steps from version ${releaseSchema} (release 0.1.0) to ${migrations.latest}, of ${messages} messages to 5 of ${users} users each`,
  async run(bench) {
    return [...(await onSqlite(bench)), ...(await onPostgres(bench))];
  },
};

async function onSqlite(bench: Bench): Promise<readonly Figure[]> {
  const file = join(bench.workspace.folder, 'upgrade.db');
  bench.workspace.drop(file);
  return measure(bench, 'sqlite', file, async (statements) => {
    const db = new DatabaseSync(file);
    db.exec('pragma synchronous = off; pragma cache_size = -1000000; begin');
    for (const text of statements) db.exec(text);
    db.exec('commit; pragma wal_checkpoint(truncate)');
    db.close();
  }).finally(() => bench.workspace.drop(file));
}

async function onPostgres(bench: Bench): Promise<readonly Figure[]> {
  const server = await startPostgres(bench);
  try {
    const url = await server.create('upgrade');
    return await measure(bench, 'postgres', url, async (statements) => {
      for (const text of [...statements, 'vacuum (analyze)', 'checkpoint']) await server.tell(url, text);
    });
  } finally {
    await server.stop();
  }
}

/** Creates a database as the release would have left it, and runs the migrations one by one. */
async function measure(
  { settings: { messages, users }, say }: Bench,
  engine: Engine,
  database: string,
  fill: (statements: readonly string[]) => Promise<void>,
): Promise<readonly Figure[]> {
  await stepTo(database, releaseSchema);
  const started = performance.now();
  await fill(releaseStatements({ engine, messages, users }));
  say(`seeded ${messages} messages on ${engine} in ${Math.round((performance.now() - started) / 1000)} s`);
  const figures: Figure[] = [];
  for (let version = releaseSchema + 1; version <= migrations.latest; version++) {
    figures.push(plain(`${engine}: step to version ${version}`, await stepTo(database, version), 's'));
  }
  const sum = figures.reduce((seconds, { value }) => seconds + value, 0);
  return [...figures, plain(`${engine}: all ${figures.length} steps`, sum, 's')];
}

/** Migrates the schema to a version; returns the seconds that it took. */
async function stepTo(database: string, version: number): Promise<number> {
  const steps = { ...migrations, latest: version };
  // A file is created with all migrations at once, so an older one has to be created here.
  if (!databaseExists(database)) createSqlite(database, steps);
  const driver = await openDriver(database);
  try {
    const started = performance.now();
    await driver.migrate(steps);
    return (performance.now() - started) / 1000;
  } finally {
    await driver.close();
  }
}
