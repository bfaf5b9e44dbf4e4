import type { App, Directory } from '../../store/model.ts';
import type { RandomBytes } from '../access/random.ts';
import type { Clock } from '../clock.ts';
import type { Eventually } from '../context.ts';
import {
  type Connection,
  checkSilence,
  closeConnection,
  defaultStreamTimes,
  disconnect,
  includesTopic,
  isSubscribed,
  receive,
  type StreamTimes,
  sendPing,
  touch,
} from './connection.ts';
import type { Answer, Push, PushType, Subscription } from './frames.ts';
import { createRemotePushes, type SharedStreams } from './remote.ts';
import { createRepeats, isRepeated, repeatAfter } from './repeats.ts';
import { createSender, type PushEmulation, type Sent } from './sender.ts';

export type { Answer, Push, PushType, Subscription } from './frames.ts';

/**
 * The outcome of a push. `answered`: the client's answer, whose `data` is the text that it has sent (empty if none).
 * `timeout`: no answer within the deadline, or the connection ended before. `no-connection`: no client of the app has
 * subscribed to the topic, so nothing was sent.
 */
export type PushOutcome =
  | { readonly outcome: 'answered'; readonly code: number; readonly message: string; readonly data: string }
  | { readonly outcome: 'timeout' }
  | { readonly outcome: 'no-connection' };

/** The app whose clients get a push. */
export type PushedApp = Pick<App, 'corpId' | 'id'>;

export type PushOptions = {
  /** Milliseconds of the machine's clock within which the client has to answer. */
  readonly deadlineMs: number;
  /** Gives up the wait when it aborts; the outcome is then `timeout`. */
  readonly signal?: AbortSignal | undefined;
};

/** A connection to be registered. `connectionId` is its ticket. */
export type NewConnection = Pick<
  Connection,
  'id' | 'corpId' | 'appId' | 'appKey' | 'appUuid' | 'era' | 'client' | 'connectionId' | 'subscriptions' | 'link'
>;

/** What the socket of a registered connection reports. */
export type Registered = {
  /** A text frame has arrived. */
  heard(text: string): void;
  /** Anything else has arrived: the client is alive. */
  touched(): void;
  /** The connection is closed. */
  closed(): void;
};

/** An open connection, as the console lists it. `openedAt` is epoch milliseconds. */
export type ListedConnection = {
  readonly connectionId: string;
  readonly client: string;
  readonly subscriptions: readonly Subscription[];
  readonly openedAt: number;
};

/** The clients that listen in Stream mode. */
export type StreamHub = {
  /**
   * Sends a push to one connection of an app, chosen at random among those that have subscribed to its type and topic.
   * Messages to robots are sent once more if they have no answer after 60 s of the context's clock; the outcome does not
   * wait for that. The hub adds the headers `contentType`, `messageId`, `time`, `topic`, and `appId` with `connectionId`
   * or, to an event, `eventUnifiedAppId`.
   */
  push(app: PushedApp, push: Push, options: PushOptions): Promise<PushOutcome>;
  /** Whether an app has a connection that has subscribed to a type and topic. */
  isListening(app: PushedApp, type: PushType, topic: string): Eventually<boolean>;
  /** Lists the open connections of an app, oldest first. */
  list(app: PushedApp): Eventually<readonly ListedConnection[]>;
  /** Adds an open connection, and pings it. */
  register(connection: NewConnection): Registered;
  /** Returns the number of connections to this process: all, or those of an app. */
  size(appId?: number): number;
  /** Whether the server is stopping, so that no connection can be opened. */
  isStopping(): boolean;
  /**
   * Ends the connections of apps whose era has risen, or that do not exist any more. Called whenever the directory was
   * read.
   */
  recheck(directory: Directory): void;
  /** Runs work that replaces the whole state. Connections whose app is the same afterwards stay. */
  keepWhile(directory: () => Directory, work: () => Promise<void>): Promise<void>;
  /** Handles a notice of another process; without a text, notices may have been lost. */
  receive(text?: string): void;
  /** Sends `disconnect` to all connections to this process, and resolves when they are closed. */
  disconnectAll(): Promise<void>;
  close(): Promise<void>;
};

export type HubParts = {
  readonly clock: Clock;
  readonly bytes: RandomBytes;
  /** Whether robot messages without an answer are sent once more. */
  readonly repeat: boolean;
  /** Milliseconds of the context's clock after which a connection gets `disconnect`. */
  readonly lifetime: number;
  readonly times?: Partial<StreamTimes> | undefined;
  /** Present if several processes share the database. */
  readonly shared?: SharedStreams | undefined;
  /** Present in the emulator only. */
  readonly emulation?: PushEmulation | undefined;
};

/** Milliseconds between two checks for silent clients and lost notices. */
const sweepInterval = 1000;

/** Milliseconds for which another process waits for the answer to a push that may be repeated. */
const keepRepeated = repeatAfter + 10_000;

