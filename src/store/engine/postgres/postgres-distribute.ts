import { beatsQuery, isInUse } from '../live-processes.ts';
import { noSlowStatements } from '../slow-statements.ts';
import { type Migrations, StoreError, type TableRole } from '../sql.ts';
import { renderLocation } from './postgres-address.ts';
import { distributeTables, readCitusTables, refuseWrongTables } from './postgres-citus.ts';
import { openPool } from './postgres-connect.ts';
import { toStoreError } from './postgres-errors.ts';
import { lockNumber, readPostgresVersion, writing } from './postgres-migrate.ts';
import { finishRemovals } from './postgres-partitions.ts';
import type { Pool } from './postgres-pool.ts';
import { schemaChange, type Transaction, transact } from './postgres-transaction.ts';

type Run = Transaction['run'];

/** A table after `huizhi distribute`; `done` is false if it was distributed before. */
export type DistributedTable = { readonly table: string; readonly role: TableRole; readonly done: boolean };

export type Distribution = {
  readonly tables: readonly DistributedTable[];
  /** The nodes that hold shards, as `host:port`. */
  readonly nodes: readonly string[];
  readonly shards: number;
};

/**
 * Distributes the tables of a database over the nodes of Citus, each in a transaction of its own. Tables that are
 * distributed already are left as they are, so that a later call continues an interrupted one.
 *
 * @param url the address of the coordinator itself
 * @throws StoreError `unavailable` if the server, the schema or an object in it does not allow that; nothing was
 *   distributed then
 */
export async function distributePostgres(
  url: string,
  steps: Migrations,
  onTable: (table: DistributedTable, total: number) => void,
): Promise<Distribution> {
  const pool = openPool(url, 1, { schema: { version: undefined }, slow: noSlowStatements });
  try {
    await transact(pool, ({ run }) => checkCitus(run));
    await transact(pool, (tx) => checkSchema(tx, steps));
    const names = Object.keys(steps.roles);
    const known = (await transact(pool, ({ run }) => readCitusTables(run))).map(({ name }) => name);
    if (!names.every((name) => known.includes(name))) await prepare(pool);
    const tables: DistributedTable[] = [];
    for (const table of names) {
      const done = await distributeOnce(pool, table, steps);
      const one = { table, role: steps.roles[table] ?? 'distributed', done };
      tables.push(one);
      onTable(one, names.length);
    }
    return { tables, ...(await transact(pool, ({ run }) => readPlaces(run, names[0] ?? ''))) };
  } catch (error) {
    throw toStoreError(error, renderLocation(url));
  } finally {
    await pool.end(1);
  }
}

/** Refuses a database that is in use, and drops the partitions that are detached and would stay on the coordinator. */
async function prepare(pool: Pool): Promise<void> {
  if (await isInUse(() => transact(pool, ({ run }) => run(beatsQuery))))
    refuse('the database is in use', 'Stop every huizhi on it first.');
  await transact(pool, ({ run }) => finishRemovals(run));
}

