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
  /** Texts of which only the first `longestKept` characters are kept. */
  readonly truncated?: readonly ('body' | 'answer')[];
};

/** The newest requests, for assertions. */
export type Journal = {
  add(entry: Omit<Entry, 'sequence' | 'truncated'>): void;
  since(sequence: number, limit: number): readonly Entry[];
  clear(): void;
  /** Tells of each request from now on; answers a function that ends it. */
  watch(tell: (entry: Entry) => void): () => void;
};

/** Most characters of a body, an answer, a query or all headers that are kept; more than any request that means something has. */
export const longestKept = 64 * 1024;
/** Most characters of all requests that are kept. */
const mostKept = 16 * 1024 * 1024;

/** @param limit how many requests are kept; the oldest are evicted, earlier when the kept ones are long */
export function createJournal(limit: number): Journal {
  const kept: Entry[] = [];
  let oldest = 0;
  let count = 0;
  let size = 0;
  const watchers = new Set<(entry: Entry) => void>();
  const evict = () => {
    while (kept.length - oldest > limit || size > mostKept) size -= sizeOf(kept[oldest++]);
    // Removing one by one from the front would move all others each time.
    if (oldest < 100) return;
    kept.splice(0, oldest);
    oldest = 0;
  };
  return {
    add(entry) {
      const added = { ...cutLong(entry), sequence: count + 1 };
      kept.push(added);
      count++;
      size += sizeOf(added);
      evict();
      for (const tell of watchers) tell(added);
    },
    since(sequence, most) {
      const first = Math.max(oldest, sequence - (count - kept.length));
      return kept.slice(first, first + Math.max(0, most));
    },
    clear() {
      kept.length = 0;
      oldest = 0;
      count = 0;
      size = 0;
    },
    watch(tell) {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
  };
}

/** Characters of an entry, roughly; what else it holds is short. */
function sizeOf(entry: Entry | undefined): number {
  if (entry === undefined) return 0;
  const { path, query, body, answer, headers } = entry;
  return 512 + path.length + query.length + body.length + answer.length + headersLength(headers);
}

function headersLength(headers: Entry['headers']): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
}

function cutLong(entry: Omit<Entry, 'sequence' | 'truncated'>): Omit<Entry, 'sequence'> {
  const truncated = (['body', 'answer'] as const).filter((name) => entry[name].length > longestKept);
  if (truncated.length === 0) return entry;
  return { ...entry, ...Object.fromEntries(truncated.map((name) => [name, start(entry[name])])), truncated };
}

/** The start of a text, copied: a slice would keep the whole text in memory. */
function start(text: string): string {
  return Buffer.from(text.slice(0, longestKept)).toString();
}
