/** One request of the vendor's API and its answer, as it travelled. */
export type Entry = {
  readonly sequence: number;
  /** Epoch milliseconds on the context's clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  /** 0 when the connection was dropped. */
  readonly status: number;
  readonly answer: string;
  readonly requestId: string;
  readonly error: { readonly code: string; readonly why: string } | undefined;
  readonly durationMs: number;
};

/** The newest requests, for assertions. */
export type Journal = {
  add(entry: Omit<Entry, 'sequence'>): void;
  since(sequence: number, limit: number): readonly Entry[];
  clear(): void;
  /** Tells of each request from now on; answers a function that ends it. */
  watch(tell: (entry: Entry) => void): () => void;
};

/** @param limit how many are kept; older ones are forgotten */
export function createJournal(limit: number): Journal {
  const ring: Entry[] = [];
  let count = 0;
  const watchers = new Set<(entry: Entry) => void>();
  return {
    add(entry) {
      const told = { ...entry, sequence: count + 1 };
      ring[count % limit] = told;
      count++;
      for (const tell of watchers) tell(told);
    },
    since(sequence, most) {
      const first = Math.max(sequence, count - limit, 0);
      const length = Math.max(0, Math.min(most, count - first));
      return Array.from({ length }, (_, i) => ring[(first + i) % limit]).filter((entry) => entry !== undefined);
    },
    clear() {
      ring.length = 0;
      count = 0;
    },
    watch(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}
