import type { Composed } from '../compose.ts';
import type { CallControl } from './call-control.ts';
import { createCardControls } from './cards.ts';
import { EmulatorError } from './error.ts';
import { createEventWaits } from './event-waits.ts';
import { createNoticeControls } from './notices.ts';
import { createTalkControls } from './talk.ts';
import type {
  Department,
  DingDelivery,
  Duration,
  Emulator,
  FaultRule,
  Group,
  GroupOptions,
  Person,
  ReaderRule,
  RequestRecord,
  Snapshot,
  Webhook,
  WebhookOptions,
} from './types.ts';
import { createWaits } from './waits.ts';

/**
 * How requests reach an emulator: on a socket, or through `fetch` only. `waitUntilIdle` resolves when all earlier
 * deliveries have been attempted.
 */
export type Transport = { readonly url: string; waitUntilIdle(): Promise<void>; close(): Promise<void> };

type Facts = Pick<Emulator, 'credentials' | 'corpId' | 'agentId' | 'robotCode' | 'userIds' | 'adminToken'>;

/**
 * Creates the object that `startEmulator()` returns. Its methods call the HTTP API `/emulator/v1` in process, so both
 * validate input and fail in the same way.
 */
export function createEmulator(composed: Composed, door: Transport, facts: Facts): Emulator {
  const closing = new AbortController();
  const callControl = createControlCaller(composed, door.url, closing.signal);
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
    fetch: createFetch(composed, door, closing.signal),
    clock: createClock(composed, callControl),
    hold: async () => void (await callControl('PUT', '/delivery', { mode: 'hold' })),
    release: async () => (await callControl<{ released: number }>('POST', '/delivery/release')).released,
    read: async (processQueryKey, userIds, manner) =>
      (await callControl<{ read: number }>('POST', '/reads', { processQueryKey, userIds, manner })).read,
    ...createDingControls(callControl, facts.corpId),
    departments: async (list, corpId = facts.corpId) => {
      if (list) await callControl('PUT', '/departments', { corpId, departments: list });
      return (
        await callControl<{ departments: Department[] }>('GET', `/departments?${new URLSearchParams({ corpId })}`)
      ).departments;
    },
    users: async (users, corpId = facts.corpId) =>
      (await callControl<{ users: Person[] }>('PUT', '/users', { corpId, users })).users,
    readers: async (rules) =>
      void (await callControl('PUT', '/readers', { readers: checkRules('readers', rules).map(renderReaderRule) })),
    faults: async (rules) =>
      void (await callControl('PUT', '/faults', { rules: checkRules('faults', rules).map(renderFaultRule) })),
    ...createGroupControls(callControl, facts),
    createWebhook: (options = {}) => createWebhook(callControl, door.url, { corpId: facts.corpId, ...options }),
    requests: async () => (await callControl<{ requests: RequestRecord[] }>('GET', '/requests?limit=1000')).requests,
    async upload(data, { type, name = type, corpId = facts.corpId }) {
      const form = new FormData();
      form.set('media', data instanceof Blob ? data : new Blob([new Uint8Array(data)]), name);
      const query = new URLSearchParams({ corpId, type });
      return (await callControl<{ mediaId: string }>('POST', `/media?${query}`, form)).mediaId;
    },
    downloadCode: async (mediaId, robotCode = facts.robotCode) =>
      (await callControl<{ downloadCode: string }>('POST', '/downloadCodes', { robotCode, mediaId })).downloadCode,
    ...createNoticeControls(composed, { ...door, callControl }, facts.corpId, closing.signal),
    ...createTalkControls(composed, callControl, facts, closing.signal),
    ...createCardControls(composed, callControl, closing.signal),
    messages: waits.messages,
    ...createStateControls(callControl),
    waitForMessage: waits.forMessage,
    waitForRead: waits.forRead,
    ...createEventWaits(composed, closing.signal),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createStateControls(callControl: CallControl): Pick<Emulator, 'snapshot' | 'restore' | 'reset'> {
  return {
    snapshot: () => callControl<Snapshot>('GET', '/snapshot'),
    restore: async (snapshot) => void (await callControl('PUT', '/snapshot', snapshot)),
    reset: async () => void (await callControl('POST', '/reset')),
  };
}

function createDingControls(
  callControl: CallControl,
  ownCorpId: string,
): Pick<Emulator, 'dings' | 'readDing' | 'dingQuotas'> {
  return {
    dings: (filter) => listDings(callControl, { corpId: ownCorpId, ...filter }),
    readDing: async (openDingId, userIds, manner) =>
      (await callControl<{ read: number }>('POST', '/dings/read', { openDingId, userIds, manner })).read,
    dingQuotas: async (quotas) => void (await callControl('PUT', '/dingQuotas', { corpId: ownCorpId, ...quotas })),
  };
}

function createGroupControls(callControl: CallControl, facts: Facts): Pick<Emulator, 'createGroup' | 'quitGroup'> {
  return {
    createGroup: (options = {}) => callControl<Group>('POST', '/groups', fillGroup(options, facts)),
    quitGroup: async (openConversationId, userId, corpId = facts.corpId) =>
      void (await callControl('POST', '/groups/quits', { corpId, openConversationId, userId })),
  };
}

function createControlCaller({ app }: Composed, url: string, closing: AbortSignal): CallControl {
  return async <T>(method: string, path: string, body?: unknown) => {
    closing.throwIfAborted();
    const response = await app.fetch(new Request(`${url}/emulator/v1${path}`, { method, ...renderBody(body) }));
    const answer: unknown = await response.json();
    if (response.ok) return answer as T;
    const { code, message } = answer as { code: string; message: string };
    throw new EmulatorError(code, message);
  };
}

/** Reads all pages of the deliveries of DINGs. */
async function listDings(ask: CallControl, filter: Readonly<Record<string, string>>): Promise<DingDelivery[]> {
  const found: DingDelivery[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ ...filter, limit: '100', ...(cursor === '' ? {} : { cursor }) });
    const page = await ask<{ deliveries: DingDelivery[]; cursor: string | null }>('GET', `/dings?${query}`);
    found.push(...page.deliveries);
    cursor = page.cursor;
  }
  return found;
}

