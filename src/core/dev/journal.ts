/** A recorded request of the vendor's API with its response. */
export type Entry = {
  readonly sequence: number;
  /** Epoch milliseconds on the context's clock. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
  /** 0 if the connection was dropped. */
  readonly status: number;
  readonly answer: string;
  readonly requestId: string;
  readonly error: { readonly code: string; readonly why: string } | undefined;
  readonly durationMs: number;
  /** The texts that were truncated to `maxTextLength` characters. */
  readonly truncated?: readonly ('body' | 'answer')[];
};

/** A bounded record of the newest requests, for assertions in tests. */
export type Journal = {
  add(entry: Omit<Entry, 'sequence' | 'truncated'>): void;
  since(sequence: number, limit: number): readonly Entry[];
  clear(): void;
  /** Calls the callback for each further request. Returns a function that ends this. */
  watch(notify: (entry: Entry) => void): () => void;
};

/**
 * Maximum number of stored characters of a body, a response, a query or all headers. No meaningful request is longer.
 */
export const maxTextLength = 64 * 1024;
/** Maximum number of stored characters of all requests. */
const maxTotalLength = 16 * 1024 * 1024;

/** @param limit the maximum number of stored requests; the oldest are evicted, and long requests evict more of them */
export function createJournal(limit: number): Journal {
  const entries: Entry[] = [];
  let oldest = 0;
  let count = 0;
  let size = 0;
  const watchers = new Set<(entry: Entry) => void>();
  const evict = () => {
    while (entries.length - oldest > limit || size > maxTotalLength) size -= sizeOf(entries[oldest++]);
    // Remove from the front in batches, because each removal moves all other elements.
    if (oldest < 100) return;
    entries.splice(0, oldest);
    oldest = 0;
  };
  return {
    add(entry) {
      const added = { ...truncateLong(entry), sequence: count + 1 };
      entries.push(added);
      count++;
      size += sizeOf(added);
      evict();
      for (const notify of watchers) notify(added);
    },
    since(sequence, most) {
      const first = Math.max(oldest, sequence - (count - entries.length));
      return entries.slice(first, first + Math.max(0, most));
    },
    clear() {
      entries.length = 0;
      oldest = 0;
      count = 0;
      size = 0;
    },
    watch(notify) {
      watchers.add(notify);
      return () => watchers.delete(notify);
    },
  };
}

/** The approximate size of an entry in characters. */
function sizeOf(entry: Entry | undefined): number {
  if (entry === undefined) return 0;
  const { path, query, body, answer, headers } = entry;
  return 512 + path.length + query.length + body.length + answer.length + headersLength(headers);
}

function headersLength(headers: Entry['headers']): number {
  return Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
}

function truncateLong(entry: Omit<Entry, 'sequence' | 'truncated'>): Omit<Entry, 'sequence'> {
  const truncated = (['body', 'answer'] as const).filter((name) => entry[name].length > maxTextLength);
  if (truncated.length === 0) return entry;
  return { ...entry, ...Object.fromEntries(truncated.map((name) => [name, copyStart(entry[name])])), truncated };
}

/** Returns a copy of the start of a text. A slice would keep the whole text in memory. */
function copyStart(text: string): string {
  return Buffer.from(text.slice(0, maxTextLength)).toString();
}
