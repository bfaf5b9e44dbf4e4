import type { Store } from '../../store/store.ts';
import type { Context, Log } from '../context.ts';
import { createSkewWatch, type SkewWatch } from './clock-skew.ts';
import { joinProcesses, type TakeOver } from './membership.ts';
import { createNeighbours, type Neighbours, noNeighbours } from './notifications.ts';

/** The connection of this process to the other processes on its database. */
export type Cluster = {
  readonly neighbours: Neighbours;
  /** Undefined if the clock is not compared with the database server's. */
  readonly skew: SkewWatch | undefined;
  /** Registers this process as one of those that deliver messages. */
  join(context: Context): Promise<TakeOver>;
};

/**
 * Creates the cluster of a process. If the store's driver has exclusive use of its database, there are no other
 * processes and this does little.
 *
 * @param comparesClocks false if the process uses a test clock
 */
export function createCluster(store: Store, log: Log, comparesClocks: boolean): Cluster {
  return store.driver.exclusive ? aloneOnDatabase : amongProcesses(store, log, comparesClocks);
}

const aloneOnDatabase: Cluster = {
  neighbours: noNeighbours,
  skew: undefined,
  join: async ({ deliverer }) => ({
    async look() {
      await deliverer.takeUp();
    },
    async close() {},
  }),
};

function amongProcesses(store: Store, log: Log, comparesClocks: boolean): Cluster {
  const skew = comparesClocks ? createSkewWatch(store.driver, log) : undefined;
  return {
    neighbours: createNeighbours(store, log),
    skew,
    join: (context) => joinProcesses({ ...context, skew }),
  };
}
