/**
 * Re-checks of event streams. A stream is authorized when it is opened. When a session ends or a user is removed, the
 * streams with its key must check their authorization again. Only the signal to do so is passed on here; the store has
 * the sessions.
 */
export type Admissions = {
  /** Calls the callback whenever streams with the key must be re-checked. Returns a function that ends this. */
  watch(key: string, recheck: () => void): () => void;
  /** Signals a re-check of the streams with a key, in this process and in all others. */
  recheck(key: string): void;
  /**
   * Handles the signal of another process. Without a key, all streams are re-checked, because signals may have been
   * lost.
   */
  receive(key?: string): void;
  /** Whether signals of other processes may be lost, so that streams must also be re-checked from time to time. */
  readonly mayMiss: boolean;
};

/** The key of a user's streams. */
export function personKey({ corpId, userId }: { readonly corpId: number; readonly userId: number }): string {
  return `person ${corpId}/${userId}`;
}

/** Creates the re-checks of one process. `publish` sends a signal to the other processes, if there can be any. */
export function createStreamRechecks(publish?: (key: string) => void): Admissions {
  const watchers = new Map<string, Set<() => void>>();
  const receive = (key?: string) => {
    const sets = key === undefined ? [...watchers.values()] : [watchers.get(key) ?? []];
    for (const set of sets) for (const recheck of [...set]) recheck();
  };
  return {
    watch(key, recheck) {
      const set = watchers.get(key) ?? new Set();
      watchers.set(key, set.add(recheck));
      return () => {
        set.delete(recheck);
        if (set.size === 0 && watchers.get(key) === set) watchers.delete(key);
      };
    },
    recheck(key) {
      publish?.(key);
      receive(key);
    },
    receive,
    mayMiss: publish !== undefined,
  };
}
