import { placeOf } from './postgres-address.ts';
import { openPool } from './postgres-connect.ts';
import { toStoreError } from './postgres-errors.ts';
import { lockNumber } from './postgres-migrate.ts';
import type { Pool } from './postgres-pool.ts';
import { transact } from './postgres-transaction.ts';
import { StoreError } from './sql.ts';

/** The way to the server itself, for what a pooler of transactions cannot carry: LISTEN, settings of a session, long transactions. */
export type Direct = {
  readonly url: string;
  /** Runs work on connections that are opened for it and closed after it. */
  run<T>(size: number, work: (own: Pool) => Promise<T>): Promise<T>;
  /** Runs work that needs nothing but transactions: on the store's own connections where they are direct. */
  share<T>(work: (pool: Pool) => Promise<T>): Promise<T>;
  /** Fails with a StoreError when there is no such way, or when it leads to another database. */
  check(): Promise<void>;
};

/**
 * Returns the way to the server: another address, or the store's own where none is given.
 *
 * @param given an address that was given for this; nothing tells whether it leads to a pooler that pools sessions, which serves as well
 */
export function directTo(url: string, given: string | undefined, pool: Pool): Direct {
  const address = given ?? url;
  const run: Direct['run'] = async (size, work) => {
    const own = openPool(address, size, pool);
    try {
      return await work(own);
    } catch (error) {
      throw toStoreError(error, placeOf(address));
    } finally {
      await own.end(1);
    }
  };
  return {
    url: address,
    run,
    share: (work) => (given === undefined ? work(pool) : run(1, work)),
    check: () => (given === undefined ? refusePooler(pool, url) : run(1, (own) => compare(pool, own, url, address))),
  };
}

async function refusePooler(pool: Pool, url: string): Promise<void> {
  await pool.share(async () => {});
  if (!pool.session.isPooled) return;
  throw new StoreError('unavailable', `the address ${placeOf(url)} leads to a connection pooler`, {
    advice:
      'Set --database-direct (HUIZHI_DATABASE_DIRECT) to the address of the PostgreSQL server itself, or to the same address if the pooler is in session mode.',
  });
}

/** Locks are held by database, so a lock that is held on one address cannot be had on another address of the same database. */
async function compare(pool: Pool, own: Pool, url: string, address: string): Promise<void> {
  const key = `${lockNumber}, ${firstRandomKey + Math.floor(Math.random() * randomKeys)}`;
  await transact(own, async (direct) => {
    await direct.run(`select pg_advisory_xact_lock(${key})`);
    const [locked] = await transact(pool, (pooled) =>
      pooled.run(`select cast(pg_try_advisory_xact_lock(${key}) as int)`),
    );
    if (!Number(locked?.[0])) return;
    throw new StoreError('unavailable', `${placeOf(address)} and ${placeOf(url)} are not the same database`, {
      advice: 'Let --database-direct lead to the same database as --database.',
    });
  });
}

/** Second halves of locks beyond those that have a meaning. */
const firstRandomKey = 1000;
const randomKeys = 1_000_000_000;
