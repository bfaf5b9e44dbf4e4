import { setTimeout as wait } from 'node:timers/promises';
import type { Filled } from './fill.ts';
import { adminToken, asOperator, bearer, type Call, exchange, type Fields, robots, setup, withToken } from './world.ts';

/** A call, and the answer of the release. */
export type Exchange = { readonly call: Call; readonly answer: Fields };

/** What has to be true of a fixture in every later release. */
export type Manifest = {
  readonly release: string;
  readonly schema: number;
  /** The time of the fixture, epoch milliseconds: tokens and sessions are valid then. */
  readonly now: number;
  readonly adminToken: string;
  readonly secrets: Readonly<Record<string, string>>;
  /** Calls that change nothing. */
  readonly reads: readonly Exchange[];
  /** Calls that can be made once, in this order, after the others. */
  readonly writes: readonly Exchange[];
  /** Event streams from their start. */
  readonly streams: readonly { readonly call: Call; readonly events: readonly unknown[] }[];
};

export type Recorded = Pick<Manifest, 'reads' | 'writes' | 'streams'>;

/** Records everything that users could see of a release that runs on a copy of a fixture. */
export async function record(url: string, filled: Filled, tokens: Readonly<Record<string, string>>): Promise<Recorded> {
  await untilDelivered(url);
  const asked = (calls: readonly Call[]) => Promise.all(calls.map((call) => ask(url, call)));
  const reads = [
    ...(await asked(receiptCalls(filled, tokens))),
    ...(await asked(inboxCalls(filled))),
    ...(await asked(consoleCalls())),
    ...(await asked(await detailCalls(url))),
    await ask(url, get('/console/v1/sessions/current', { cookie: filled.cookie })),
  ];
  const streams = await Promise.all(
    streamCalls(filled).map(async (call) => ({ call, events: await eventsOf(url, call) })),
  );
  const writes: Exchange[] = [];
  for (const { call, pick } of writeCalls(filled, tokens)) {
    const { answer } = await ask(url, call);
    writes.push({ call, answer: Object.fromEntries(pick.map((name) => [name, answer[name]])) });
  }
  return { reads, writes, streams };
}

async function ask(url: string, call: Call): Promise<Exchange> {
  const { status, body } = await exchange(url, call);
  if (status !== 200) throw new Error(`${call.method} ${call.path}: ${status} ${JSON.stringify(body)}`);
  return { call, answer: body };
}

/** Waits until the messages that an earlier process left undelivered have arrived. */
export async function untilDelivered(url: string): Promise<void> {
  for (;;) {
    const call = { method: 'GET', path: '/console/v1/messages?corpId=corp-late', headers: asOperator };
    const { messages } = (await ask(url, call)).answer as { messages: readonly { readonly status: string }[] };
    if (messages.every(({ status }) => status === 'success')) return;
  }
}

const get = (path: string, headers: Readonly<Record<string, string>>): Call => ({ method: 'GET', path, headers });

function receiptCalls({ sent, late }: Filled, tokens: Readonly<Record<string, string>>): readonly Call[] {
  return [...sent, ...late].map(({ robotCode, processQueryKey, app }) => {
    const query = new URLSearchParams({ robotCode, processQueryKey });
    return get(`/v1.0/robot/oToMessages/readStatus?${query}`, withToken(tokens[app] ?? ''));
  });
}

function inboxCalls({ sessions }: Filled): readonly Call[] {
  return Object.values(sessions).flatMap((session) => [
    get('/inbox/v1/messages?limit=100', bearer(session)),
    get('/inbox/v1/messages?limit=100&unread=true', bearer(session)),
    get('/inbox/v1/robots', bearer(session)),
    get('/inbox/v1/sessions', bearer(session)),
  ]);
}

function consoleCalls(): readonly Call[] {
  const lists = ['organizations', 'apps', 'robots', 'audit?limit=100', 'apps/app-suite/suiteTickets'];
  const each = setup.organizations
    .map(({ corpId }) => corpId)
    .filter((corpId) => corpId !== 'corp-late')
    .flatMap((corpId) => [
      `users?corpId=${corpId}&limit=100`,
      `messages?corpId=${corpId}&limit=100`,
      `messages?corpId=${corpId}&limit=100&read=all`,
      `unread?corpId=${corpId}&limit=100`,
      `statistics?corpId=${corpId}&bucket=day`,
      ...robots.map((robotCode) => `statistics?corpId=${corpId}&robotCode=${robotCode}&bucket=day`),
    ]);
  return [...lists, ...each].map((path) => get(`/console/v1/${path}`, asOperator));
}

/** Some messages with their recipients. */
async function detailCalls(url: string): Promise<readonly Call[]> {
  const list = await ask(url, get('/console/v1/messages?corpId=corp-main&limit=100', asOperator));
  const messages = list.answer.messages as readonly { readonly messageId: string }[];
  const chosen = messages.filter((_, i) => i % 4 === 0);
  return chosen.map(({ messageId }) => get(`/console/v1/messages/${encodeURIComponent(messageId)}`, asOperator));
}

function streamCalls({ sessions }: Filled): readonly Call[] {
  const people = ['m01', 'm03', 'm07', 's01'].map((userId) => bearer(sessions[userId] ?? ''));
  return [
    ...people.map((headers) => get('/inbox/v1/events?since=0', headers)),
    ...['corp-main', 'corp-side'].map((corpId) => get(`/console/v1/events?corpId=${corpId}&since=0`, asOperator)),
  ];
}

/**
 * What can be done once: a send repeated under its key, a sign-in, a new token. Records the parts of the answers that
 * do not vary.
 */
function writeCalls(filled: Filled, tokens: Readonly<Record<string, string>>) {
  const { repeat, codes } = filled;
  const { processQueryKey: _, ...call } = repeat;
  const appSecret = setup.apps[0]?.appSecret;
  return [
    {
      call: { ...call, headers: { ...call.headers, ...withToken(tokens['app-main'] ?? '') } },
      pick: ['processQueryKey'],
    },
    ...codes.map((code) => ({ call: { method: 'POST', path: '/inbox/v1/sessions', body: { code } }, pick: ['user'] })),
    {
      call: { method: 'POST', path: '/v1.0/oauth2/accessToken', body: { appKey: 'app-main', appSecret } },
      pick: ['expireIn'],
    },
    { call: { method: 'POST', path: '/console/v1/sessions', body: { adminToken } }, pick: ['expiresAt'] },
  ];
}

/** Milliseconds without an event after which a stream has sent all of its past. */
const quiet = 1000;

/** The first events of a stream: a number of them, or all that come without a pause. */
export async function eventsOf(url: string, { path, headers = {} }: Call, count?: number): Promise<readonly unknown[]> {
  const response = await fetch(url + path, { headers });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const events = () => text.split('\n\n').slice(0, -1).flatMap(eventIn);
  while (count === undefined || events().length < count) {
    const next = await (count === undefined ? Promise.race([reader?.read(), wait(quiet)]) : reader?.read());
    if (!next || next.done) break;
    text += next.value;
  }
  await reader?.cancel();
  return events();
}

/** Id, kind and data of an event; nothing for comments and heartbeats. */
function eventIn(block: string): readonly unknown[] {
  const pairs = [...block.matchAll(/^(\w+): (.*)$/gm)].map(([, name, value]) => [name, value] as const);
  const { id, event, data } = Object.fromEntries(pairs) as Readonly<Record<string, string>>;
  return id === undefined || data === undefined ? [] : [{ id, event, data: JSON.parse(data) as unknown }];
}
