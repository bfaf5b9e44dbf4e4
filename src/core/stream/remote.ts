import type { StreamConnection } from '../../store/stream/connections.ts';
import type { PushResult } from '../../store/stream/pushes.ts';
import type { StreamVerbs } from '../../store/stream/verbs.ts';
import type { Log } from '../log.ts';
import type { Connection } from './connection.ts';
import type { Answer, Push } from './frames.ts';
import type { Sent } from './sender.ts';

/** Pushes through connections to the other processes on a database. A push is a row; notices only name it. */
export type RemotePushes = {
  /** Reads the connections of an app to all running processes. */
  connections(app: { readonly corpId: number; readonly id: number }): Promise<readonly StreamConnection[]>;
  /** Sends a push through a connection to another process, which waits for the answer for `keep` milliseconds. */
  send(target: StreamConnection, push: Push, keep: number): Sent;
  /** Removes the row of a connection to this process. */
  withdraw(connection: Connection): void;
  /** Handles a notice of another process. */
  receive(text: string): void;
  /** Reads what has changed, because notices may have been lost. */
  poll(): Promise<void>;
};

/** What this process needs to share its connections. */
export type SharedStreams = {
  readonly store: {
    readonly streams: StreamVerbs;
    number(noun: 'push'): number | Promise<number>;
    readonly processes: { own(): number | undefined };
  };
  /** Publishes a notice to the other processes. */
  publish(text: string): void;
  readonly log: Log;
};

/** The part of the connections to this process that the other processes use. */
type Local = {
  list(): readonly Connection[];
  /** Sends a push; returns undefined if the connection is gone. */
  send(connectionId: number, push: Push): Sent | undefined;
};

type StoredBody = { readonly push: Push; readonly keep: number };

/** The pushes of this process that wait for a result, by corpId and number. */
type Waiting = Map<string, (answer: Answer | undefined) => void>;

/** Creates the pushes between processes. */
export function createRemotePushes(shared: SharedStreams, local: Local): RemotePushes {
  const { store, log } = shared;
  const { streams, processes } = store;
  const waiting: Waiting = new Map();
  let announcedAs = processes.own();
  let isPolling = false;
  /** Closed connections whose row could not be removed. */
  const leftOver = new Set<Connection>();
  const ignore = (err: unknown) => log.debug({ err }, 'cannot share Stream connections, and will try again');
  /** Stores the rows of all connections again, after the other processes had declared this one dead. */
  const announceAgain = async () => {
    const process = processes.own();
    if (process === undefined || process === announcedAs) return;
    // At the start, there is none.
    if (announcedAs !== undefined) for (const one of local.list()) await streams.putConnection(toRow(one, process));
    announcedAs = process;
  };
  const withdraw = (connection: Connection) => {
    leftOver.delete(connection);
    streams.dropConnection(connection.corpId, connection.id).catch((err: unknown) => {
      leftOver.add(connection);
      ignore(err);
    });
  };
  return {
    connections: async ({ corpId, id }) => streams.connections(corpId, id),
    send(target, push, keep) {
      const { promise: answer, resolve } = Promise.withResolvers<Answer | undefined>();
      sendRow(shared, waiting, { target, push, keep, answer, resolve }).catch((err: unknown) => {
        log.warn({ err }, 'cannot push through another process');
        resolve(undefined);
      });
      return { answer, giveUp: () => resolve(undefined) };
    },
    withdraw,
    receive(text) {
      const [what, process, corpId, id] = text.split('/');
      if (Number(process) !== processes.own()) return;
      const run =
        what === 'push' ? serve(shared, local, Number(corpId), Number(id)) : finish(shared, waiting, `${corpId}/${id}`);
      run.catch(ignore);
    },
    async poll() {
      // The database may be slower than the timer.
      if (isPolling) return;
      isPolling = true;
      try {
        await announceAgain();
        for (const connection of [...leftOver]) withdraw(connection);
        if (local.list().length > 0)
          for (const [corpId, id] of await streams.waitingPushes(processes.own() ?? 0))
            serve(shared, local, corpId, id).catch(ignore);
        await finishAll(shared, waiting);
      } finally {
        isPolling = false;
      }
    },
  };
}

type SentRow = {
  readonly target: StreamConnection;
  readonly push: Push;
  readonly keep: number;
  readonly answer: Promise<Answer | undefined>;
  resolve(answer: Answer | undefined): void;
};

/** Stores a push for another process, and removes it when it is answered or given up. */
async function sendRow({ store, publish }: SharedStreams, waiting: Waiting, sent: SentRow): Promise<void> {
  const { corpId, id: connectionId, process } = sent.target;
  const id = await store.number('push');
  const key = `${corpId}/${id}`;
  waiting.set(key, sent.resolve);
  const body = JSON.stringify({ push: sent.push, keep: sent.keep } satisfies StoredBody);
  try {
    await store.streams.putPush({ corpId, id, connectionId, process, owner: store.processes.own() ?? 0, body });
    publish(`push/${process}/${key}`);
    await sent.answer;
  } finally {
    waiting.delete(key);
  }
  await store.streams.dropPush(corpId, id);
}

/** Sends a push of another process, and stores the answer. */
async function serve({ store, publish }: SharedStreams, local: Local, corpId: number, id: number): Promise<void> {
  const push = await store.streams.takePush(corpId, id, store.processes.own() ?? 0);
  if (!push) return;
  const answer = await answerOf(local, push.connectionId, JSON.parse(push.body) as StoredBody);
  await store.streams.putPushResult(corpId, id, { answer: answer && JSON.stringify(answer) });
  publish(`answered/${push.owner}/${corpId}/${id}`);
}

/** Reads the result of a push of this process, if there is one. */
async function finish({ store }: SharedStreams, waiting: Waiting, key: string): Promise<void> {
  const [corpId = 0, id = 0] = key.split('/').map(Number);
  const result = waiting.has(key) ? await store.streams.pushResult(corpId, id) : undefined;
  if (result) waiting.get(key)?.(toAnswer(result));
}

/** Reads the results whose notices were lost, and removes the rows of pushes that nobody waits for. */
async function finishAll(shared: SharedStreams, waiting: Waiting): Promise<void> {
  const { streams, processes } = shared.store;
  if (waiting.size === 0) return;
  for (const [corpId, id] of await streams.answeredPushes(processes.own() ?? 0)) {
    const key = `${corpId}/${id}`;
    if (waiting.has(key)) await finish(shared, waiting, key);
    else await streams.dropPush(corpId, id);
  }
}

async function answerOf(local: Local, connectionId: number, { push, keep }: StoredBody): Promise<Answer | undefined> {
  const sent = local.send(connectionId, push);
  if (!sent) return undefined;
  const timer = setTimeout(sent.giveUp, keep).unref();
  const answer = await sent.answer;
  clearTimeout(timer);
  return answer;
}

function toAnswer({ answer }: PushResult): Answer | undefined {
  return answer === undefined ? undefined : (JSON.parse(answer) as Answer);
}

function toRow(connection: Connection, process: number): StreamConnection {
  const { corpId, id, appId, connectionId: ticket, client, openedAt } = connection;
  return {
    corpId,
    id,
    appId,
    process,
    ticket,
    subscriptions: JSON.stringify(connection.subscriptions),
    client,
    openedAt,
  };
}
