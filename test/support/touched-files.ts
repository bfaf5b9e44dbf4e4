/**
 * Prints, as a JSON list, the files of src/ of which a function runs while one readStatus is served, on the database
 * that the first argument names. A process of its own, since it starts the sources as they are under V8's precise
 * coverage.
 */
import { once } from 'node:events';
import { Session } from 'node:inspector/promises';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Config } from '../../src/config/options.ts';
import { start } from '../../src/server.ts';

const root = new URL('../../src/', import.meta.url).href;
const app = { appKey: 'app-one', appSecret: 'secret-of-app-one' };
const robotCode = 'robot-one';

const hour = 3_600_000;
const config: Config = {
  command: 'serve',
  port: 0,
  host: '127.0.0.1',
  database: process.argv[2] ?? ':memory:',
  poolSize: 4,
  secret: undefined,
  adminToken: 'admin-token-of-the-count',
  readWindow: 24 * hour,
  retention: 90 * 24 * hour,
  statisticsRetention: 400 * 24 * hour,
  auditRetention: 3650 * 24 * hour,
  readTimestamp: 'seconds',
  qpsLimit: 0,
  maxConnections: 100,
  logLevel: 'warn',
  logFormat: 'json',
  setup: {
    organizations: [{ corpId: 'corp-one', name: 'One', users: [{ userId: 'alice', name: '爱丽丝' }] }],
    apps: [{ ...app, kind: 'internal', corpId: 'corp-one', permissions: ['qyapi_robot_sendmsg'] }],
    robots: [{ robotCode, name: 'Robot', appKey: app.appKey, installedIn: ['corp-one'] }],
  },
  check: false,
  from: undefined,
  to: undefined,
  json: false,
};

const silent = () => {};
const server = await start(config, { debug: silent, info: silent, warn: silent, error: console.error } as never);

async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<Record<string, string>> {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return (await answer.json()) as Record<string, string>;
}

const { accessToken = '' } = await post('/v1.0/oauth2/accessToken', app);
const token = { 'x-acs-dingtalk-access-token': accessToken };
const message = { robotCode, userIds: ['alice'], msgKey: 'sampleText', msgParam: '{"content":"hi"}' };
const { processQueryKey = '' } = await post('/v1.0/robot/oToMessages/batchSend', message, token);

/** One request as bytes, and one connection, so that no client code of this process runs. */
const path = `/v1.0/robot/oToMessages/readStatus?robotCode=${robotCode}&processQueryKey=${encodeURIComponent(processQueryKey)}`;
const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nx-acs-dingtalk-access-token: ${accessToken}\r\n\r\n`;
const socket = connect(Number(new URL(server.url).port), '127.0.0.1');

async function readStatus(): Promise<string> {
  socket.write(request);
  let text = '';
  while (!text.endsWith('}')) text += String((await once(socket, 'data'))[0]);
  return text;
}

while (!(await readStatus()).includes('SUCCESS'));
for (let i = 0; i < 100; i++) await readStatus();

const inspector = new Session();
inspector.connect();
await inspector.post('Profiler.enable');
await inspector.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

async function filesOfOne(): Promise<ReadonlySet<string>> {
  // Reading the counters also resets them.
  await inspector.post('Profiler.takePreciseCoverage');
  await readStatus();
  const { result } = await inspector.post('Profiler.takePreciseCoverage');
  const ran = result.filter(({ functions }) => functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0));
  return new Set(ran.map(({ url }) => url).filter((url) => url.startsWith(root)));
}

/** What runs by a timer is in some of the counts and not in all. */
const counts: ReadonlySet<string>[] = [];
for (let i = 0; i < 10; i++) counts.push(await filesOfOne());
const files = [...(counts[0] ?? [])].filter((file) => counts.every((one) => one.has(file)));

socket.destroy();
await server.close();
console.log(JSON.stringify(files.map((url) => `src/${fileURLToPath(url).slice(fileURLToPath(root).length)}`).sort()));
