import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { Engine } from '../../src/store/engine/sql.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { schemaVersions } from '../../src/store/open.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import { repeats } from '../support/long.ts';
import { copyOf, fixtures } from './fixtures.ts';
import { migrate, postgresKiller, sqliteKiller } from './kill.ts';
import { expectManifest } from './manifest.ts';
import { firstFixture, makeOlder, manifestOfOlder } from './older.ts';
import { expectLatest } from './schema.ts';

/** At how many statements a migration is killed; more in a long run. */
const places = repeats('HUIZHI_MIGRATION_KILLS', 2, 100);

const killers = { sqlite: sqliteKiller, postgres: postgresKiller };

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

/** Copies of one database that no process has open. */
async function copiesOf(engine: Engine, original: string): Promise<() => Promise<string>> {
  if (engine === 'sqlite') {
    return async () => {
      const file = join(emptyFolder(), 'huizhi.db');
      copyFileSync(original, file);
      return file;
    };
  }
  const nameOf = (url: string) => new URL(url).pathname.slice(1);
  return async () => {
    const url = await server.create('empty');
    onTestFinished(() => server.drop(url));
    await server.tell(`drop database ${nameOf(url)}`);
    await server.tell(`create database ${nameOf(url)} template ${nameOf(original)}`);
    return url;
  };
}

async function emptyDatabase(engine: Engine): Promise<string> {
  if (engine === 'sqlite') return join(emptyFolder(), 'huizhi.db');
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  return url;
}

/** Numbers of statements: the first, the last, and some in between. */
function chooseNumbers(count: number): readonly number[] {
  if (count <= places) return Array.from({ length: count }, (_, i) => i + 1);
  return Array.from({ length: places }, (_, i) => 1 + Math.round((i * (count - 1)) / (places - 1)));
}

/** A database from which a migration starts. */
type Start = {
  readonly name: string;
  readonly engine: Engine;
  readonly make: () => Promise<string>;
  readonly check: (database: string) => Promise<void>;
};

const starts: readonly Start[] = [
  ...(['sqlite', 'postgres'] as const).map((engine) => ({
    name: `${engine}, from the first schema`,
    engine,
    async make() {
      const database = await emptyDatabase(engine);
      await makeOlder(1, await copyOf(firstFixture, () => server), database);
      return database;
    },
    check: (database: string) => expectManifest(manifestOfOlder(firstFixture.manifest), database),
  })),
  // A fixture of the current schema has nothing to migrate.
  ...fixtures
    .filter(({ manifest }) => manifest.schema < migrations.latest)
    .map((fixture) => ({
      name: `${fixture.engine}, from huizhi ${fixture.release}`,
      engine: fixture.engine,
      make: () => copyOf(fixture, () => server),
      check: (database: string) => expectManifest(fixture.manifest, database),
    })),
];

describe.each(starts)('$name', ({ engine, make, check }) => {
  test('a migration that is killed halfway is completed by the next start, without loss', {
    timeout: 60_000 + places * 30_000,
  }, async () => {
    const killer = killers[engine];
    const copy = await copiesOf(engine, await make());
    const count = await killer.count(await copy());
    const versions = new Set<number>();
    for (const at of chooseNumbers(count)) {
      const database = await copy();
      expect(await killer.kill(database, at), `statement ${at} of ${count}`).toMatchObject({ signal: 'SIGKILL' });
      versions.add((await schemaVersions(database)).found);
      expect(await migrate(database)).toEqual({ code: 0, signal: null, error: '' });
      await expectLatest(database, await emptyDatabase(engine));
      await check(database);
    }
    // It was killed before it was complete.
    expect(Math.min(...versions)).toBeLessThan(migrations.latest);
  });
});
