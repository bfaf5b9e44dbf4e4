/**
 * Who follows a stream was let in when it was opened. When that is in doubt, since a session has ended or somebody has left, the follower
 * has to prove again that he may follow. Only the doubt travels here; what is true stands in the store.
 */
export type Admissions = {
  /** Calls `doubted` whenever the key is in doubt, until the function that it answers is called. */
  watch(key: string, doubted: () => void): () => void;
  /** Puts a key in doubt, here and on the other processes. */
  doubt(key: string): void;
  /** What another process doubts; everything, where its words may have been lost. */
  heard(key?: string): void;
};

/** The key of a person's streams. */
export function personKey({ corpId, userId }: { readonly corpId: number; readonly userId: number }): string {
  return `person ${corpId}/${userId}`;
}

/** Creates the admissions of one process; `tell` passes a doubt on to the others. */
export function createAdmissions(tell?: (key: string) => void): Admissions {
  const watchers = new Map<string, Set<() => void>>();
  const heard = (key?: string) => {
    const sets = key === undefined ? [...watchers.values()] : [watchers.get(key) ?? []];
    for (const set of sets) for (const doubted of [...set]) doubted();
  };
  return {
    watch(key, doubted) {
      const set = watchers.get(key) ?? new Set();
      watchers.set(key, set.add(doubted));
      return () => {
        set.delete(doubted);
        if (set.size === 0 && watchers.get(key) === set) watchers.delete(key);
      };
    },
    doubt(key) {
      tell?.(key);
      heard(key);
    },
    heard,
  };
}
