import { DatabaseSync } from 'node:sqlite';
import { expect } from 'vitest';
import { openStore, schemaVersions } from '../../src/store/open.ts';
import { run } from './fixtures.ts';

/** The content of a schema, one line for each column, index and constraint, in a fixed order. */
export type Schema = readonly string[];

const isPostgres = (database: string) => database.includes('://');

/** Compares the schema of a database with that of a new one, which is created at an unused address. */
export async function expectLatest(database: string, fresh: string): Promise<void> {
  const { found, latest } = await schemaVersions(database);
  expect(found).toBe(latest);
  expect(await schemaOf(database)).toEqual(await freshSchema(fresh, database));
}

/** The schema of a database that no process has open. */
async function schemaOf(database: string): Promise<Schema> {
  return isPostgres(database) ? postgresSchema(database) : sqliteSchema(database);
}

/** The schema of a new database, after it has the partitions of another one. */
async function freshSchema(fresh: string, other: string): Promise<Schema> {
  const store = await openStore(fresh);
  try {
    for (const day of isPostgres(other) ? await daysOf(other) : []) await store.driver.prepareDays(day);
  } finally {
    await store.close();
  }
  return schemaOf(fresh);
}

/**
 * The days for which a database has partitions, as times; the last one is created when the day before it is prepared.
 */
async function daysOf(database: string): Promise<readonly number[]> {
  const rows = await run(database, `select substr(relname, 10) from pg_class where relname ~ '^messages_[0-9]{8}$'`);
  const times = rows.map(([name]) => Date.parse(String(name).replace(/(....)(..)(..)/, '$1-$2-$3')));
  return times.sort((a, b) => a - b).slice(0, -1);
}

function sqliteSchema(file: string): Schema {
  const db = new DatabaseSync(file, { readOnly: true });
  const rows = (text: string) => db.prepare(text).all() as Record<string, string | number | null>[];
  try {
    const tables = rows(
      `select name, wr, strict from pragma_table_list where schema = 'main' and name not like 'sqlite_%'`,
    );
    return tables
      .flatMap(({ name, wr, strict }) => [
        `${name}: without rowid ${wr}, strict ${strict}`,
        ...rows(`select * from pragma_table_xinfo('${name}')`).map((column) => `${name}: ${JSON.stringify(column)}`),
        ...rows(`select name, "unique", origin, partial from pragma_index_list('${name}')`).flatMap((index) => [
          `${name}: ${JSON.stringify(index)}`,
          ...rows(`select * from pragma_index_xinfo('${index.name}')`).map(
            (part) => `${index.name}: ${JSON.stringify(part)}`,
          ),
        ]),
        ...rows(`select type, name, sql from sqlite_master where tbl_name = '${name}' and type <> 'table'`).map(
          (one) => `${name}: ${JSON.stringify(one).replaceAll(/\s+/g, ' ')}`,
        ),
      ])
      .sort();
  } finally {
    db.close();
  }
}

/** Selects the tables of this schema and the objects that belong to them. */
const own = `join pg_class c on c.oid = %.oid_of and c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace`;

const parts = [
  `select c.relname, c.relkind, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid)
   from (select oid as oid_of from pg_class) t ${own.replace('%', 't')}`,
  `select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, l.collname, pg_get_expr(d.adbin, d.adrelid)
   from (select *, attrelid as oid_of from pg_attribute where attnum > 0 and not attisdropped) a ${own.replace('%', 'a')}
   left join pg_collation l on l.oid = a.attcollation
   left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum`,
  // The server's names of the tables of a day only depend on their order of creation.
  `select c.relname, i.indisunique, i.indisprimary, i.indisvalid,
     case when c.relispartition then regexp_replace(pg_get_indexdef(i.indexrelid), 'INDEX \\S+ ON', 'INDEX ON')
       else pg_get_indexdef(i.indexrelid) end
   from (select *, indrelid as oid_of from pg_index) i ${own.replace('%', 'i')}`,
  // NOT NULL is listed with the column: only newer servers have a named constraint for it.
  `select c.relname, case when c.relispartition then '' else o.conname end, o.contype, pg_get_constraintdef(o.oid)
   from (select *, conrelid as oid_of from pg_constraint where contype <> 'n') o ${own.replace('%', 'o')}`,
  `select c.relname, t.tgname, pg_get_triggerdef(t.oid)
   from (select *, tgrelid as oid_of from pg_trigger where not tgisinternal) t ${own.replace('%', 't')}`,
];

async function postgresSchema(url: string): Promise<Schema> {
  const lines: string[] = [];
  for (const text of parts) lines.push(...(await run(url, text)).map((row) => JSON.stringify(row)));
  return lines.sort();
}
