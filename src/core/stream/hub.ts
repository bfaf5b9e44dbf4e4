import type { Eventually } from '../../store/engine/sql.ts';
import type { App, Directory } from '../../store/model.ts';
import type { StreamConnection } from '../../store/stream/connections.ts';
import { maxPushBytes } from '../../wire/limits.ts';
import type { RandomBytes } from '../access/random.ts';
import type { Clock } from '../clock.ts';
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
import { createLocalConnections, type LocalConnections } from './local.ts';
import { createRemotePushes, type RemotePushes, type SharedStreams } from './remote.ts';
import { createRepeats, isRepeated, type Repeats, repeatAfter } from './repeats.ts';
import { createSender, type PushEmulation, type Sender, type Sent } from './sender.ts';

export type { Push, PushType, Subscription } from './frames.ts';

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

/**
 * An open connection, as the console lists it. `openedAt` is epoch milliseconds; `process` is null if no other process
 * uses the database.
 */
export type ListedConnection = {
  readonly connectionId: string;
  readonly client: string;
  readonly subscriptions: readonly Subscription[];
  readonly openedAt: number;
  readonly process: number | null;
};

/** The clients that listen in Stream mode. */
export type StreamHub = {
  /**
   * Sends a push to one connection of an app, chosen at random among those that have subscribed to its type and topic.
   * Messages to robots are sent once more if they have no answer after 60 s of the context's clock; the outcome does not
   * wait for that. The hub adds the headers `contentType`, `messageId`, `time`, `topic`, and `appId` with `connectionId`
   * or, to an event, `eventUnifiedAppId`.
   *
   * @throws RangeError if the data of the push are longer than 240 KiB
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
  /**
   * Runs work that replaces the whole state, after earlier work of this kind. Connections whose app is the same afterwards
   * stay.
   */
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
  /** Called after each push, with the milliseconds that it took. */
  readonly onPushed: (type: PushType, outcome: PushOutcome['outcome'], took: number) => void;
};

/** Milliseconds between two checks for silent clients and lost notices. */
const sweepInterval = 1000;

/** Milliseconds for which another process waits for the answer to a push that may be repeated. */
const keepRepeated = repeatAfter + 10_000;

/** The parts of a hub. `phase`: while `held`, the whole state is being replaced. */
type Hub = HubParts & {
  readonly streamTimes: StreamTimes;
  readonly local: LocalConnections;
  readonly send: Sender;
  readonly remote: RemotePushes | undefined;
  readonly repeats: Repeats;
  phase: 'open' | 'held' | 'stopping';
  /** Called when the last connection is closed. */
  onEmpty: () => void;
};

/** Opens the hub of a process. */
export function openStreamHub(parts: HubParts): StreamHub {
  const hub = createHub(parts);
  const { local, remote, repeats } = hub;
  let replacing = Promise.resolve();
  const timer = setInterval(sweep, Math.min(sweepInterval, hub.streamTimes.ping / 4), hub).unref();
  return {
    async push(app, push, options) {
      const started = performance.now();
      const result = await pushAndWait(hub, app, push, options);
      parts.onPushed(push.type, result.outcome, performance.now() - started);
      return result;
    },
    isListening: (app, type, topic) => isListening(hub, app, type, topic),
    list: (app) =>
      remote
        ? remote.connections(app).then((all) => all.map(toListed))
        : local.ofApp(app.id).map((one) => ({ ...one, process: null })),
    register: (connection) => register(hub, connection),
    size: (appId) => (appId === undefined ? local.count() : local.ofApp(appId).length),
    isStopping: () => hub.phase === 'stopping',
    recheck(directory) {
      if (hub.phase !== 'held') recheckAll(local, directory);
    },
    keepWhile(directory, work) {
      const replaced = replacing.then(() => keepWhile(hub, directory, work));
      replacing = replaced.catch(() => {});
      return replaced;
    },
    receive(text) {
      if (text === undefined) sweep(hub);
      else remote?.receive(text);
    },
    disconnectAll: () => disconnectAll(hub),
    async close() {
      hub.phase = 'stopping';
      clearInterval(timer);
      repeats.clear();
      for (const { link } of local.all()) link.cut();
    },
  };
}

async function keepWhile(hub: Hub, directory: () => Directory, work: () => Promise<void>): Promise<void> {
  hub.phase = 'held';
  hub.repeats.clear();
  try {
    await work();
  } finally {
    hub.phase = 'open';
    recheckAll(hub.local, directory());
  }
}

function createHub(parts: HubParts): Hub {
  const { clock, bytes, emulation, shared } = parts;
  const local = createLocalConnections();
  const send = createSender({ clock, bytes, emulation });
  const remote =
    shared && createRemotePushes(shared, { list: local.all, send: (id, push) => sendTo(local, send, id, push) });
  const streamTimes = { ...defaultStreamTimes, ...parts.times };
  return { ...parts, streamTimes, local, send, remote, repeats: createRepeats(clock), phase: 'open', onEmpty() {} };
}

