/** `startEmulator({ intercept: true })`: calls of this process to the vendor's hosts, by every client of Node. */
import { once } from 'node:events';
import { createServer, get, Agent as HttpAgent } from 'node:http';
import { Agent, globalAgent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { demoSetup, type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';

async function startOne(options: EmulatorOptions = {}): Promise<Emulator> {
  const huizhi = await startEmulator({ intercept: true, ...options });
  onTestFinished(() => huizhi.close());
  return huizhi;
}

const address = 'https://api.dingtalk.com/v1.0/oauth2/accessToken';
const pair = JSON.stringify({ appKey: 'dingappinternal', appSecret: 's3cret-internal' });
const headers = { 'content-type': 'application/json' };

async function fetchToken(url = address): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', headers, body: pair });
  return ((await answer.json()) as { accessToken?: string }).accessToken;
}

/** Gets a token with `https.request`, optionally through an agent. */
async function requestToken(agent?: Agent): Promise<unknown> {
  const outgoing = request(address, { method: 'POST', headers, ...(agent && { agent }) });
  outgoing.end(pair);
  const [incoming] = await once(outgoing, 'response');
  return (JSON.parse(await text(incoming)) as { accessToken?: string }).accessToken;
}

const token = expect.stringMatching(/^[0-9a-f]{32}$/);

test('fetch reaches the emulator under every name of the vendor', async () => {
  const huizhi = await startOne();
  expect(await fetchToken()).toEqual(token);
  expect(await fetchToken(address.replace('.com', '.io'))).toEqual(token);
  expect(await fetchToken(address.replace('https:', 'http:'))).toEqual(token);
  const old = await fetch('https://oapi.dingtalk.com/gettoken?appkey=dingappinternal&appsecret=s3cret-internal');
  expect([old.url, await old.json()]).toEqual([
    expect.stringMatching(/^https:\/\/oapi\.dingtalk\.com\//),
    expect.objectContaining({ errcode: 0 }),
  ]);
  expect((await huizhi.requests()).map(({ path }) => path)).toEqual([
    ...Array(3).fill('/v1.0/oauth2/accessToken'),
    '/gettoken',
  ]);
});

test('https.request and http.request reach it, with the global agent and with others', async () => {
  const huizhi = await startOne();
  const own = new Agent({ keepAlive: true });
  onTestFinished(() => own.destroy());
  expect([await requestToken(), await requestToken(own), await requestToken(own)]).toEqual([token, token, token]);
  const [incoming] = await once(get('http://api.dingtalk.com/healthz', { agent: new HttpAgent() }), 'response');
  expect([incoming.statusCode, await text(incoming)]).toEqual([200, '{"status":"ok"}']);
  expect(await huizhi.requests()).toHaveLength(3);
});

test('addresses in responses are those of the emulator', async () => {
  const huizhi = await startOne();
  const mediaId = await huizhi.upload(new TextEncoder().encode('%PDF-1.7'), { type: 'file', name: 'a.pdf' });
  const body = JSON.stringify({ robotCode: huizhi.robotCode, downloadCode: await huizhi.downloadCode(mediaId) });
  const answer = await fetch('https://api.dingtalk.com/v1.0/robot/messageFiles/download', {
    method: 'POST',
    headers: { ...headers, 'x-acs-dingtalk-access-token': String(await fetchToken()) },
    body,
  });
  const { downloadUrl } = (await answer.json()) as { downloadUrl: string };
  expect(downloadUrl.startsWith(`${huizhi.url}/downloads/`)).toBe(true);
});

test('other hosts are reached as before', async () => {
  const other = createServer((_, outgoing) => outgoing.end('other'));
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const url = `http://localhost:${(other.address() as AddressInfo).port}/`;
  await startOne();
  expect(await (await fetch(url)).text()).toBe('other');
  const [incoming] = await once(get(url), 'response');
  expect(await text(incoming)).toBe('other');
});

/** What the interception changes. */
const changed = () =>
  [
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1')),
    Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.2')),
    HttpAgent.prototype,
    Agent.prototype,
  ].map((one: unknown) =>
    typeof one === 'object' && one !== null && 'createConnection' in one ? one.createConnection : one,
  );

test('closing undoes it, and ends connections that an agent has kept', async () => {
  await fetch('data:,');
  const before = changed();
  const own = new Agent({ keepAlive: true });
  const first = await startOne();
  expect(changed().filter((one, i) => one !== undefined && one === before[i])).toEqual([]);
  await requestToken(own);
  await fetchToken();
  await first.close();
  expect(changed().every((one, i) => one === before[i])).toBe(true);
  // The next emulator has another port, but the agent's next call still reaches it.
  const second = await startOne();
  expect([await requestToken(own), await fetchToken()]).toEqual([token, token]);
  expect(await second.requests()).toHaveLength(2);
  own.destroy();
  globalAgent.destroy();
});

test('one emulator of a process intercepts at a time, and it needs a socket', async () => {
  const first = await startOne();
  await expect(startEmulator({ intercept: true })).rejects.toThrow(
    'another emulator of this process has intercept: true',
  );
  await expect(startEmulator({ intercept: true, socket: false })).rejects.toThrow('intercept: true needs a socket');
  const beside = await startEmulator();
  await beside.close();
  await fetchToken();
  expect(await first.requests()).toHaveLength(1);
  await first.close();
  await expect(startEmulator({ intercept: true, setup: { ...demoSetup, apps: 1 } as never })).rejects.toThrow(
    'setup.apps',
  );
  await (await startOne()).close();
});

test('a fetch that was replaced is refused, and nothing stays changed', async () => {
  const keys = [Symbol.for('undici.globalDispatcher.1'), Symbol.for('undici.globalDispatcher.2')];
  const before = keys.map((key) => Reflect.get(globalThis, key) as unknown);
  const { fetch: original } = globalThis;
  const restore = () => {
    globalThis.fetch = original;
    for (const [i, key] of keys.entries()) if (before[i] !== undefined) Reflect.set(globalThis, key, before[i]);
  };
  onTestFinished(restore);
  for (const [i, key] of keys.entries()) if (before[i] !== undefined) Reflect.set(globalThis, key, undefined);
  globalThis.fetch = async () => new Response('');
  await expect(startEmulator({ intercept: true })).rejects.toThrow('intercept: true cannot reach the fetch of Node');
  restore();
  await startOne();
  expect(await fetchToken()).toEqual(token);
});

test('a fault rule that drops a connection fails the call', async () => {
  const huizhi = await startOne();
  await huizhi.faults([{ drop: true }]);
  await expect(fetchToken()).rejects.toThrow('fetch failed');
  await expect(requestToken()).rejects.toThrow('socket hang up');
});
