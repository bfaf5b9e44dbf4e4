import postgres from 'postgres';
import { dayOf, lastDay, perDay, startTimeOf } from '../partitions.ts';
import { transactWrite } from './postgres-fence.ts';
import { lockNumber } from './postgres-migrate.ts';
import { ensureOpen, type Pool } from './postgres-pool.ts';
import { renderSuffix, runText } from './postgres-query.ts';
import { type Transaction, transact } from './postgres-transaction.ts';

/**
 * The tables that are partitioned by day, in the order in which a day's partitions are dropped. Messages come first: a
 * reader that meets an event whose message is gone reports the message as removed.
 */
const tables = ['messages', 'contents', 'inbox', 'events', 'group_reads'];

/** Second keys of the advisory locks. A transaction that takes both takes them in this order. */
const preparing = 3;
const dropping = 4;

/**
 * Milliseconds that dropping waits for a table lock. Short, because other statements queue behind a waiting lock
 * request.
 */
const lockTimeout = 2000;

/** Milliseconds allowed for detaching or dropping one partition, including the wait for transactions that read it. */
const removalTimeout = 10_000;

/** How many times a transaction runs when partitions are missing. */
const attempts = 5;

function parseSuffix(suffix: string): number {
  const [, year, month, date] = /^_(\d{4})(\d{2})(\d{2})$/.exec(suffix) ?? [];
  return year === undefined ? 0 : dayOf(Date.UTC(Number(year), Number(month) - 1, Number(date)));
}

/** A partition: attached, being detached (`leaving`), or detached and not dropped yet (`left`). */
type Partition = { readonly table: string; readonly day: number; readonly state: 'attached' | 'leaving' | 'left' };

const selectPartitions = `
  select c.relname, case when i.inhrelid is null then 'left' when i.inhdetachpending then 'leaving' else 'attached' end
  from pg_class c left join pg_inherits i on i.inhrelid = c.oid
  where c.relnamespace = (select relnamespace from pg_class where oid = to_regclass('messages'))
    and c.relkind = 'r' and c.relname ~ '^(${tables.join('|')})_(first|[0-9]{8})$'`;

async function readPartitions(run: Transaction['run']): Promise<readonly Partition[]> {
  return (await run(selectPartitions)).map(([name, state]) => {
    const at = String(name).lastIndexOf('_');
    const [table, suffix] = [String(name).slice(0, at), String(name).slice(at)];
    return { table, day: parseSuffix(suffix), state: state as Partition['state'] };
  });
}

/** Loads which days have all their partitions, so that statements about these days name the partitions directly. */
export async function loadDays(pool: Pool): Promise<void> {
  const parts = await transact(pool, (tx) => readPartitions(tx.run));
  const attached = Map.groupBy(
    parts.filter(({ state }) => state === 'attached'),
    ({ day }) => day,
  );
  pool.days.clear();
  for (const [day, own] of attached) if (own.length === tables.length) pool.days.add(day);
}

/** Creates the missing partitions of a day. If some of its partitions are being dropped, it first finishes that. */
export async function createDay(pool: Pool, day: number): Promise<void> {
  await transactWrite(pool, async ({ run }) => {
    await lock(run, preparing);
    const isOfDay = (part: Partition) => part.day === day;
    let parts = (await readPartitions(run)).filter(isOfDay);
    if (parts.some(({ state }) => state !== 'attached')) {
      await lock(run, dropping);
      parts = (await readPartitions(run)).filter(isOfDay);
      for (const part of parts) if (part.state !== 'attached') await dropDetached(run, part);
    }
    const has = (table: string) => parts.some((part) => part.table === table && part.state === 'attached');
    for (const table of tables) if (!has(table)) await createPartition(run, table, day, pool.session.isCitus);
  });
  pool.days.add(day);
}

/** Drops the partitions whose removal was interrupted. */
export async function finishRemovals(run: Transaction['run']): Promise<void> {
  await lock(run, preparing);
  await lock(run, dropping);
  for (const part of await readPartitions(run)) if (part.state !== 'attached') await dropDetached(run, part);
}

const lock = (run: Transaction['run'], which: number) => run(`select pg_advisory_xact_lock(${lockNumber}, ${which})`);

/**
 * Creates a table and then attaches it. Unlike `create table … partition of`, this does not wait for readers and
 * writers of the parent table. Citus needs a query for each of the two.
 */
async function createPartition(run: Transaction['run'], table: string, day: number, isCitus: boolean): Promise<void> {
  const part = table + renderSuffix(day);
  const end = day === lastDay ? 'maxvalue' : (day + 1) * perDay;
  const create = `create table ${part} (like ${table} including all)`;
  const attach = `alter table ${table} attach partition ${part} for values from (${day * perDay}) to (${end})`;
  for (const text of isCitus ? [create, attach] : [`${create}; ${attach}`]) await run(text);
}

