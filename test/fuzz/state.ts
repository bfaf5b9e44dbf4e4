import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { fetchText, patience } from './fetch-text.ts';
import { secretOf } from './organizations.ts';
import { adminToken, type Command, type Server } from './server.ts';
import { type Credentials, learn, type World } from './world.ts';

/** Calls of the suite itself, which have to succeed. */
export type Control = (method: string, path: string, body?: unknown, token?: string) => Promise<ControlReply>;
type ControlReply = {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
  readonly cookie: string;
};

export function createControl({ url }: Pick<Server, 'url'>, time = patience): Control {
  return async (method, path, body, token) => {
    const init = {
      method,
      headers: {
        'x-acs-dingtalk-access-token': token ?? '',
        ...(path.startsWith('/inbox')
          ? token !== undefined && { authorization: `Bearer ${token}` }
          : { authorization: `Bearer ${adminToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    };
    const { ok, status, headers, text } = await fetchText(url + path, init, time);
    if (!ok) throw new Error(`${method} ${path} of the suite itself answered ${status}: ${text}`);
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    return { fields: JSON.parse(text) as ControlReply['fields'], text, cookie };
  };
}

/** Brings the server to a known state before a block, and learns credentials, keys and cursors. */
export async function prepare(world: World, control: Control, command: Command): Promise<void> {
  if (command === 'dev') await control('POST', '/emulator/v1/reset');
  const isFirst = world.credentials.tokens.length === 0;
  const endedTokens = command === 'dev' || isFirst ? await endTokens(control, command) : world.credentials.endedTokens;
  world.credentials = { ...(await signIn(control, command)), endedTokens };
  const [token] = world.credentials.tokens;
  if (command === 'dev' || isFirst) {
    await send(world, control, token, 3);
    if (command === 'dev') await control('POST', '/emulator/v1/clock', { advance: '25h' });
    world.credentials = { ...(await signIn(control, command)), endedTokens };
  }
  await send(world, control, world.credentials.tokens[0], 2);
  await learnFrom(world, control);
  if (command === 'dev') world.snapshot = (await control('GET', '/emulator/v1/snapshot')).fields;
}

async function send(world: World, control: Control, token: string | undefined, count: number): Promise<void> {
  const message = {
    robotCode: 'robot-one',
    userIds: ['alice', 'bob'],
    msgKey: 'sampleText',
    msgParam: '{"content":"Hello"}',
  };
  for (let i = 0; i < count; i++)
    learn(world, (await control('POST', '/v1.0/robot/oToMessages/batchSend', message, token)).fields);
}

async function learnFrom(world: World, control: Control): Promise<void> {
  const [session] = world.credentials.sessions;
  for (const path of ['/console/v1/messages?corpId=corp-one&limit=1', '/console/v1/users?corpId=corp-one&limit=1'])
    learn(world, (await control('GET', path)).fields);
  learn(world, (await control('GET', '/inbox/v1/messages?limit=1', undefined, session)).fields);
  learn(world, (await control('POST', '/console/v1/apps/suite/suiteTickets')).fields);
  learn(world, (await control('POST', '/console/v1/signInCodes', { corpId: 'corp-one', userId: 'carol' })).fields);
}

/** Tokens that are valid no longer: one of a rotated secret and, where the clock can be moved, one that has expired. */
async function endTokens(control: Control, command: Command): Promise<readonly string[]> {
  const appKey = `ended-${Date.now().toString(36)}`;
  const { fields } = await control('POST', '/console/v1/apps', { appKey, kind: 'internal', corpId: 'corp-spare' });
  const rotated = await tokenOf(control, appKey, String(fields.appSecret));
  await control('POST', `/console/v1/apps/${appKey}/rotate`);
  if (command === 'serve') return [rotated];
  const expired = await tokenOf(control, 'app-one');
  await control('POST', '/emulator/v1/clock', { advance: '3h' });
  return [rotated, expired];
}

async function tokenOf(control: Control, appKey: string, appSecret = secretOf(appKey)): Promise<string> {
  return String((await control('POST', '/v1.0/oauth2/accessToken', { appKey, appSecret })).fields.accessToken);
}

async function signIn(control: Control, command: Command): Promise<Omit<Credentials, 'endedTokens'>> {
  const session = async (corpId: string, userId: string) => {
    const person = { corpId, userId };
    const body = command === 'dev' ? person : await codeOf(control, person);
    return String((await control('POST', '/inbox/v1/sessions', body)).fields.token);
  };
  const suite = { client_id: 'suite', client_secret: secretOf('suite'), grant_type: 'client_credentials' };
  const ofSuite = (await control('POST', '/v1.0/oauth2/corp-one/token', suite)).fields.access_token;
  const operator = await control('POST', '/console/v1/sessions', { adminToken });
  return {
    tokens: [
      await tokenOf(control, 'app-one'),
      await tokenOf(control, 'app-two'),
      await tokenOf(control, 'app-bare'),
      String(ofSuite),
    ],
    sessions: [
      await session('corp-one', 'alice'),
      await session('corp-one', 'bob'),
      await session('corp-two', 'alice'),
    ],
    console: { cookie: operator.cookie, csrf: String(operator.fields.csrfToken) },
  };
}

async function codeOf(control: Control, person: object): Promise<object> {
  return { code: (await control('POST', '/console/v1/signInCodes', person)).fields.code };
}

/** What an operator sees in `serve`; in `dev` the snapshot is the whole state. */
const seen = [
  'organizations?limit=100',
  ...['corp-one', 'corp-two', 'corp-spare'].flatMap((corpId) => [
    `users?limit=100&corpId=${corpId}`,
    `messages?limit=50&corpId=${corpId}`,
  ]),
  'apps?limit=100',
  'robots?limit=100',
  'audit?limit=50',
].map((path) => `/console/v1/${path}`);

/**
 * A digest of the state, once nothing is being delivered. Rejects if deliveries take longer than `time` milliseconds.
 */
export async function digestOf(control: Control, command: Command, time = patience): Promise<string> {
  if (command === 'dev') await control('POST', '/emulator/v1/delivery/release');
  else await delivered(control, time);
  const hash = createHash('sha256');
  const paths = command === 'dev' ? ['/emulator/v1/snapshot'] : seen;
  for (const path of paths) hash.update((await control('GET', path)).text);
  return hash.digest('hex');
}

async function delivered(control: Control, time: number): Promise<void> {
  const deadline = performance.now() + time;
  const isBusy = async (path: string) => {
    const { messages } = (await control('GET', path)).fields;
    if (!Array.isArray(messages)) throw new Error(`GET ${path} answered no list of messages`);
    return messages.length > 0;
  };
  for (const corpId of ['corp-one', 'corp-two', 'corp-spare']) {
    const path = `/console/v1/messages?corpId=${corpId}&status=processing`;
    while (await isBusy(path)) {
      if (performance.now() > deadline) throw new Error(`${corpId} has undelivered messages after ${time / 1000} s`);
      await setImmediate();
    }
  }
}
