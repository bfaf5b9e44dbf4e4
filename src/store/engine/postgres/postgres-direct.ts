import { StoreError } from '../sql.ts';
import { renderLocation } from './postgres-address.ts';
import { openPool } from './postgres-connect.ts';
import { toStoreError } from './postgres-errors.ts';
import { lockNumber } from './postgres-migrate.ts';
import type { Pool } from './postgres-pool.ts';
import { transact } from './postgres-transaction.ts';

/**
 * Access to the server itself, for what does not work through a transaction pooler: LISTEN, session settings and long
 * transactions.
 */
export type Direct = {
  readonly url: string;
  /** Runs work on a new pool of `size` connections, and closes it afterwards. */
  run<T>(size: number, work: (own: Pool) => Promise<T>): Promise<T>;
  /**
   * Runs work that needs only transactions: on the store's own connections if they are direct, otherwise on a new one.
   */
  share<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  /** Rejects with a StoreError if there is no direct address, or if it leads to another database. */
  check(): Promise<void>;
};

/**
 * Creates the direct access to the server, which bypasses a transaction pooler.
 *
 * @param url the store's address
 * @param given the direct address, if it differs from `url`; it may also be a pooler in session mode, which cannot be
 *   detected
 * @param pool the store's own connections
 */
export function createDirectAccess(url: string, given: string | undefined, pool: Pool): Direct {
  const address = given ?? url;
  const run: Direct['run'] = async (size, work) => {
    const own = openPool(address, size, pool);
    try {
      return await work(own);
    } catch (error) {
      throw toStoreError(error, renderLocation(address));
    } finally {
      await own.end(1);
    }
  };
  return {
    url: address,
    run,
    share: (work) => (given === undefined ? work(pool) : run(1, work)),
    check: () =>
      given === undefined ? refusePooler(pool, url) : run(1, (own) => refuseOtherDatabase(pool, own, url, address)),
  };
}

async function refusePooler(pool: Pool, url: string): Promise<void> {
  await pool.share(async () => {});
  if (!pool.session.isPooled) return;
  throw new StoreError('unavailable', `the address ${renderLocation(url)} leads to a connection pooler`, {
    advice:
      'Set --database-direct (HUIZHI_DATABASE_DIRECT) to the address of the PostgreSQL server itself, or to the same address if the pooler is in session mode.',
  });
}

/**
 * Takes an advisory lock on one address and tries it on the other. Locks belong to a database, so that fails if both
 * are the same database.
 */
async function refuseOtherDatabase(pool: Pool, own: Pool, url: string, address: string): Promise<void> {
  const key = `${lockNumber}, ${firstRandomKey + Math.floor(Math.random() * randomKeys)}`;
  await transact(own, async (direct) => {
    await direct.run(`select pg_advisory_xact_lock(${key})`);
    const [locked] = await transact(pool, (pooled) =>
      pooled.run(`select cast(pg_try_advisory_xact_lock(${key}) as int)`),
    );
    if (!Number(locked?.[0])) return;
    throw new StoreError(
      'unavailable',
      `${renderLocation(address)} and ${renderLocation(url)} are not the same database`,
      {
        advice: 'Let --database-direct lead to the same database as --database.',
      },
    );
  });
}

/** Second keys of advisory locks above those that are otherwise used. */
const firstRandomKey = 1000;
const randomKeys = 1_000_000_000;