/** Sends a push through a connection to this process; returns undefined if it is closed or about to be. */
function sendTo(local: LocalConnections, send: Sender, id: number, push: Push): Sent | undefined {
  const connection = local.find(id);
  return connection?.state === 'open' ? send(connection, push) : undefined;
}

/** Checks for silent clients and lost notices. */
function sweep({ local, streamTimes, clock, remote, shared }: Hub): void {
  for (const connection of local.all()) checkSilence(connection, streamTimes, clock);
  remote?.poll().catch((err: unknown) => shared?.log.debug({ err }, 'cannot poll for pushes'));
}

async function pushAndWait(
  hub: Hub,
  app: PushedApp,
  push: Push,
  { deadlineMs, signal }: PushOptions,
): Promise<PushOutcome> {
  if (Buffer.byteLength(push.data) > maxPushBytes) throw new RangeError(`a push has at most ${maxPushBytes} bytes`);
  const isKept = hub.repeat && isRepeated(push);
  const keep = isKept ? keepRepeated : deadlineMs;
  const sent = await sendOnce(hub, app, push, keep);
  if (!sent) return { outcome: 'no-connection' };
  if (isKept) hub.repeats.add(sent, push.data.length, () => sendOnce(hub, app, push, keep));
  const answer = await waitFor(sent.answer, deadlineMs, signal);
  if (!answer && !isKept) sent.giveUp();
  return answer ? { outcome: 'answered', ...answer } : { outcome: 'timeout' };
}

/** Sends a push through a random connection. `keep`: milliseconds for which another process waits for the answer. */
async function sendOnce(hub: Hub, app: PushedApp, push: Push, keep: number): Promise<Sent | undefined> {
  const { local, send, remote, bytes } = hub;
  if (!remote) {
    const found = findListeners(local, app, push);
    const connection = found[pickIndex(bytes, found.length)];
    return connection && send(connection, push);
  }
  const found = (await remote.connections(app)).filter(
    ({ id, subscriptions }) => hasTopic(subscriptions, push) && local.find(id)?.state !== 'leaving',
  );
  const target = found[pickIndex(bytes, found.length)];
  return target && (sendTo(local, send, target.id, push) ?? remote.send(target, push, keep));
}

function findListeners(local: LocalConnections, app: PushedApp, { type, topic }: Pick<Push, 'type' | 'topic'>) {
  return local.ofApp(app.id).filter((one) => isSubscribed(one, type, topic));
}

function isListening({ local, remote }: Hub, app: PushedApp, type: PushType, topic: string): Eventually<boolean> {
  const isHere = findListeners(local, app, { type, topic }).length > 0;
  if (isHere || !remote) return isHere;
  const isThere = ({ subscriptions }: { readonly subscriptions: string }) => hasTopic(subscriptions, { type, topic });
  return remote.connections(app).then((all) => all.some(isThere));
}

function register(hub: Hub, given: NewConnection): Registered {
  const { local, clock, lifetime, remote } = hub;
  const connection = openConnection(given, clock.now());
  local.add(connection);
  const cancel = clock.at(connection.openedAt + lifetime, () => leave(hub, connection));
  sendPing(connection, connection.openedAt);
  if (hub.phase === 'stopping') leave(hub, connection);
  return {
    heard: (text) => receive(connection, text),
    touched: () => touch(connection),
    closed() {
      cancel();
      if (!local.remove(connection)) return;
      closeConnection(connection);
      remote?.withdraw(connection);
      if (local.count() === 0) hub.onEmpty();
    },
  };
}

function openConnection(given: NewConnection, openedAt: number): Connection {
  const now = performance.now();
  return { ...given, openedAt, waiting: new Map(), state: 'open', heardAt: now, pingedAt: now, unanswered: 0 };
}

/** Asks a client to connect again. */
function leave({ streamTimes, clock, remote }: Hub, connection: Connection): void {
  disconnect(connection, streamTimes, clock.now());
  // The other processes must send nothing more through it.
  remote?.withdraw(connection);
}

async function disconnectAll(hub: Hub): Promise<void> {
  hub.phase = 'stopping';
  const { promise, resolve } = Promise.withResolvers<void>();
  hub.onEmpty = resolve;
  for (const connection of hub.local.all()) leave(hub, connection);
  if (hub.local.count() > 0) await promise;
}

function recheckAll(local: LocalConnections, directory: Directory): void {
  for (const connection of local.all()) {
    const app = directory.appOf(connection.appId);
    if (app?.code !== connection.appKey || directory.era(app.id) !== connection.era) connection.link.end();
    else connection.appUuid = app.uuid;
  }
}

function toListed({ ticket, client, subscriptions, openedAt, process }: StreamConnection): ListedConnection {
  return {
    connectionId: ticket,
    client,
    subscriptions: JSON.parse(subscriptions) as Subscription[],
    openedAt,
    process,
  };
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
