import { DatabaseSync } from 'node:sqlite';
import {
  type Driver,
  type Migrations,
  placeholders,
  queryRows,
  sql,
  type Value,
  type Work,
} from '../../src/store/engine/sql.ts';
import { createSqlite } from '../../src/store/engine/sqlite/sqlite-connect.ts';
import { migrations } from '../../src/store/migrations/index.ts';
import { databaseExists, openDriver } from '../../src/store/open.ts';
import { type Fixture, fixtures, run } from './fixtures.ts';
import type { Exchange, Manifest } from './make/record.ts';

/** The first release with a fixture; earlier versions are made of its rows. */
export const firstFixture = firstOf(fixtures);

function firstOf(all: readonly Fixture[]): Fixture {
  const [first] = all.filter(({ engine }) => engine === 'sqlite').sort((a, b) => a.manifest.schema - b.manifest.schema);
  if (!first) throw new Error('there is no fixture');
  return first;
}

/** The versions that the rows of that fixture fit into. */
export const earlierVersions = Array.from({ length: firstFixture.manifest.schema }, (_, i) => i + 1);

/** The schema as it was at an earlier version. */
const upTo = (version: number): Migrations => ({ ...migrations, latest: version });

/**
 * Creates a database with the schema of an earlier version, and the rows of a SQLite fixture as far as that version had
 * tables and columns for them. Its messages are of day 0, as in every installation from before PostgreSQL had
 * partitions.
 */
export async function makeOlder(version: number, fixture: string, database: string): Promise<void> {
  // A file is created with all migrations at once, so an older one has to be created here.
  if (!databaseExists(database)) createSqlite(database, upTo(version));
  await withDriver(database, (driver) => driver.migrate(upTo(version)));
  const columns = await columnsOf(database);
  await withDriver(database, (driver) => copyRows(fixture, driver, columns));
}

async function withDriver(database: string, work: (driver: Driver) => Promise<void>): Promise<void> {
  const driver = await openDriver(database);
  try {
    await work(driver);
  } finally {
    await driver.close();
  }
}

async function copyRows(fixture: string, driver: Driver, columns: ReadonlySet<string>): Promise<void> {
  const from = new DatabaseSync(fixture, { readOnly: true });
  try {
    for (const [table, names] of tablesOf(from)) {
      const shared = names.filter((name) => columns.has(`${table}.${name}`));
      if (shared.length === 0) continue;
      const rows = from.prepare(`select ${shared.join(', ')} from ${table}`).all() as Record<string, Value>[];
      const values = rows.map((row) => shared.map((name) => row[name] ?? null));
      await driver.write(() => insertAll(table, shared, values));
    }
  } finally {
    from.close();
  }
}

function* insertAll(table: string, names: readonly string[], rows: readonly (readonly Value[])[]): Work<void> {
  const insert = sql(`put_${table}`, `insert into ${table} (${names}) values (${placeholders(1, names.length)})`);
  for (const row of rows) yield* queryRows(insert, ...row);
}

function tablesOf(db: DatabaseSync): ReadonlyMap<string, readonly string[]> {
  const rows = db.prepare(columnsInSqlite).all() as { readonly place: string }[];
  const pairs = rows.map(({ place }) => place.split('.') as [string, string]);
  const tables = Map.groupBy(pairs, ([table]) => table);
  return new Map([...tables].map(([table, own]) => [table, own.map(([, column]) => column)]));
}

const columnsInSqlite = `
  select t.name || '.' || c.name as place from pragma_table_list t join pragma_table_xinfo(t.name) c
  where t.schema = 'main' and t.name not like 'sqlite_%'`;
const columnsInPostgres = `select table_name || '.' || column_name from information_schema.columns where table_schema = 'public'`;

async function columnsOf(database: string): Promise<ReadonlySet<string>> {
  if (database.includes('://'))
    return new Set((await run(database, columnsInPostgres)).map(([place]) => String(place)));
  const db = new DatabaseSync(database, { readOnly: true });
  try {
    return new Set([...tablesOf(db)].flatMap(([table, names]) => names.map((name) => `${table}.${name}`)));
  } finally {
    db.close();
  }
}

/** Calls about what versions before the fixture's did not store: statistics, events, audit log, operators' sessions. */
const unknownBefore = /^\/console\/v1\/(statistics|audit|sessions|events)/;

/** The part of a manifest that holds for its fixture as an earlier version would have stored it. */
export function manifestOfOlder(manifest: Manifest): Manifest {
  const isKnown = ({ call }: { readonly call: Exchange['call'] }) => !unknownBefore.test(call.path);
  // The number of events of an organization is unknown, too.
  const reads = manifest.reads.filter(isKnown).map(({ call, answer: { sequence, ...rest } }) => ({
    call,
    answer: call.path.startsWith('/console/') || sequence === undefined ? rest : { ...rest, sequence },
  }));
  return { ...manifest, reads, writes: manifest.writes.filter(isKnown), streams: manifest.streams.filter(isKnown) };
}
