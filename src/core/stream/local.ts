import type { Connection } from './connection.ts';

/** The connections to this process. */
export type LocalConnections = {
  add(connection: Connection): void;
  /** Removes a connection, and returns whether it was there. */
  remove(connection: Connection): boolean;
  find(id: number): Connection | undefined;
  /** Returns the connections of an app, oldest first. */
  ofApp(appId: number): readonly Connection[];
  all(): readonly Connection[];
  count(): number;
};

/** Creates an empty list of connections. They are found by app, because a server has many apps and a push has one. */
export function createLocalConnections(): LocalConnections {
  const byId = new Map<number, Connection>();
  const byApp = new Map<number, Set<Connection>>();
  return {
    add(connection) {
      byId.set(connection.id, connection);
      const ofApp = byApp.get(connection.appId) ?? new Set();
      byApp.set(connection.appId, ofApp.add(connection));
    },
    remove(connection) {
      const ofApp = byApp.get(connection.appId);
      ofApp?.delete(connection);
      if (ofApp?.size === 0) byApp.delete(connection.appId);
      return byId.delete(connection.id);
    },
    find: (id) => byId.get(id),
    ofApp: (appId) => [...(byApp.get(appId) ?? [])],
    all: () => [...byId.values()],
    count: () => byId.size,
  };
}
