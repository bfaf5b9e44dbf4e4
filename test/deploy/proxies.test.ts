/** The nginx and Caddy blocks of deploy/, with TLS, in front of two processes on one PostgreSQL. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import type { Setup } from '../../src/config/setup.ts';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { type Server, startServer } from '../conformance/support/harness.ts';
import { fileParts, formOf, formType } from '../conformance/support/media.ts';
import { openBody, openPath } from '../conformance/support/stream-client.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';
import { requirePrograms } from '../support/debian.ts';
import { freePort, outside, type ReverseProxy, startCaddy, startNginx } from './support/proxies.ts';
import { connectSecurely, type Secure } from './support/secure.ts';

const token = 'f3b1c2a97d5e4806b1a7'.padEnd(64, '0');
const app = { appKey: 'app-one', appSecret: 'secret-of-app-one', kind: 'internal', corpId: 'corp-one' } as const;

const setup: Setup = {
  organizations: [
    {
      corpId: 'corp-one',
      name: '第一公司',
      users: ['alice', 'bob'].map((userId) => ({ userId, name: userId })),
      groups: [
        {
          name: 'alarms',
          title: '报警群',
          owner: 'alice',
          members: ['bob'],
          customRobots: [{ robotCode: 'alarms', name: '报警', token, addresses: [outside] }],
        },
      ],
    },
  ],
  apps: [{ ...app, permissions: ['qyapi_robot_sendmsg'] }],
  robots: [{ robotCode: 'robot-one', name: '助手', appKey: app.appKey, installedIn: ['corp-one'] }],
};

const lacking = requirePrograms(['nginx', 'caddy']);

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

/** How many sends, and requests for the tokens of sends, a process has served. */
async function countServed({ url, call }: Server): Promise<number> {
  const { text } = await call('GET', '/metrics');
  expect(text, url).toContain('huizhi_http_request_duration_seconds_count');
  const counts = text.matchAll(/^huizhi_http_request_duration_seconds_count\{([^}]*)\} (\d+)/gm);
  return [...counts].reduce(
    (sum, [, labels = '', count]) => sum + (/batchSend|accessToken/.test(labels) ? Number(count) : 0),
    0,
  );
}

