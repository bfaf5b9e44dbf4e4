import type { Store } from '../../store/store.ts';
import type { Context, Log } from '../context.ts';
import { createSkewWatch, type SkewWatch } from './clock-skew.ts';
import { joinProcesses, type Membership } from './membership.ts';
import { createNotifications, type Notifications, noNotifications } from './notifications.ts';

/** The connection of this process to the other processes on its database. */
export type Cluster = {
  readonly notifications: Notifications;
  /** Undefined if the clock is not compared with the database server's. */
  readonly skew: SkewWatch | undefined;
  /** Registers this process as one of those that deliver messages. */
  join(context: Context): Promise<Membership>;
};

/**
 * Creates the cluster of a process. If the store's driver has exclusive use of its database, there are no other
 * processes and this does little.
 *
 * @param isServe false if the process uses a test clock, and its database is of a test
 */
export function createCluster(store: Store, log: Log, isServe: boolean): Cluster {
  return store.driver.exclusive ? singleProcess : createSharedCluster(store, log, isServe);
}

const singleProcess: Cluster = {
  notifications: noNotifications,
  skew: undefined,
  join: async ({ deliverer }) => ({
    async takeOver() {
      await deliverer.resume();
    },
    async close() {},
  }),
};

function createSharedCluster(store: Store, log: Log, isServe: boolean): Cluster {
  const skew = isServe ? createSkewWatch(store.driver, log) : undefined;
  return {
    notifications: createNotifications(store, log, isServe),
    skew,
    join: (context) => joinProcesses({ ...context, skew }),
  };
}
