import type { Store } from '../../store/store.ts';
import type { Context, Log } from '../context.ts';
import { createSkewWatch, type SkewWatch } from './clock-skew.ts';
import { joinProcesses, type TakeOver } from './membership.ts';
import { createNeighbours, type Neighbours, noNeighbours } from './notifications.ts';

/** This process among those on its database. */
export type Cluster = {
  readonly neighbours: Neighbours;
  /** Absent where no clock is compared with the database server's. */
  readonly skew: SkewWatch | undefined;
  /** Makes this process one of those that deliver. */
  join(context: Context): Promise<TakeOver>;
};

/**
 * Chooses once, at start, between a process that has its database to itself and one of several.
 *
 * @param comparesClocks false where the process's clock is a test's
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
