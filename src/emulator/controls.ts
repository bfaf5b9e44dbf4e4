import type { Composed } from '../compose.ts';
import { EmulatorError } from './error.ts';
import type { Duration, Emulator, FaultRule, ReaderRule, RequestRecord, Snapshot } from './types.ts';
import { createWaits } from './waits.ts';

/** How an emulator is reached from outside, and when what came in has settled. */
export type Door = { readonly url: string; settled(): Promise<void>; close(): Promise<void> };

type Facts = Pick<Emulator, 'credentials' | 'corpId' | 'robotCode' | 'userIds' | 'adminToken'>;

/** What a test holds in its hands. Everything goes the way of `/emulator/v1`, so that both say and check the same. */
export function handle(composed: Composed, door: Door, facts: Facts): Emulator {
  const closing = new AbortController();
  const ask = asker(composed, closing.signal);
  const waits = createWaits(composed, closing.signal);
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= (async () => {
      closing.abort(new EmulatorError('huizhi.closed', 'the emulator was closed'));
      composed.endStreams();
      await door.close();
      await composed.close();
    })();
    return closed;
  };
  return {
    url: door.url,
    ...facts,
    fetch: fetcher(composed, door, closing.signal),
    clock: clockOf(composed, ask),
    hold: async () => void (await ask('PUT', '/delivery', { mode: 'hold' })),
    release: async () => (await ask<{ released: number }>('POST', '/delivery/release')).released,
    read: async (processQueryKey, userIds, manner) =>
      (await ask<{ read: number }>('POST', '/reads', { processQueryKey, userIds, manner })).read,
    readers: async (rules) =>
      void (await ask('PUT', '/readers', { readers: listed('readers', rules).map(readerBody) })),
    faults: async (rules) => void (await ask('PUT', '/faults', { rules: listed('faults', rules).map(faultBody) })),
    requests: async () => (await ask<{ requests: RequestRecord[] }>('GET', '/requests?limit=1000')).requests,
    messages: waits.messages,
    snapshot: () => ask<Snapshot>('GET', '/snapshot'),
    restore: async (snapshot) => void (await ask('PUT', '/snapshot', snapshot)),
    reset: async () => void (await ask('POST', '/reset')),
    waitForMessage: waits.forMessage,
    waitForRead: waits.forRead,
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Ask = <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;

function asker({ app }: Composed, closing: AbortSignal): Ask {
  return async <T>(method: string, path: string, body?: unknown) => {
    closing.throwIfAborted();
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) };
    const response = await app.fetch(new Request(`http://huizhi.test/emulator/v1${path}`, init));
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    const { code, message } = answer as { code: string; message: string };
    throw new EmulatorError(code, message);
  };
}

function clockOf({ context }: Composed, ask: Ask): Emulator['clock'] {
  const move = async (body: object) => (await ask<{ now: number }>('POST', '/clock', body)).now;
  return {
    now: () => context.clock.now(),
    advance: (by) => move({ advance: durationText(by) }),
    set: (time) => move({ set: Number(time) }),
    freeze: (frozen = true) => move({ freeze: frozen }),
  };
}

/** Fetch as the runtimes have it: what it is given is a Request in the end, an aborted one rejects, and so does one that nobody answers. */
function fetcher({ app }: Composed, { url, settled }: Door, closing: AbortSignal): Emulator['fetch'] {
  return async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(input, url), init);
    const { signal } = request;
    signal.throwIfAborted();
    if (closing.aborted) throw new TypeError('fetch failed', { cause: closing.reason });
    const answered = settled().then(() => app.fetch(request));
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      answered.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
    });
  };
}

/** Throws a TypeError for what is no list of objects. */
function listed<T extends object>(name: string, rules: readonly T[]): readonly T[] {
  const isRule = (rule: T) => typeof rule === 'object' && rule !== null;
  if (Array.isArray(rules) && rules.every(isRule)) return rules;
  throw new TypeError(`${name} takes a list of rules, such as ${name}([{ … }]).`);
}

/** Durations travel as text. */
function durationText(duration: Duration): string {
  return typeof duration === 'number' ? `${duration}ms` : duration;
}

function readerBody({ after, ...rest }: ReaderRule) {
  return after === undefined ? rest : { ...rest, after: durationText(after) };
}

function faultBody({ latency, ...rest }: FaultRule) {
  return latency === undefined ? rest : { ...rest, latency: durationText(latency) };
}