/** Opens the hub of a process. */
export function openStreamHub(parts: HubParts): StreamHub {
  const { clock, bytes, repeat, lifetime } = parts;
  const times = { ...defaultStreamTimes, ...parts.times };
  const connections = new Map<number, Connection>();
  const send = createSender({ clock, bytes, emulation: parts.emulation });
  const remote = parts.shared && createRemotePushes(parts.shared, { list: () => [...connections.values()], send: sendTo });
  const repeats = createRepeats(clock);
  let state: 'open' | 'held' | 'stopping' = 'open';
  let onEmpty = () => {};
  const timer = setInterval(sweep, Math.min(sweepInterval, times.ping / 4)).unref();

  function sendTo(id: number, push: Push): Sent | undefined {
    const connection = connections.get(id);
    return connection?.state === 'open' ? send(connection, push) : undefined;
  }
  function sweep(): void {
    for (const connection of connections.values()) checkSilence(connection, times, clock);
    remote?.poll().catch((err: unknown) => parts.shared?.log.debug({ err }, 'cannot poll for pushes'));
  }
  const leave = (connection: Connection) => {
    disconnect(connection, times, clock.now());
    // The other processes must send nothing more through it.
    remote?.withdraw(connection);
  };
  const listeners = (app: PushedApp, type: PushType, topic: string) =>
    [...connections.values()].filter((one) => one.appId === app.id && isSubscribed(one, type, topic));

  const sendOnce = async (app: PushedApp, push: Push, keep: number): Promise<Sent | undefined> => {
    if (!remote) {
      const found = listeners(app, push.type, push.topic);
      const connection = found[pickIndex(bytes, found.length)];
      return connection && send(connection, push);
    }
    const found = (await remote.connections(app)).filter(
      ({ id, subscriptions }) => hasTopic(subscriptions, push) && connections.get(id)?.state !== 'leaving',
    );
    const target = found[pickIndex(bytes, found.length)];
    if (!target) return undefined;
    return sendTo(target.id, push) ?? remote.send(target, push, keep);
  };
  return {
    async push(app, push, { deadlineMs, signal }) {
      const isKept = repeat && isRepeated(push);
      const keep = isKept ? keepRepeated : deadlineMs;
      const sent = await sendOnce(app, push, keep);
      if (!sent) return { outcome: 'no-connection' };
      if (isKept) repeats.add(sent, push.data.length, () => sendOnce(app, push, keep));
      const answer = await waitFor(sent.answer, deadlineMs, signal);
      if (!answer && !isKept) sent.giveUp();
      return answer ? { outcome: 'answered', ...answer } : { outcome: 'timeout' };
    },
    isListening(app, type, topic) {
      if (!remote || listeners(app, type, topic).length > 0) return listeners(app, type, topic).length > 0;
      return remote
        .connections(app)
        .then((all) => all.some(({ subscriptions }) => hasTopic(subscriptions, { type, topic })));
    },
    list(app) {
      if (remote) return remote.connections(app).then((all) => all.map(toListed));
      return [...connections.values()].filter(({ appId }) => appId === app.id);
    },
    register(given) {
      const connection = openConnection(given, clock.now());
      connections.set(connection.id, connection);
      const cancel = clock.at(connection.openedAt + lifetime, () => leave(connection));
      sendPing(connection, connection.openedAt);
      if (state === 'stopping') leave(connection);
      return {
        heard: (text) => receive(connection, text),
        touched: () => touch(connection),
        closed() {
          cancel();
          if (!connections.delete(connection.id)) return;
          closeConnection(connection);
          remote?.withdraw(connection);
          if (connections.size === 0) onEmpty();
        },
      };
    },
    size(appId) {
      if (appId === undefined) return connections.size;
      return [...connections.values()].filter((one) => one.appId === appId).length;
    },
    isStopping: () => state === 'stopping',
    recheck(directory) {
      if (state === 'held') return;
      for (const connection of [...connections.values()]) recheckConnection(connection, directory);
    },
    async keepWhile(directory, work) {
      state = 'held';
      repeats.clear();
      try {
        await work();
      } finally {
        state = 'open';
        this.recheck(directory());
      }
    },
    receive(text) {
      if (text !== undefined) remote?.receive(text);
      else sweep();
    },
    async disconnectAll() {
      state = 'stopping';
      const empty = new Promise<void>((resolve) => {
        onEmpty = resolve;
      });
      for (const connection of [...connections.values()]) leave(connection);
      if (connections.size > 0) await empty;
    },
    async close() {
      state = 'stopping';
      clearInterval(timer);
      repeats.clear();
      for (const { link } of [...connections.values()]) link.cut();
    },
  };
}

function openConnection(given: NewConnection, openedAt: number): Connection {
  const now = performance.now();
  return { ...given, openedAt, waiting: new Map(), state: 'open', heardAt: now, pingedAt: now, unanswered: 0 };
}

function recheckConnection(connection: Connection, directory: Directory): void {
  const app = directory.appOf(connection.appId);
  if (app?.code !== connection.appKey || directory.era(app.id) !== connection.era) connection.link.end();
  else connection.appUuid = app.uuid;
}

function toListed({ ticket, client, subscriptions, openedAt }: {
  readonly ticket: string;
  readonly client: string;
  readonly subscriptions: string;
  readonly openedAt: number;
}): ListedConnection {
  return { connectionId: ticket, client, subscriptions: JSON.parse(subscriptions) as Subscription[], openedAt };
}

function hasTopic(subscriptions: string, { type, topic }: Pick<Push, 'type' | 'topic'>): boolean {
  return includesTopic(JSON.parse(subscriptions) as Subscription[], type, topic);
}

/** Returns a random index into a list. */
function pickIndex(bytes: RandomBytes, length: number): number {
  return length < 2 ? 0 : Buffer.from(bytes(4)).readUInt32LE() % length;
}

/** Waits for an answer until a deadline, or until the signal aborts. */
function waitFor(
  answer: Promise<Answer | undefined>,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<Answer | undefined> {
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const stop = () => resolve(undefined);
  const timer = setTimeout(stop, milliseconds);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  answer.then(resolve, stop);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  });
}