/**
 * Detaches a partition without blocking readers and writers of the parent table, and drops it. On Citus, which does not
 * support that, detaching waits for them, and they wait for it.
 */
async function dropPartition(run: Transaction['run'], part: Partition, isCitus: boolean): Promise<void> {
  const { table, day, state } = part;
  const how = isCitus ? '' : 'concurrently';
  if (state === 'attached') await run(`alter table ${table} detach partition ${table}${renderSuffix(day)} ${how}`);
  await dropDetached(run, part);
}

/** Drops a partition that is detached, and first completes that if it was interrupted. */
async function dropDetached(run: Transaction['run'], { table, day, state }: Partition): Promise<void> {
  const part = table + renderSuffix(day);
  if (state === 'leaving') await run(`alter table ${table} detach partition ${part} finalize`);
  await run(`drop table ${part}`);
}

/**
 * Drops the partitions of the days that ended before a time. One connection holds the locks in a transaction, and
 * another one detaches the partitions, because `detach … concurrently` cannot run inside a transaction. The next call
 * completes what was interrupted. If another process is dropping partitions, this drops none.
 *
 * @param own a pool of two connections for this call, whose session settings outlast a transaction
 * @param before epoch milliseconds
 * @returns how many days were dropped
 */
export function dropDays(pool: Pool, own: Pool, before: number): Promise<number> {
  return transactWrite(own, async ({ run }) => {
    await run('set local idle_in_transaction_session_timeout = 0');
    const [locked] = await run(`select cast(pg_try_advisory_xact_lock(${lockNumber}, ${dropping}) as int)`);
    if (!Number(locked?.[0])) return 0;
    const isOver = ({ day }: Partition) => day > 0 && day < lastDay && startTimeOf(day + 1) <= before;
    const days = Map.groupBy((await readPartitions(run)).filter(isOver), ({ day }) => day);
    await runOutsideTransaction(own, async (drop) => {
      for (const [day, parts] of [...days].sort(([a], [b]) => a - b)) {
        pool.days.delete(day);
        for (const table of tables) {
          const part = parts.find((one) => one.table === table);
          // `select 1` fails if the connection that holds the locks was lost.
          if (part) await run('select 1').then(() => dropPartition(drop, part, own.session.isCitus));
        }
      }
    });
    return days.size;
  });
}

/** Runs work on another connection of the pool, where each statement is a transaction of its own. */
async function runOutsideTransaction(pool: Pool, work: (run: Transaction['run']) => Promise<void>): Promise<void> {
  const connection = await pool.acquire();
  const run = (text: string) => runText(connection, text);
  try {
    await ensureOpen(connection);
    await run(`set lock_timeout = ${lockTimeout}; set statement_timeout = ${removalTimeout}`);
    await work(run);
  } finally {
    if (connection.isOpen) await run('reset lock_timeout; reset statement_timeout').catch(() => {});
    pool.release(connection);
  }
}

/**
 * Runs a transaction. If a partition is missing, it creates it; if another process has dropped one, it loads the list
 * of days again. In both cases the transaction runs again.
 */
export async function retryOnMissingDay<T>(pool: Pool, transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt === attempts || !(await createMissingDay(pool, error))) throw error;
    }
  }
}

/** Repairs the cause of an error if that is a missing partition. Returns whether the statement should run again. */
export async function createMissingDay(pool: Pool, error: unknown): Promise<boolean> {
  if (!(error instanceof postgres.PostgresError)) return false;
  if (error.code === undefinedTable && pool.days.size > 0) {
    // Another process has dropped the day.
    await loadDays(pool);
    return true;
  }
  const day = parseMissingDay(error);
  if (day === undefined) return false;
  await createDay(pool, day);
  return true;
}

const undefinedTable = '42P01';
const checkViolation = '23514';

/**
 * Finds the name of a partitioned table. Citus reports that of a shard, such as messages_102008, and that of a shard on
 * another node only in the message, whose language is a setting of that node.
 */
const namesTable = new RegExp(`\\b(?:${tables.join('|')})(?:_\\d+)?\\b`);

/**
 * Parses the day of a row without a partition from the error: `Partition key of the failing row contains (id) =
 * (6442450944001).`
 */
function parseMissingDay({ code, message, table_name, detail }: postgres.PostgresError): number | undefined {
  if (code !== checkViolation || !namesTable.test(table_name ?? message)) return undefined;
  const [, number] = /= \((\d+)\)/.exec(detail ?? '') ?? [];
  return number === undefined ? undefined : Math.min(lastDay, Math.floor(Number(number) / perDay));
}
