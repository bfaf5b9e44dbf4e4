import type { Driver } from '../engine/sql.ts';
import {
  dropConnection,
  pruneConnections,
  putConnection,
  readConnections,
  type StreamConnection,
} from './connections.ts';
import {
  dropPush,
  type PushResult,
  prunePushes,
  putPush,
  putPushResult,
  readAnsweredPushes,
  readPushResult,
  readWaitingPushes,
  type StoredPush,
  takeWaitingPush,
} from './pushes.ts';
import { pruneStreamTickets, putStreamTicket, redeemStreamTicket, type Seat, type StreamTicket } from './tickets.ts';

/** Creates the verbs for Stream mode. Times are epoch milliseconds. */
export function createStreamVerbs(driver: Driver) {
  return {
    /** Stores a ticket. Resolves with false, and stores nothing, if its app has `most` open tickets. */
    putTicket: (ticket: StreamTicket, now: number, most: number) =>
      driver.write(() => putStreamTicket(ticket, now, most)),
    /** Redeems a ticket by its SHA-256; see `redeemStreamTicket`. */
    redeem: (hash: string, seat: Seat) => driver.write(() => redeemStreamTicket(hash, seat)),
    /** Stores the row of a connection, or moves it to another process. */
    putConnection: (connection: StreamConnection) => driver.write(() => putConnection(connection)),
    /** Removes the row of a connection. */
    dropConnection: (corpId: number, id: number) => driver.write(() => dropConnection(corpId, id)),
    /** Reads the connections of an app to all running processes. */
    connections: (corpId: number, appId: number) => driver.read(() => readConnections(corpId, appId)),
    putPush: (push: StoredPush) => driver.write(() => putPush(push)),
    takePush: (corpId: number, id: number, process: number) => driver.write(() => takeWaitingPush(corpId, id, process)),
    waitingPushes: (process: number) => driver.read(() => readWaitingPushes(process)),
    answeredPushes: (owner: number) => driver.read(() => readAnsweredPushes(owner)),
    putPushResult: (corpId: number, id: number, result: PushResult) =>
      driver.write(() => putPushResult(corpId, id, result)),
    pushResult: (corpId: number, id: number) => driver.read(() => readPushResult(corpId, id)),
    dropPush: (corpId: number, id: number) => driver.write(() => dropPush(corpId, id)),
    /** Removes expired tickets, and the connections and pushes of processes that are gone. */
    prune: (now: number) =>
      driver.write(function* () {
        yield* pruneStreamTickets(now);
        yield* pruneConnections();
        yield* prunePushes();
      }),
  };
}

export type StreamVerbs = ReturnType<typeof createStreamVerbs>;