async function createWebhook(callControl: CallControl, url: string, options: WebhookOptions): Promise<Webhook> {
  type Made = Omit<Webhook, 'url'> & { readonly webhook: string };
  const { webhook, ...rest } = await callControl<Made>('POST', '/customRobots', options);
  return { url: `${url}${webhook}`, ...rest };
}

/** Renders the body of a control call: a form as it is, and anything else as JSON. */
function renderBody(body: unknown): RequestInit {
  if (body === undefined || body instanceof FormData) return body === undefined ? {} : { body };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

function createClock({ context }: Composed, ask: CallControl): Emulator['clock'] {
  const move = async (body: object) => (await ask<{ now: number }>('POST', '/clock', body)).now;
  return {
    now: () => context.clock.now(),
    advance: (by) => move({ advance: formatDuration(by) }),
    set: (time) => move({ set: Number(time) }),
    freeze: (frozen = true) => move({ freeze: frozen }),
  };
}

/**
 * Creates a `fetch` that calls the app without a socket. Like the global `fetch`, it accepts a string, URL or Request,
 * rejects with the signal's reason on abort, and rejects with a TypeError once the emulator is closed.
 */
function createFetch({ app }: Composed, { url, waitUntilIdle }: Transport, closing: AbortSignal): Emulator['fetch'] {
  return async (input, init) => {
    const request = new Request(input instanceof Request ? input : new URL(input, url), init);
    // Addresses in responses lead to the emulator, also if the request was for one of the vendor's hosts.
    request.headers.set('host', new URL(url).host);
    const { signal } = request;
    signal.throwIfAborted();
    if (closing.aborted) throw new TypeError('fetch failed', { cause: closing.reason });
    const response = waitUntilIdle().then(() => app.fetch(request));
    return new Promise((resolve, reject) => {
      const onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      response.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  };
}

/** Returns the rules; throws a TypeError unless they are a list of objects. */
function checkRules<T extends object>(name: string, rules: readonly T[]): readonly T[] {
  const isRule = (rule: T) => typeof rule === 'object' && rule !== null;
  if (Array.isArray(rules) && rules.every(isRule)) return rules;
  throw new TypeError(`${name} expects a list of rules, such as ${name}([{ … }]).`);
}

function fillGroup(options: GroupOptions, { corpId, robotCode }: Facts) {
  const isOwn = options.corpId === undefined || options.corpId === corpId;
  return { corpId, ...(isOwn && robotCode !== '' && { robots: [robotCode] }), ...options };
}

/** Formats a duration as the text that the HTTP API expects: a number is milliseconds. */
function formatDuration(duration: Duration): string {
  return typeof duration === 'number' ? `${duration}ms` : duration;
}

function renderReaderRule({ after, ...rest }: ReaderRule) {
  return after === undefined ? rest : { ...rest, after: formatDuration(after) };
}

function renderFaultRule({ latency, ...rest }: FaultRule) {
  return latency === undefined ? rest : { ...rest, latency: formatDuration(latency) };
}
