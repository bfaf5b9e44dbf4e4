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

/** The connections to this process. */
type Local = {
  list(): readonly Connection[];
  /** Sends a push; returns undefined if the connection is gone. */
  send(connectionId: number, push: Push): Sent | undefined;
};

type StoredBody = { readonly push: Push; readonly keep: number };

/** Creates the pushes between processes. */
export function createRemotePushes({ store, publish, log }: SharedStreams, local: Local): RemotePushes {
  const { streams, processes } = store;
  const waiting = new Map<string, (answer: Answer | undefined) => void>();
  let announcedAs = processes.own();
  const own = () => processes.own() ?? 0;
  const ignore = (err: unknown) => log.debug({ err }, 'cannot share Stream connections, and will try again');

  /** Sends a push of another process, and stores the answer. */
  const serve = async (corpId: number, id: number) => {
    const push = await streams.takePush(corpId, id, own());
    if (!push) return;
    const answer = await answerOf(local, push.connectionId, JSON.parse(push.body) as StoredBody);
    await streams.putPushResult(corpId, id, { answer: answer && JSON.stringify(answer) });
    publish(`answered/${push.owner}/${corpId}/${id}`);
  };
  const finish = async (corpId: number, id: number) => {
    const settle = waiting.get(`${corpId}/${id}`);
    const result = settle && (await streams.pushResult(corpId, id));
    if (result) settle?.(toAnswer(result));
  };
  /** Stores the rows of all connections again, after the other processes had declared this one dead. */
  const announceAgain = async () => {
    const process = processes.own();
    if (process === announcedAs || process === undefined) return;
    for (const one of local.list()) await streams.putConnection(toRow(one, process));
    announcedAs = process;
  };
  return {
    connections: async ({ corpId, id }) => streams.connections(corpId, id),
    send({ corpId, id: connectionId, process }, push, keep) {
      const { promise: answer, resolve } = Promise.withResolvers<Answer | undefined>();
      const start = async () => {
        const id = await store.number('push');
        const key = `${corpId}/${id}`;
        waiting.set(key, resolve);
        const body = JSON.stringify({ push, keep } satisfies StoredBody);
        await streams.putPush({ corpId, id, connectionId, process, owner: own(), body });
        publish(`push/${process}/${key}`);
        await answer;
        waiting.delete(key);
        await streams.dropPush(corpId, id);
      };
      start().catch((err: unknown) => {
        log.warn({ err }, 'cannot push through another process');
        resolve(undefined);
      });
      return { answer, giveUp: () => resolve(undefined) };
    },
    withdraw: ({ corpId, id }) => void streams.dropConnection(corpId, id).catch(ignore),
    receive(text) {
      const [what, process, corpId, id] = text.split('/');
      if (Number(process) !== own()) return;
      const work = what === 'push' ? serve(Number(corpId), Number(id)) : finish(Number(corpId), Number(id));
      work.catch(ignore);
    },
    async poll() {
      await announceAgain();
      if (local.list().length > 0)
        for (const [corpId, id] of await streams.waitingPushes(own())) serve(corpId, id).catch(ignore);
      for (const key of [...waiting.keys()]) {
        const [corpId = 0, id = 0] = key.split('/').map(Number);
        await finish(corpId, id);
      }
    },
  };
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
  return { corpId, id, appId, process, ticket, subscriptions: JSON.stringify(connection.subscriptions), client, openedAt };
}
