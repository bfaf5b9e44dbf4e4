import { type Migrations, StoreError, type TableRole } from '../sql.ts';
import type { Transaction } from './postgres-transaction.ts';

type Run = Transaction['run'];

/** A table on Citus: its role, and the column and the group of tables by which it is distributed. */
export type CitusTable = {
  readonly name: string;
  readonly role: TableRole | 'other';
  readonly column: string | null;
  readonly group: number;
};

const selectTables = `
  select c.relname,
    case when p.partmethod = 'h' then 'distributed' when p.partmethod = 'n' and p.repmodel = 't' then 'reference' else 'other' end,
    case when p.partmethod = 'h' then column_to_column_name(p.logicalrelid, p.partkey) end,
    p.colocationid
  from pg_dist_partition p join pg_class c on c.oid = p.logicalrelid
  where c.relnamespace = (select relnamespace from pg_class where oid = to_regclass('schema_version')) and not c.relispartition`;

/** Reads which tables of the schema Citus knows, without their partitions. */
export async function readCitusTables(run: Run): Promise<readonly CitusTable[]> {
  const rows = await run(selectTables);
  return rows.map(([name, role, column, group]) => ({
    name: String(name),
    role: role as CitusTable['role'],
    column: column === null ? null : String(column),
    group: Number(group),
  }));
}

/** The tables that have a role and exist, in the order of the roles. */
async function readOwnTables(run: Run, roles: Migrations['roles']): Promise<readonly string[]> {
  const list = Object.keys(roles).map((name) => `('${name}')`);
  const rows = await run(`select name from (values ${list.join(', ')}) own (name) where to_regclass(name) is not null`);
  const found = new Set(rows.map(([name]) => name));
  return Object.keys(roles).filter((name) => found.has(name));
}

/**
 * Returns the tables that are still to be distributed. Only for a database with Citus; none if no table has its role,
 * because the distribution has not begun.
 *
 * @throws StoreError `unavailable` if a table is distributed in another way
 */
export async function findUndistributed(run: Run, { roles }: Pick<Migrations, 'roles'>): Promise<readonly string[]> {
  const tables = await readCitusTables(run);
  if (!tables.some((table) => hasRole(table, roles[table.name]))) return [];
  refuseWrongTables(tables, roles);
  const known = new Set(tables.map(({ name }) => name));
  return (await readOwnTables(run, roles)).filter((name) => !known.has(name));
}

const hasRole = ({ role, column }: CitusTable, wanted: TableRole | undefined) =>
  role === wanted && (role === 'reference' || column === 'corp_id');

/** The table with which all other distributed tables are co-located. */
const findFirst = (roles: Migrations['roles']) => Object.keys(roles).find((name) => roles[name] === 'distributed');

/** Throws a StoreError if a table is distributed in another way than its role says. */
export function refuseWrongTables(tables: readonly CitusTable[], roles: Migrations['roles']): void {
  const first = findFirst(roles);
  const group = tables.find(({ name }) => name === first)?.group;
  for (const table of tables) {
    const wanted = roles[table.name];
    if (wanted === undefined) continue;
    if (!hasRole(table, wanted)) refuseTable(describeWrongRole(table, wanted));
    if (wanted === 'distributed' && table.group !== group)
      refuseTable(`${table.name} is not co-located with ${first}, and must be`);
  }
}

function refuseTable(why: string): never {
  throw new StoreError('unavailable', why, {
    advice: 'Undo that with the functions undistribute_table or remove_local_tables_from_metadata of Citus.',
  });
}

function describeWrongRole({ name, role, column }: CitusTable, wanted: TableRole): string {
  const place = column === null ? `a ${role === 'other' ? 'local' : role} table of Citus` : `distributed by ${column}`;
  return `${name} is ${place}, and must be ${wanted === 'reference' ? 'a reference table' : 'distributed by corp_id'}`;
}

/**
 * Allows statements that change the shards of several tables in one transaction: without this, Citus runs them on several
 * connections at once, and refuses the second.
 */
export const sequentially = `set local citus.multi_shard_modify_mode = 'sequential'`;

/**
 * Splits a migration script into its statements, because Citus sends the whole text of a query to its nodes, where it
 * must be one statement. No script has a semicolon or two hyphens in a text.
 */
export function splitScript(script: string): readonly string[] {
  return script
    .replaceAll(/--.*$/gm, '')
    .split(';')
    .filter((statement) => statement.trim() !== '');
}

/** Distributes tables with their rows and partitions. */
export async function distributeTables(
  { run }: Pick<Transaction, 'run'>,
  names: readonly string[],
  { roles }: Pick<Migrations, 'roles'>,
): Promise<void> {
  if (names.length > 0) await run(sequentially);
  for (const statement of names.flatMap((name) => renderDistribution(name, roles))) await run(statement);
}

/**
 * Renders the statements that distribute a table. All distributed tables are co-located with the first one, so that the
 * rows of an organization are on one node. Citus leaves a copy of the rows on the coordinator, which the second statement
 * removes.
 */
export function renderDistribution(name: string, roles: Migrations['roles']): readonly string[] {
  const first = findFirst(roles);
  const place =
    roles[name] === 'distributed'
      ? `select create_distributed_table('${name}', 'corp_id', colocate_with => '${name === first ? 'none' : first}')`
      : `select create_reference_table('${name}')`;
  return [place, `select truncate_local_data_after_distributing_table('${name}')`];
}
