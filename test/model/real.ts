import { rmSync } from 'node:fs';
import { expect, vi } from 'vitest';
import { type Composed, compose } from '../../src/compose.ts';
import type { Config } from '../../src/config/options.ts';
import { silentLog } from '../../src/log.ts';
import { type Model, perMinute, readWindow, retention, robots, users } from './model.ts';

export type Reply = { readonly status: number; readonly body: Record<string, unknown> };

/** The product on a file, without a socket; the machine's clock does not move, only the emulator's. */
export type Real = {
  /** A call of the robot API with a valid token. */
  robot(method: 'GET' | 'POST', path: string, body?: object, headers?: Record<string, string>): Promise<Reply>;
  /** A call of the inbox as a user. */
  inbox(user: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<Reply>;
  emulator(method: 'POST' | 'PUT', path: string, body: object): Promise<Reply>;
  /** Waits until all work that a call has started is complete. */
  settle(): Promise<void>;
  /** A user's stream from its start, up to the number of an event. */
  stream(user: string, last: number): Promise<readonly Told[]>;
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** An event of a live stream. */
export type Told = { readonly id: number; readonly event: string; readonly data: Record<string, unknown> };

const corpId = 'corp';
const app = { appKey: 'app', appSecret: 'a secret of the test' };

function configOf(database: string, model: Model): Config {
  return {
    command: 'dev',
    port: 0,
    host: '127.0.0.1',
    database,
    poolSize: 10,
    secret: undefined,
    adminToken: undefined,
    readWindow,
    retention,
    statisticsRetention: 400 * 86_400_000,
    auditRetention: 400 * 86_400_000,
    readTimestamp: 'seconds',
    qpsLimit: 0,
    maxConnections: 10_000,
    logLevel: 'silent',
    logFormat: 'json',
    check: false,
    from: undefined,
    to: undefined,
    json: false,
    setup: {
      organizations: [
        { corpId, name: 'C', users: users.map((userId) => ({ userId, name: model.names.get(userId) ?? '' })) },
      ],
      apps: [{ ...app, kind: 'internal', corpId, permissions: ['qyapi_robot_sendmsg'] }],
      robots: robots.map((robotCode) => ({
        robotCode,
        name: `${robotCode}!`,
        appKey: app.appKey,
        installedIn: [corpId],
        perUserPerMinute: robotCode === 'r2' ? perMinute : 0,
      })),
    },
  };
}

async function fetchPath(
  composed: Composed,
  method: string,
  path: string,
  given: { body?: object | undefined; headers?: Record<string, string> },
) {
  const init = given.body === undefined ? {} : { body: JSON.stringify(given.body) };
  const headers = { 'content-type': 'application/json', ...given.headers };
  return composed.app.fetch(new Request(`http://huizhi${path}`, { method, headers, ...init }));
}

async function readReply(response: Promise<Response>): Promise<Reply> {
  const { status, json } = await response.then((one) => ({ status: one.status, json: one.json() }));
  return { status, body: (await json) as Reply['body'] };
}

/** Starts the product on a database file; `model` has the time and the names of users. */
export async function createReal(database: string, model: Model): Promise<Real> {
  const begin = async () => {
    vi.setSystemTime(model.now);
    return compose(configOf(database, model), silentLog, '0.0.0');
  };
  let composed = await begin();
  let sessions = new Map<string, string>();
  const call = (method: string, path: string, body?: object, headers: Record<string, string> = {}) =>
    readReply(fetchPath(composed, method, path, { body, headers }));
  let granted = { token: '', until: 0 };
  const token = async () => {
    if (model.now < granted.until) return granted.token;
    const { body } = await call('POST', '/v1.0/oauth2/accessToken', app);
    granted = { token: String(body.accessToken), until: model.now + 7_200_000 };
    return granted.token;
  };
  const session = async (user: string) => {
    const known = sessions.get(user);
    if (known !== undefined) return known;
    const { body } = await call('POST', '/inbox/v1/sessions', { corpId, userId: user });
    sessions.set(user, String(body.token));
    return String(body.token);
  };
  const bearer = async (user: string) => ({ authorization: `Bearer ${await session(user)}` });
  return {
    robot: async (method, path, body, headers) =>
      call(method, path, body, { ...headers, 'x-acs-dingtalk-access-token': await token() }),
    inbox: async (user, method, path, body) => call(method, path, body, await bearer(user)),
    emulator: (method, path, body) => call(method, path, body),
    settle: async () => {
      expect(await call('POST', '/emulator/v1/clock', { advance: '0s' })).toMatchObject({ status: 200 });
    },
    stream: async (user, last) => {
      const headers = await bearer(user);
      return eventsUpTo(await fetchPath(composed, 'GET', '/inbox/v1/events?since=0', { headers }), last);
    },
    async restart() {
      await composed.close();
      composed = await begin();
      sessions = new Map();
    },
    async close() {
      await composed.close();
      for (const end of ['', '-wal']) rmSync(database + end, { force: true });
    },
  };
}

/** Milliseconds of silence after which a stream has lost an event that is due. */
const patience = 20_000;

/** Reads server-sent events up to a number, then closes the stream. */
async function eventsUpTo(response: Response, last: number): Promise<readonly Told[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const told: Told[] = [];
  let text = '';
  while (reader && (told.at(-1)?.id ?? 0) < last) {
    const quiet = Promise.withResolvers<{ done: true; value: undefined }>();
    const timer = setTimeout(() => quiet.resolve({ done: true, value: undefined }), patience);
    const { done, value } = await Promise.race([reader.read(), quiet.promise]);
    clearTimeout(timer);
    if (done) throw new Error(`the stream ended or fell silent after ${told.at(-1)?.id ?? 0} of ${last} events`);
    text += value;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    told.push(...blocks.flatMap(eventIn));
  }
  await reader?.cancel();
  return told;
}

function eventIn(block: string): Told[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1];
  const id = field('id');
  return id === undefined
    ? []
    : [{ id: Number(id), event: field('event') ?? '', data: JSON.parse(field('data') ?? '') }];
}
