import { type Query, runAsync, type Work } from '../sql.ts';
import { transactWrite } from './postgres-fence.ts';
import { retryOnMissingDay } from './postgres-partitions.ts';
import type { Pool } from './postgres-pool.ts';

/**
 * Runs the body of a verb in a write transaction. On Citus, versions that it has raised are raised again afterwards, in
 * a transaction of their own.
 *
 * Citus commits on one node after the other. Meanwhile another process can read the new version on one node and old rows
 * on another, and cache these rows as those of the new version. No node has the second version before all nodes have
 * committed the rows, and all nodes have it before the write is acknowledged.
 */
export async function writeBody<T>(pool: Pool, body: () => Work<T>, isLazy = false): Promise<T> {
  const raises = new Map<string, Query>();
  const value = await retryOnMissingDay(pool, () =>
    transactWrite(
      pool,
      ({ query }) =>
        runAsync(body(), (request) => {
          const { statement, params } = request;
          if (statement.raisesVersion) raises.set([statement.name, ...params].join(), request);
          return query(request);
        }),
      isLazy,
    ),
  );
  if (pool.session.isCitus && raises.size > 0) await raiseAgain(pool, [...raises.values()]);
  return value;
}

async function raiseAgain(pool: Pool, raises: readonly Query[]): Promise<void> {
  try {
    await transactWrite(pool, async ({ query }) => {
      for (const raise of raises) await query(raise);
    });
  } catch (error) {
    // The write itself is durable, although its caller gets an error.
    for (const listener of pool.onUnknownOutcome) listener();
    throw error;
  }
}
