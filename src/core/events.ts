import type { Touched } from '../store/model.ts';
import { maxStreams } from '../wire/limits.ts';

/**
 * Tells whoever follows a user's stream that it has grown. Only the news travels here; what happened is read from the store, so that a
 * follower who is slow, or was away, sees the same as one who was not.
 */
export type Events = {
  /** `wake` is told `ended` when the streams begin anew and a follower must come back, or when the same person follows too often. */
  follow(corpId: number, userId: number, wake: (ended: boolean) => void): () => void;
  touch(touched: readonly Touched[]): void;
  /** The same for what another process has written. */
  heard(touched: readonly Touched[]): void;
  /** The streams that are followed now. */
  followed(): readonly Touched[];
  /** Ends every stream: the state behind them was replaced, or the server stops. */
  end(): void;
  /** How many follow a stream now. */
  followers(): number;
};

/** Follows, or touches, the stream of an organization; its followers are also woken by what touches any of its users. */
export const everybody = 0;

/** Creates the events of one process; `tell` passes on to the others what this one has written. */
export function createEvents(tell?: (touched: readonly Touched[]) => void): Events {
  const wakes = new Map<string, Set<(ended: boolean) => void>>();
  let count = 0;
  const heard = (touched: readonly Touched[]) => {
    if (count === 0) return;
    for (const { corpId, userId } of touched) for (const wake of wakes.get(`${corpId}/${userId}`) ?? []) wake(false);
    for (const corpId of new Set(touched.map((one) => one.corpId))) {
      for (const wake of wakes.get(`${corpId}/${everybody}`) ?? []) wake(false);
    }
  };
  // The oldest and not the newest: what a lost network has left behind must not keep out who comes back.
  const endOldest = (set: Set<(ended: boolean) => void>) => {
    const [oldest] = set;
    if (!oldest) return;
    set.delete(oldest);
    count--;
    oldest(true);
  };
  return {
    follow(corpId, userId, wake) {
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
    touch(touched) {
      tell?.(touched);
      heard(touched);
    },
    heard,
    followed: () =>
      [...wakes.keys()]
        .map((key) => key.split('/').map(Number))
        .map(([corpId = 0, userId = 0]) => ({ corpId, userId })),
    end() {
      for (const set of [...wakes.values()]) for (const wake of [...set]) wake(true);
    },
    followers: () => count,
  };
}