describe.runIf(lacking === undefined).each([
  // Whether it sends a request with a body to the next process if one refuses the connection. Caddy does not before
  // 2.11.2: https://github.com/caddyserver/caddy/issues/7546
  ['nginx', startNginx, true],
  ['Caddy', startCaddy, false],
] as const)('behind %s', (_, start, triesBoth) => {
  let database: string;
  let servers: readonly [Server, Server];
  let proxy: ReverseProxy;
  let secure: Secure;
  let there: ReturnType<typeof world>;

  beforeAll(async () => {
    database = await postgres.create('migrated');
    const port = await freePort();
    const publicUrl = `https://localhost:${port}`;
    const options = { command: 'serve', database, setup, publicUrl, trustedProxies: ['127.0.0.1'] } as const;
    const one = await startServer(options);
    servers = [one, await startServer(options)];
    proxy = await start(
      port,
      servers.map((server) => server.port),
    );
    secure = connectSecurely(proxy);
    there = world({ ...one, ...secure });
  });
  afterAll(async () => {
    await proxy.stop();
    for (const server of servers) await server.stop();
    await postgres.drop(database);
  });

  const admin = () => bearer(servers[0].adminToken);

  async function signIn(userId: string): Promise<string> {
    const body = { corpId: 'corp-one', userId };
    const { code } = ok(await secure.call('POST', '/console/v1/signInCodes', { body, headers: admin() }));
    return String(ok(await secure.call('POST', '/inbox/v1/sessions', { body: { code } })).token);
  }

  test('both processes serve one caller, who sends, reads and queries through either', async () => {
    const session = await signIn('alice');
    const before = await Promise.all(servers.map((server) => countServed(server)));
    const keys: string[] = [];
    for (let i = 0; i < 8; i++) keys.push(await there.sent());
    const after = await Promise.all(servers.map((server) => countServed(server)));
    expect(after.map((count, i) => count > (before[i] ?? 0))).toEqual([true, true]);
    await expect.poll(async () => (await there.inboxOf(session)).messages.length).toBe(keys.length);
    const { messages } = await there.inboxOf(session);
    await there.markRead(session, ...messages.map(({ messageId }) => messageId));
    for (const key of keys)
      expect((await there.receipt(key)).messageReadInfoList).toMatchObject([{ userId: 'alice', readStatus: 'READ' }]);
  });

  test('an open inbox gets a message as soon as any process has accepted it', async () => {
    const session = await signIn('bob');
    const pages = await Promise.all(
      Array.from({ length: 4 }, () => secure.follow('/inbox/v1/events', bearer(session))),
    );
    await there.sent({ userIds: ['bob'], msgParam: '{"content":"live"}' });
    for (const next of pages) expect((await next('message')).msgParam).toBe('{"content":"live"}');
  });

  test('a Stream client connects by WebSocket, with a ticket of any process', async () => {
    for (let i = 0; i < 4; i++) {
      const { endpoint, ticket } = ok(await secure.call('POST', openPath, { body: openBody('app-one') }));
      expect(endpoint).toBe(`wss://localhost:${proxy.port}/connect`);
      const socket = new WebSocket(`${endpoint}?ticket=${ticket}`, { ca: proxy.ca });
      const [frame] = await once(socket, 'message');
      expect(JSON.parse(String(frame))).toMatchObject({ type: 'SYSTEM' });
      socket.terminate();
    }
  });

  test('a file of 20 MiB is accepted, and a larger one is refused with the error of the vendor', async () => {
    const accessToken = await there.tokenOf();
    const upload = (bytes: number) =>
      secure.post(
        `/media/upload?access_token=${accessToken}&type=file`,
        formOf(fileParts(undefined, Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(bytes - 9)]), 'a.pdf')),
        { 'content-type': formType },
      );
    expect(ok(await upload(20 * 1024 * 1024))).toMatchObject({ errcode: 0, type: 'file' });
    expect(ok(await upload(21 * 1024 * 1024))).toMatchObject({ errcode: 40006 });
  });

  test('a webhook with a list of addresses knows its caller, who cannot claim another address', async () => {
    const send = async (from: string, headers: Readonly<Record<string, string>> = {}) => {
      const body = { msgtype: 'text', text: { content: '磁盘已满' } };
      const reply = await connectSecurely(proxy, from).call('POST', '/robot/send', {
        body,
        headers,
        query: { access_token: token },
      });
      return reply.body.errcode;
    };
    expect(await send(outside)).toBe(0);
    expect(await send('127.0.0.8')).toBe(310_000);
    expect(await send('127.0.0.8', { 'x-forwarded-for': outside })).toBe(310_000);
  });

  test('metrics and probes are hidden, and the console is reachable from inside the network only', async () => {
    for (const path of ['/metrics', '/healthz', '/readyz'])
      expect((await secure.call('GET', path)).status, path).toBe(404);
    const path = '/console/v1/organizations';
    expect((await secure.call('GET', path, { headers: admin() })).status).toBe(200);
    const elsewhere = connectSecurely(proxy, outside);
    expect((await elsewhere.call('GET', path, { headers: admin() })).status).toBe(403);
    expect((await elsewhere.call('GET', '/console')).status).toBe(403);
    expect((await elsewhere.call('GET', '/')).status).toBe(200);
  });

  test('plain HTTP is redirected, and https is required from then on', async () => {
    const [response] = await once(
      request({ port: proxy.plainPort, host: '127.0.0.1', path: '/inbox', headers: { host: 'localhost' } }).end(),
      'response',
    );
    response.resume();
    expect([response.statusCode, response.headers.location]).toEqual([308, 'https://localhost/inbox']);
    const { headers } = await secure.call('GET', '/');
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}$/);
  });

  test('after one process has stopped, the other serves everything', async () => {
    const session = await signIn('alice');
    await servers[1].stop();
    const sendTwice = async () => [
      (await there.send({}, accessToken)).status,
      (await there.send({}, accessToken)).status,
    ];
    const accessToken = String(
      (await servers[0].call('POST', '/v1.0/oauth2/accessToken', { body: app })).body.accessToken,
    );
    if (!triesBoth) await expect.poll(sendTwice).toEqual([200, 200]);
    for (let i = 0; i < 4; i++) expect(await sendTwice()).toEqual([200, 200]);
    const page = await secure.follow('/inbox/v1/events?since=0', bearer(session));
    expect(await page('message')).toHaveProperty('messageId');
  });
});

test('nginx and Caddy are there', ({ skip }) => {
  skip(lacking !== undefined, lacking);
  expect(lacking).toBeUndefined();
});
