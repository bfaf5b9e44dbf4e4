import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import type { Engine } from '../../src/store/engine/sql.ts';
import { schemaVersions } from '../../src/store/open.ts';
import { emptyFolder } from '../conformance/support/child.ts';
import { sample } from '../support/long.ts';
import { copyOf, type Fixture, fixtures } from './fixtures.ts';
import { migrate } from './kill.ts';
import { expectManifest } from './manifest.ts';
import { earlierVersions, firstFixture, makeOlder, manifestOfOlder } from './older.ts';
import { expectLatest } from './schema.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function emptyDatabase(engine: Engine): Promise<string> {
  if (engine === 'sqlite') return join(emptyFolder(), 'huizhi.db');
  const url = await server.create('empty');
  onTestFinished(() => server.drop(url));
  return url;
}

describe.each(fixtures)('a $engine database of huizhi $release', (fixture: Fixture) => {
  const { engine, manifest } = fixture;
  const copy = () => copyOf(fixture, () => server);

  test('returns after the start of a server what that release returned', { timeout: 60_000 }, async () => {
    const database = await copy();
    expect((await schemaVersions(database)).found).toBe(manifest.schema);
    await expectManifest(manifest, database);
    await expectLatest(database, await emptyDatabase(engine));
  });

  test('has the schema of a new database after huizhi migrate, and returns the same', { timeout: 60_000 }, async () => {
    const database = await copy();
    expect(await migrate(database)).toEqual({ code: 0, signal: null, error: '' });
    await expectLatest(database, await emptyDatabase(engine));
    await expectManifest(manifest, database);
  });
});

describe.each(['sqlite', 'postgres'] as const)('a %s database with an earlier schema', (engine) => {
  test.each(sample(earlierVersions, 4, engine === 'sqlite' ? 0 : 2))(
    'of version %i is migrated to the latest version and keeps its data',
    {
      timeout: 60_000,
    },
    async (version) => {
      const database = await emptyDatabase(engine);
      await makeOlder(version, await copyOf(firstFixture, () => server), database);
      expect(await migrate(database)).toEqual({ code: 0, signal: null, error: '' });
      await expectLatest(database, await emptyDatabase(engine));
      await expectManifest(manifestOfOlder(firstFixture.manifest), database);
    },
  );
});
