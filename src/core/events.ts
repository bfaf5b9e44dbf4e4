import type { Touched } from '../store/model.ts';
import { maxStreams } from '../wire/limits.ts';

/**
 * Wakes the subscribers of event streams when a stream has grown. Only this signal is passed on; the events are read
 * from the store, so that slow or reconnecting clients see the same events as all others.
 */
export type Events = {
  /**
   * Subscribes to a user's stream, or to that of a whole organization with `everybody`. Returns a function that
   * unsubscribes. `wake` is called whenever the stream has grown; with `ended` the subscriber must close, because all
   * streams end or the user has too many of them.
   */
  subscribe(corpId: number, userId: number, wake: (ended: boolean) => void): () => void;
  /** Wakes the subscribers of streams that this process has written to, in all processes. */
  publish(touched: readonly Touched[]): void;
  /** Wakes the subscribers of streams in this process only, after another process has written to them. */
  receive(touched: readonly Touched[]): void;
  /** Returns the streams that have subscribers. */
  subscribedStreams(): readonly Touched[];
  /** Ends all streams, because the state of the store was replaced or the server is stopping. */
  end(): void;
  /** Returns the number of subscribers. */
  subscribers(): number;
};

/**
 * The user id that stands for the stream of a whole organization. Its subscribers are also woken when any of its users'
 * streams has grown.
 */
export const everybody = 0;

/**
 * Creates the events of one process. `publish` sends the streams that this process has written to the other processes.
 */
export function createEvents(publish?: (touched: readonly Touched[]) => void): Events {
  const wakes = new Map<string, Set<(ended: boolean) => void>>();
  let count = 0;
  const receive = (touched: readonly Touched[]) => {
    if (count === 0) return;
    for (const { corpId, userId } of touched) for (const wake of wakes.get(`${corpId}/${userId}`) ?? []) wake(false);
    for (const corpId of new Set(touched.map((one) => one.corpId))) {
      for (const wake of wakes.get(`${corpId}/${everybody}`) ?? []) wake(false);
    }
  };
  // The oldest, not the newest: connections left behind by a lost network must not block a user who reconnects.
  const endOldest = (set: Set<(ended: boolean) => void>) => {
    const [oldest] = set;
    if (!oldest) return;
    set.delete(oldest);
    count--;
    oldest(true);
  };
  return {
    subscribe(corpId, userId, wake) {
      const key = `${corpId}/${userId}`;
      const set = wakes.get(key) ?? new Set();
      wakes.set(key, set.add(wake));
      count++;
      if (userId !== everybody && set.size > maxStreams) endOldest(set);
      return () => {
        if (!set.delete(wake)) return;
        count--;
        if (set.size === 0 && wakes.get(key) === set) wakes.delete(key);
      };
    },
    publish(touched) {
      publish?.(touched);
      receive(touched);
    },
    receive,
    subscribedStreams: () =>
      [...wakes.keys()]
        .map((key) => key.split('/').map(Number))
        .map(([corpId = 0, userId = 0]) => ({ corpId, userId })),
    end() {
      for (const set of [...wakes.values()]) for (const wake of [...set]) wake(true);
    },
    subscribers: () => count,
  };
}
