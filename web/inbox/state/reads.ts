import { CallError, call } from '../../shared/call.ts';

const together = 250;
const most = 100;

export type Reads = {
  /** A person has had this message in view. */
  seen(messageId: string): void;
  close(): void;
};

/** Tells the server what was read, many messages in one call; what does not get through is told again. */
export function createReads(onUnauthorized: () => void): Reads {
  const waiting = new Set<string>();
  const told = new Set<string>();
  let timer: number | undefined;
  let failures = 0;
  let isBusy = false;

  const schedule = (delay: number) => {
    clearTimeout(timer);
    timer = window.setTimeout(flush, delay);
  };
  const flush = async () => {
    if (isBusy || waiting.size === 0) return;
    isBusy = true;
    const batch = [...waiting].slice(0, most);
    const failure = await tell(batch);
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
    seen(messageId) {
      if (told.has(messageId)) return;
      told.add(messageId);
      waiting.add(messageId);
      if (failures === 0) schedule(together);
    },
    close() {
      clearTimeout(timer);
      window.removeEventListener('online', flushNow);
      window.removeEventListener('pagehide', flushNow);
    },
  };
}

async function tell(messageIds: readonly string[]): Promise<CallError | undefined> {
  try {
    await call('POST', '/inbox/v1/messages/read', { body: { messageIds }, keepalive: true });
    return undefined;
  } catch (error) {
    return error instanceof CallError ? error : new CallError(0, 'unreachable', String(error));
  }
}

/** Whether trying again may help; a batch that is refused would be refused forever. */
function isPassing({ status }: CallError): boolean {
  return status === 0 || status === 429 || status >= 500;
}
