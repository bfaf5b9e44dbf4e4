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

/** The call that marks something read, and the field of its ids. */
type Target = { readonly path: string; readonly field: string };
const messageReads: Target = { path: '/inbox/v1/messages/read', field: 'messageIds' };
export const dingReads: Target = { path: '/inbox/v1/dings/read', field: 'dingIds' };

/** Reports reads to the server in batches, and retries failed batches with an increasing delay. */
export function createReads(onUnauthorized: () => void, target = messageReads): Reads {
  const waiting = new Map<string, Manner>();
  const added = new Set<string>();
  let timer: number | undefined;
  let failures = 0;
  let isBusy = false;

  const schedule = (delay: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(flush, delay);
  };
  const flush = async () => {
    const [manner] = waiting.values();
    if (isBusy || manner === undefined) return;
    isBusy = true;
    const batch = [...waiting].flatMap(([id, each]) => (each === manner ? [id] : [])).slice(0, maxBatch);
    const failure = await post(target, batch, manner);
    isBusy = false;
    if (failure?.status === 401) return onUnauthorized();
    if (failure && isPassing(failure)) return schedule(Math.min(30_000, 500 * 2 ** failures++));
    failures = 0;
    for (const id of batch) waiting.delete(id);
    if (waiting.size > 0) schedule(0);
  };
  const flushNow = () => void flush();
  window.addEventListener('online', flushNow);
  window.addEventListener('pagehide', flushNow);
  return {
    add(messageId, manner) {
      if (added.has(messageId)) return;
      added.add(messageId);
      waiting.set(messageId, manner);
      if (failures === 0) schedule(batchDelay);
    },
    close() {
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
