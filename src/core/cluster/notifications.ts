import type { Touched } from '../../store/model.ts';
import type { Store } from '../../store/store.ts';
import type { Admissions } from '../access/admissions.ts';
import type { LiveDirectory, Log } from '../context.ts';
import { type Events, everybody } from '../events.ts';

/**
 * Notifications between the processes on one database: publishes what this process has written, and receives what the
 * others have. A notification is only a hint to read the database again. Lost notifications are compensated by periodic
 * reads.
 */
export type Neighbours = {
  /** Publishes that event streams have grown. */
  touched(streams: readonly Touched[]): void;
  /** Publishes a new version of the directory. */
  directoryChanged(version: number): void;
  /**
   * Publishes that event streams with a key must re-check their authorization. Undefined if there are no other
   * processes.
   */
  readonly doubted: ((key: string) => void) | undefined;
  /** Publishes that a write of this process failed but may be durable: the others must check everything again. */
  outcomeUnknown(): void;
  /** Starts to receive notifications. */
  listen(to: Listeners): Promise<void>;
  close(): Promise<void>;
};

/** The receivers of notifications from other processes. */
export type Listeners = {
  readonly events: Events;
  readonly admissions: Admissions;
  readonly directory: LiveDirectory;
};

/** For a process that has its database to itself: publishes and receives nothing. */
export const noNeighbours: Neighbours = {
  touched() {},
  directoryChanged() {},
  doubted: undefined,
  outcomeUnknown() {},
  async listen() {},
  async close() {},
};

/** Milliseconds for which grown streams are collected, so that one notification carries several. */
const gather = 2;

/** Maximum bytes of one notification; PostgreSQL allows up to 8000. */
const longest = 7000;

/** Milliseconds between two checks whether streams have grown without a notification, by the machine's clock. */
const lookEvery = 2000;

/** Creates the notifications of a process that shares its database. Failures to publish are logged, not thrown. */
export function createNeighbours(store: Store, log: Log): Neighbours {
  const lost = (err: unknown) => log.warn({ err }, 'the other processes could not be told and will see for themselves');
  const waiting = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let stop = async () => {};
  const flush = () => {
    timer = undefined;
    const texts = packed([...waiting]);
    waiting.clear();
    for (const text of texts) store.driver.tell('touched', `${store.processes.own()}:${text}`).catch(lost);
  };
  return {
    touched(streams) {
      for (const { corpId, userId } of streams) waiting.add(`${corpId}/${userId}`);
      if (waiting.size > 0) timer ??= setTimeout(flush, gather);
    },
    directoryChanged(version) {
      store.driver.tell('directory', `${store.processes.own()}:${version}`).catch(lost);
    },
    doubted(key) {
      store.driver.tell('doubted', `${store.processes.own()}:${key}`).catch(lost);
    },
    outcomeUnknown() {
      store.driver.tell('unknown', `${store.processes.own()}:`).catch(lost);
    },
    async listen({ events, admissions, directory }) {
      const lookAtAll = () => {
        events.heard(events.followed());
        admissions.receive();
      };
      const end = await store.driver.listen((topic, text) => {
        const [from, news = ''] = text.split(':', 2);
        if (Number(from) === store.processes.own()) return;
        if (topic === 'touched') events.heard(unpacked(news));
        else if (topic === 'doubted') admissions.receive(news);
        else if (topic === 'unknown') lookAtAll();
        else directory.reach(Number(news))?.catch((err: unknown) => log.warn({ err }, 'cannot read the directory'));
      }, lookAtAll);
      const looking = lookAgain(store, events, log);
      stop = async () => {
        clearInterval(looking);
        await end().catch((err: unknown) => log.debug({ err }, 'could not stop to listen'));
      };
    },
    async close() {
      clearTimeout(timer);
      if (timer) flush();
      await stop();
    },
  };
}

/** Joins streams into as few texts as possible, each within `longest`, such as `1/7,1/8`. */
function packed(streams: readonly string[]): readonly string[] {
  const texts: string[] = [];
  for (const stream of streams) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + stream.length < longest) texts[texts.length - 1] = `${last},${stream}`;
    else texts.push(stream);
  }
  return texts;
}

function unpacked(text: string): readonly Touched[] {
  return text.split(',').map((stream) => {
    const [corpId = 0, userId = 0] = stream.split('/').map(Number);
    return { corpId, userId };
  });
}

/** Periodically compares the ends of all subscribed streams, and wakes subscribers whose notification was lost. */
function lookAgain(store: Store, events: Events, log: Log): NodeJS.Timeout {
  let ends = new Map<string, number>();
  let running = false;
  const look = async () => {
    const found = await endsOf(store, events.followed());
    // A stream without a previous end counts as grown: it may have grown since its subscriber started to read.
    const grown = [...found].filter(([key, { last }]) => last > (ends.get(key) ?? -1));
    ends = new Map([...found].map(([key, { last }]) => [key, last]));
    events.heard(grown.map(([, { stream }]) => stream));
  };
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    look()
      .catch((err: unknown) => log.debug({ err }, 'cannot compare the ends of the streams'))
      .finally(() => {
        running = false;
      });
  }, lookEvery);
  timer.unref();
  return timer;
}

type End = { readonly stream: Touched; readonly last: number };

/** Users whose stream ends are read by one statement. */
const together = 500;

async function endsOf(store: Store, followed: readonly Touched[]): Promise<ReadonlyMap<string, End>> {
  const ends = new Map<string, End>();
  const byCorp = Map.groupBy(followed, ({ corpId }) => corpId);
  for (const [corpId, streams] of byCorp) {
    const ids = streams.map(({ userId }) => userId).filter((id) => id !== everybody);
    const put = (userId: number, last: number) => ends.set(`${corpId}/${userId}`, { stream: { corpId, userId }, last });
    if (ids.length < streams.length) put(everybody, await store.operator.lastEvent(corpId));
    for (let i = 0; i < ids.length; i += together) {
      const part = ids.slice(i, i + together);
      // Padded to a fixed length, so that only one statement has to be prepared.
      const filled = part.concat(Array<number>(together - part.length).fill(0));
      for (const [userId, last] of await store.processes.streamEnds(corpId, filled)) put(userId, last);
    }
  }
  return ends;
}