/** Distributes a table unless it is distributed, under the lock of migrations. Returns whether it did. */
function distributeOnce(pool: Pool, table: string, steps: Migrations): Promise<boolean> {
  const distribute = async (tx: Transaction) => {
    const { run } = tx;
    await run('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
    await run(`select pg_advisory_xact_lock(${lockNumber}, 1)`);
    await run(`select pg_advisory_xact_lock(${lockNumber}, ${writing})`);
    if ((await readCitusTables(run)).some(({ name }) => name === table)) return false;
    await distributeTables(tx, [table], steps);
    return true;
  };
  return transact(pool, distribute, schemaChange);
}

const refuse = (message: string, advice: string): never => {
  throw new StoreError('unavailable', message, { advice });
};

/** Checks that the server is the coordinator of a Citus cluster, and that the database has the extension. */
async function checkCitus(run: Run): Promise<void> {
  const [row] = await run(`
    select (select count(*) from pg_available_extensions where name = 'citus'),
      (select count(*) from pg_extension where extname = 'citus')`);
  const [available, created] = (row ?? []).map(Number);
  if (available === 0)
    refuse(
      'the server is PostgreSQL without Citus',
      'Only Citus can distribute the tables. On one PostgreSQL server, huizhi works without this command.',
    );
  if (created === 0)
    refuse(
      'the database does not have the extension citus',
      'Run "create extension citus" in this database, on the coordinator and on every worker.',
    );
  const [local] = await run('select groupid from pg_dist_local_group');
  if (Number(local?.[0] ?? 0) !== 0)
    refuse('the server is a worker of Citus', 'Let --database lead to the coordinator.');
  const [nodes] = await run('select count(*) from pg_dist_node where isactive and shouldhaveshards');
  if (Number(nodes?.[0]) === 0)
    refuse(
      'the coordinator knows no node that may hold shards',
      'Add the workers with citus_add_node, or let the coordinator hold shards.',
    );
}

/** Checks that the schema is the current one, and that Citus can distribute all of it. */
async function checkSchema(tx: Transaction, { latest, roles }: Migrations): Promise<void> {
  const found = await readPostgresVersion(tx);
  if (found > latest)
    throw new StoreError(
      'newer',
      `the database was made by a newer huizhi (its schema is version ${found} and this huizhi knows versions up to ${latest}); run that one or a later one`,
    );
  if (found < latest)
    refuse(`its schema is version ${found}, but this huizhi needs ${latest}`, 'Run huizhi migrate on it first.');
  refuseWrongTables(await readCitusTables(tx.run), roles);
  const unfit = await tx.run(renderUnfit(roles));
  if (unfit.length > 0)
    refuse(
      `Citus cannot distribute the schema with ${unfit.map(([what]) => String(what)).join(', ')}`,
      'They are not part of huizhi: drop them first.',
    );
}

/**
 * Renders a query of the objects that others have added to the tables and their partitions, and that Citus does not
 * support there.
 */
function renderUnfit(roles: Migrations['roles']): string {
  const list = Object.entries(roles).map(([name, role]) => `(to_regclass('${name}'), '${role}')`);
  const own = (role = '') => `(select id from own ${role && `where role = '${role}'`})`;
  return `
    with own (id, role) as (
      select coalesce(tree.relid, name), role from (values ${list.join(', ')}) tables (name, role)
      left join lateral pg_partition_tree(name) tree on true)
    select 'the foreign key ' || conname || ' of ' || conrelid::regclass::text from pg_constraint
    where contype = 'f' and conparentid = 0 and (conrelid in ${own()} or confrelid in ${own()})
    union all
    select 'the trigger ' || tgname || ' of ' || tgrelid::regclass::text from pg_trigger
    where not tgisinternal and tgparentid = 0 and tgrelid in ${own()}
    union all
    select 'the unique index ' || indexrelid::regclass::text || ' without corp_id' from pg_index
    where (indisunique or indisexclusion) and indrelid in ${own('distributed')} and not exists (
      select 1 from pg_attribute where attrelid = indrelid and attname = 'corp_id' and attnum = any (indkey))
    union all
    select 'the rule ' || rulename || ' of ' || ev_class::regclass::text from pg_rewrite where ev_class in ${own()}`;
}

/** Reads where the shards of a table are, and so those of all tables that are co-located with it. */
async function readPlaces(run: Run, table: string): Promise<Pick<Distribution, 'nodes' | 'shards'>> {
  const nodes = await run(`
    select nodename || ':' || nodeport from pg_dist_node where noderole = 'primary' and groupid in (
      select groupid from pg_dist_placement join pg_dist_shard using (shardid) where logicalrelid = to_regclass('${table}'))
    order by nodeid`);
  const [shards] = await run(`select count(*) from pg_dist_shard where logicalrelid = to_regclass('${table}')`);
  return { nodes: nodes.map(([node]) => String(node)), shards: Number(shards?.[0]) };
}
