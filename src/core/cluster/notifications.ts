import type { Touched } from '../../store/model.ts';
import type { Store } from '../../store/store.ts';
import type { Admissions } from '../access/admissions.ts';
import type { CardUpdates } from '../cards/updates.ts';
import type { LiveDirectory, Log } from '../context.ts';
import { type Events, everybody } from '../events.ts';
import type { StreamHub } from '../stream/hub.ts';
import { createRestoreWatch } from './restored.ts';

/**
 * Notifications between the processes on one database: publishes what this process has written, and receives what the
 * others have. A notification is only a hint to read the database again. Periodic reads make up for lost ones.
 */
export type Notifications = {
  /** Publishes that event streams have grown. */
  touched(streams: readonly Touched[]): void;
  /** Publishes a new version of the directory. */
  directoryChanged(version: number): void;
  /**
   * Publishes that event streams with a key must re-check their authorization. Undefined if there are no other
   * processes.
   */
  readonly recheck: ((key: string) => void) | undefined;
  /** Publishes a notice about pushes of Stream mode. */
  stream(text: string): void;
  /** Publishes that a card has changed. */
  card(text: string): void;
  /** Publishes that a write of this process failed but may be durable: the others must check everything again. */
  outcomeUnknown(): void;
  /** Starts to receive notifications. */
  listen(to: Receivers): Promise<void>;
  close(): Promise<void>;
};

/** The receivers of notifications from other processes. */
export type Receivers = {
  readonly events: Events;
  readonly admissions: Admissions;
  readonly directory: LiveDirectory;
  readonly hub: Pick<StreamHub, 'receive'>;
  readonly cards: Pick<CardUpdates, 'receive'>;
};

/** For a process that has its database to itself: publishes and receives nothing. */
export const noNotifications: Notifications = {
  touched() {},
  directoryChanged() {},
  recheck: undefined,
  stream() {},
  card() {},
  outcomeUnknown() {},
  async listen() {},
  async close() {},
};

/** Milliseconds for which grown streams are collected, so that one notification carries several. */
const batchDelay = 2;

/** Maximum bytes of one notification; PostgreSQL allows up to 8000. */
const maxBytes = 7000;

/** Milliseconds between two checks whether streams have grown without a notification, by the machine's clock. */
const pollInterval = 2000;

/**
 * Creates the notifications of a process that shares its database. Failures to publish are logged, not thrown.
 *
 * @param watchesRestores whether a lost connection may mean that a standby was promoted
 */
export function createNotifications(store: Store, log: Log, watchesRestores: boolean): Notifications {
  const logFailure = (err: unknown) =>
    log.warn({ err }, 'cannot notify the other processes; they will find the changes by polling');
  const publish = (topic: string, text: string) =>
    void store.driver.publish(topic, `${store.processes.own()}:${text}`).catch(logFailure);
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stop = async () => {};
  const flush = () => {
    timer = undefined;
    const texts = packStreams([...pending]);
    pending.clear();
    for (const text of texts) publish('touched', text);
  };
  return {
    touched(streams) {
      for (const { corpId, userId } of streams) pending.add(`${corpId}/${userId}`);
      if (pending.size > 0) timer ??= setTimeout(flush, batchDelay);
    },
    directoryChanged: (version) => publish('directory', String(version)),
    recheck: (key) => publish('doubted', key),
    stream: (text) => publish('stream', text),
    card: (text) => publish('card', text),
    outcomeUnknown: () => publish('unknown', ''),
    async listen({ events, admissions, directory, hub, cards }) {
      const checkAll = () => {
        events.receive(events.subscribedStreams());
        admissions.receive();
        hub.receive();
        cards.receive();
      };
      const restores = watchesRestores ? await createRestoreWatch(store, log) : undefined;
      const missed = () => {
        checkAll();
        restores?.check();
      };
      const end = await store.driver.listen((topic, text) => {
        const [from, payload = ''] = text.split(':', 2);
        if (Number(from) === store.processes.own()) return;
        if (topic === 'touched') events.receive(parseStreams(payload));
        else if (topic === 'doubted') admissions.receive(payload);
        else if (topic === 'stream') hub.receive(payload);
        else if (topic === 'card') cards.receive(payload);
        else if (topic === 'unknown') checkAll();
        else directory.reach(Number(payload))?.catch((err: unknown) => log.warn({ err }, 'cannot read the directory'));
      }, missed);
      const polling = startPolling(store, events, log);
      stop = async () => {
        clearInterval(polling);
        restores?.close();
        await end().catch((err: unknown) => log.debug({ err }, 'cannot stop listening'));
      };
    },
    async close() {
      clearTimeout(timer);
      if (timer) flush();
      await stop();
    },
  };
}

/** Joins streams into as few texts as possible, each within `maxBytes`, such as `1/7,1/8`. */
function packStreams(streams: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const stream of streams) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + stream.length < maxBytes) texts[texts.length - 1] = `${last},${stream}`;
    else texts.push(stream);
  }
  return texts;
}

function parseStreams(text: string): readonly Touched[] {
  return text.split(',').map((stream) => {
    const [corpId = 0, userId = 0] = stream.split('/').map(Number);
    return { corpId, userId };
  });
}

/** Periodically compares the ends of all subscribed streams, and wakes subscribers whose notification was lost. */
function startPolling(store: Store, events: Events, log: Log): NodeJS.Timeout {
  let ends = new Map<string, number>();
  let running = false;
  const poll = async () => {
    const found = await readEnds(store, events.subscribedStreams());
    // A stream without a previous end counts as grown: it may have grown since its subscriber started to read.
    const grown = [...found].filter(([key, { last }]) => last > (ends.get(key) ?? -1));
    ends = new Map([...found].map(([key, { last }]) => [key, last]));
    events.receive(grown.map(([, { stream }]) => stream));
  };
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    poll()
      .catch((err: unknown) => log.debug({ err }, 'cannot compare the ends of the streams'))
      .finally(() => {
        running = false;
      });
  }, pollInterval);
  timer.unref();
  return timer;
}

type End = { readonly stream: Touched; readonly last: number };

/** Number of users whose stream ends one statement reads. */
const batchSize = 500;

async function readEnds(store: Store, subscribed: readonly Touched[]): Promise<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>();
  const byCorp = Map.groupBy(subscribed, ({ corpId }) => corpId);
  for (const [corpId, streams] of byCorp) {
    const ids = streams.map(({ userId }) => userId).filter((id) => id !== everybody);
    const put = (userId: number, last: number) => ends.set(`${corpId}/${userId}`, { stream: { corpId, userId }, last });
    if (ids.length < streams.length) put(everybody, await store.operator.lastEvent(corpId));
    for (let i = 0; i < ids.length; i += batchSize) {
      const part = ids.slice(i, i + batchSize);
      // Padded to a fixed length, so that only one statement has to be prepared.
      const filled = part.concat(Array<number>(batchSize - part.length).fill(0));
      for (const [userId, last] of await store.processes.streamEnds(corpId, filled)) put(userId, last);
    }
  }
  return ends;
}
