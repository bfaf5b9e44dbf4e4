import { CallError, call } from '../../shared/call.ts';
import type { Manner } from '../thread/viewing.ts';

/** Milliseconds for which reads are collected into one call. */
const batchDelay = 250;
const maxBatch = 100;

export type Reads = {
  /** Queues a message that the user has read. */
  add(messageId: string, manner: Manner): void;
  close(): void;
};

/** Reads that the server has not confirmed, as this browser keeps them, so that they outlive the page. */
export type KeptReads = {
  /** Resolves to the reads of earlier pages, when they can be reported: the session is confirmed. */
  readonly earlier: Promise<readonly (readonly [id: string, manner: Manner])[]>;
  add(id: string, manner: Manner): void;
  remove(ids: readonly string[]): void;
};

/** The call that marks something read, and the field of its ids. */
type Target = { readonly path: string; readonly field: string };
export const messageReads: Target = { path: '/inbox/v1/messages/read', field: 'messageIds' };
export const dingReads: Target = { path: '/inbox/v1/dings/read', field: 'dingIds' };

/**
 * Reports reads to the server in batches, and retries failed batches with an increasing delay. The time of a read is the
 * server's, so one that is reported late is late.
 */
export function createReads(onUnauthorized: () => void, target: Target, kept: KeptReads): Reads {
  const waiting = new Map<string, Manner>();
  const added = new Set<string>();
  let timer: number | undefined;
  let failures = 0;
  let isBusy = false;
  let isReady = false;
  let isClosed = false;

  const schedule = (delay: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(flush, delay);
  };
  const flush = async () => {
    const [manner] = waiting.values();
    if (isBusy || !isReady || manner === undefined) return;
    isBusy = true;
    const batch = [...waiting].flatMap(([id, each]) => (each === manner ? [id] : [])).slice(0, maxBatch);
    const failure = await post(target, batch, manner);
    isBusy = false;
    if (failure?.status === 401) return onUnauthorized();
    if (failure && isPassing(failure)) return schedule(Math.min(30_000, 500 * 2 ** failures++));
    failures = 0;
    for (const id of batch) waiting.delete(id);
    kept.remove(batch);
    if (waiting.size > 0) schedule(0);
  };
  const flushNow = () => void flush();
  window.addEventListener('online', flushNow);
  window.addEventListener('pagehide', flushNow);
  const add = (id: string, manner: Manner) => {
    if (added.has(id)) return;
    added.add(id);
    waiting.set(id, manner);
    if (failures === 0) schedule(batchDelay);
  };
  void kept.earlier.then((earlier) => {
    if (isClosed) return;
    isReady = true;
    for (const [id, manner] of earlier) add(id, manner);
    if (waiting.size > 0) schedule(0);
  });
  return {
    add(id, manner) {
      if (!added.has(id)) kept.add(id, manner);
      add(id, manner);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      window.removeEventListener('online', flushNow);
      window.removeEventListener('pagehide', flushNow);
    },
  };
}

async function post({ path, field }: Target, ids: readonly string[], manner: Manner): Promise<CallError | undefined> {
  try {
    await call('POST', path, { body: { [field]: ids, manner }, keepalive: true });
    return undefined;
  } catch (error) {
    return error instanceof CallError ? error : new CallError(0, 'unreachable', String(error));
  }
}

/** Whether a retry may succeed. A batch that the server rejects would be rejected every time. */
function isPassing({ status }: CallError): boolean {
  return status === 0 || status === 429 || status >= 500;
}
