/** What an operator finds in the log at its default level. */
import { expect, test } from 'vitest';
import { createRefusalLog } from '../../../src/http/server/refusals.ts';
import { wireError } from '../../../src/wire/errors.ts';
import { permissionCodes } from '../../../src/wire/permissions.ts';
import { createRecorder, testServer } from '../support/harness.ts';
import { exchange, requestText } from '../support/raw.ts';
import { setup } from '../support/setup.ts';
import { world } from '../support/world.ts';

const statusPath = '/v1.0/robot/oToMessages/readStatus';
const header = 'x-acs-dingtalk-access-token';

test('a refused call of an authenticated app is logged at info with its request id and its cause', async () => {
  const server = await testServer();
  const token = await world(server).tokenOf();
  const query = { robotCode: 'nowhere', processQueryKey: 'k' };
  const { body } = await server.call('GET', statusPath, { headers: { [header]: token }, query });
  const line = server.log.find(({ level, text }) => level === 'info' && text.includes(String(body.requestid)));
  expect(line?.text).toContain('"code":"invalidParameter.robotCode.notExsit"');
  expect(line?.text).toContain('"why":"there is no robot nowhere"');
  expect(line?.text).toContain('"app":"app-one"');
});

test('a missing permission is logged at info', async () => {
  const server = await testServer();
  const token = await world(server).tokenOf('app-bare');
  await server.call('GET', statusPath, { headers: { [header]: token } });
  const lines = server.log.filter(({ level, text }) => level === 'info' && text.includes('PermissionDenied'));
  expect(lines).toHaveLength(1);
});

test('a refused call of the old host is logged at info with its errcode, unless the call itself is malformed', async () => {
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, permissions: permissionCodes } : app));
  const server = await testServer({ setup: { ...setup, apps } });
  const [token, bare] = [await world(server).tokenOf(), await world(server).tokenOf('app-bare')];
  const get = (path: string) => fetch(server.url + path);
  await get(`/topapi/v2/user/get?access_token=${token}&userid=nobody`);
  await get(`/topapi/v2/user/get?access_token=${bare}&userid=alice`);
  await get(`/topapi/v2/user/get?access_token=${token}`);
  await get('/topapi/v2/user/get?access_token=forged&userid=alice');
  const lines = server.log.filter(({ text }) => text.startsWith('refused a call'));
  expect(lines.map(({ level, text }) => [level, /"code":"([^"]+)"/.exec(text)?.[1]])).toEqual([
    ['info', 'errcode 33012'],
    ['info', 'errcode 88 60011'],
  ]);
});

test('malformed and unauthenticated calls leave nothing above debug', async () => {
  const server = await testServer();
  const token = await world(server).tokenOf();
  const headers = { [header]: token };
  await server.call('GET', statusPath, { query: { robotCode: 'r', processQueryKey: 'k' } });
  await server.call('GET', statusPath, { headers: { [header]: 'forged' } });
  await server.call('GET', statusPath, { headers });
  await server.call('GET', statusPath, {
    headers,
    query: { robotCode: 'robot-one', processQueryKey: 'k'.repeat(10_000) },
  });
  await server.call('POST', '/v1.0/robot/oToMessages/batchSend', { headers, body: '{' });
  await server.call('POST', '/v1.0/robot/oToMessages/batchSend', { headers, body: { robotCode: 'robot-one' } });
  await server.call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-one', appSecret: 'wrong' } });
  expect(server.log.filter(({ level, text }) => level !== 'debug' && !text.startsWith('listening'))).toEqual([]);
});

test('many refusals become a bounded number of lines, and the next line counts the omitted ones', () => {
  const { log, lines } = createRecorder();
  let time = 0;
  const refused = createRefusalLog(log, () => time);
  const call = { method: 'GET', path: '/p', query: '', requestId: 'id' } as Parameters<typeof refused>[1];
  const error = wireError('staffId.notExisted', { why: 'none is a user' });
  for (let i = 0; i < 1000; i++) refused(error, call, 'app');
  expect(lines).toHaveLength(50);
  time = 1000;
  refused(error, call, 'app');
  expect(lines.at(-1)?.text).toContain('"dropped":950');
  time = 1200;
  refused(error, call, 'app');
  expect(lines.at(-1)?.text).not.toContain('dropped');
});

test('without an access log, successful requests are not logged', async () => {
  const server = await testServer();
  await server.call('GET', '/healthz');
  expect(server.log.some(({ text }) => text.startsWith('answered '))).toBe(false);
});

test('the access log has the address of the client behind a trusted proxy', async () => {
  const server = await testServer({ accessLog: true, trustedProxies: ['127.0.0.1'] });
  // A proxy may add a line of its own to that of the client.
  const headers = { 'x-forwarded-for': '10.9.9.9', 'X-Forwarded-For': '10.1.1.1' };
  for (const path of [statusPath, '/healthz', '/nowhere'])
    await exchange(server.port, requestText(`GET ${path}`, headers), { count: 1 });
  const addresses = server.log.flatMap(({ text }) => /^answered .*"address":"([^"]*)"/.exec(text)?.[1] ?? []);
  expect(addresses).toEqual(['10.1.1.1', '10.1.1.1', '10.1.1.1']);
});

test('with an access log each answered request has one line, without secrets', async () => {
  const server = await testServer({ accessLog: true });
  const token = await world(server).tokenOf();
  server.log.length = 0;
  const query = { robotCode: 'robot-one', processQueryKey: 'key-of-somebody', [header]: token };
  const status = await server.call('GET', statusPath, { query });
  const health = await server.call('GET', '/healthz?token=of-somebody');
  const missing = await server.call('GET', '/nowhere/../x?code=of-somebody');
  const lines = server.log.flatMap(({ level, text }) =>
    level === 'info' && text.startsWith('answered ') ? [JSON.parse(text.slice('answered '.length))] : [],
  );
  expect(lines).toMatchObject([
    {
      method: 'GET',
      route: statusPath,
      path: `${statusPath}?robotCode=robot-one&processQueryKey=[redacted]&${header}=[redacted]`,
      status: 400,
      bytes: Buffer.byteLength(status.text),
      requestId: status.headers['x-acs-request-id'],
      address: '127.0.0.1',
      durationMs: expect.any(Number),
    },
    { route: '/healthz', path: '/healthz?token=[redacted]', status: 200, bytes: Buffer.byteLength(health.text) },
    { route: 'unknown', status: 404, bytes: Buffer.byteLength(missing.text) },
  ]);
  expect(JSON.stringify(server.log)).not.toMatch(/of-somebody/);
  expect(JSON.stringify(server.log)).not.toContain(token);
});

test('the access log shows no parameter name that may be a secret, and no path segment of a token call', async () => {
  const server = await testServer({ accessLog: true });
  const secret = 'Misplaced0-secret-of-somebody';
  await server.call('GET', '/healthz', { query: secret });
  await server.call('GET', '/healthz', { query: `lang&${secret}=&x=${secret}` });
  await server.call('POST', `/v1.0/oauth2/${secret}/token`, { body: {} });
  await server.call('POST', `/v1.0/oauth2/${secret}`, { body: {} });
  await server.call('GET', `/v1.0/oauth2/corp-one/${secret}/token`);
  await server.call('GET', `/gettoken/${secret}`);
  expect(JSON.stringify(server.log)).not.toContain(secret);
  const paths = server.log.flatMap(({ text }) => /"path":"([^"]*)"/.exec(text)?.[1] ?? []);
  expect(paths.filter((path) => path !== '/openapi.json')).toEqual([
    '/healthz?[redacted]',
    '/healthz?lang&[redacted]=[redacted]&x=[redacted]',
    '/v1.0/oauth2/Misp… (29 characters)/token',
    '/v1.0/oauth2/Misp… (29 characters)',
    '/v1.0/oauth2/corp… (8 characters)/Misp… (29 characters)/token',
    '/gettoken/Misp… (29 characters)',
  ]);
});

test('a secret as the name of a member or parameter does not reach the log', async () => {
  const server = await testServer({ accessLog: true });
  const secret = 'Misplaced0-secret-of-somebody';
  const query = `${secret}=1&${secret}=2`;
  for (const path of ['/console/v1/sessions', '/inbox/v1/sessions', '/v1.0/oauth2/accessToken', '/emulator/v1/clock']) {
    expect((await server.call('POST', path, { body: { [secret]: 1 } })).status).toBe(400);
    expect((await server.call('POST', path, { body: {}, query })).status).toBe(400);
  }
  expect(JSON.stringify(server.log)).not.toContain(secret);
  const { body } = await server.call('POST', '/console/v1/sessions', { body: { adminTokn: 'x' } });
  expect(body.message).toContain('there is no adminTokn. Did you mean adminToken?');
  expect(JSON.stringify(server.log)).toContain('there is no adminTokn. Did you mean adminToken?');
});

test('a secret in the wrong field of a token call does not reach the log', async () => {
  const server = await testServer();
  const secret = 'misplaced-secret-of-somebody';
  const corpPath = (corpId: string) => `/v1.0/oauth2/${corpId}/token`;
  const pair = { client_id: 'app-one', client_secret: 'secret-of-app-one' };
  await server.call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: secret, appSecret: 'app-one' } });
  await server.call('POST', '/v1.0/oauth2/corpAccessToken', {
    body: { suiteKey: secret, suiteSecret: 'x', authCorpId: secret, suiteTicket: secret },
  });
  await server.call('POST', corpPath('corp-one'), { body: { ...pair, grant_type: secret } });
  await server.call('POST', corpPath('corp-one'), {
    body: { ...pair, client_id: secret, grant_type: 'client_credentials' },
  });
  await server.call('POST', corpPath(secret), { body: { ...pair, grant_type: 'client_credentials' } });
  await server.call('GET', '/gettoken', { query: { appkey: secret, appsecret: 'x' } });
  await server.call('GET', '/gettoken', { query: { corpid: secret, corpsecret: 'x' } });
  expect(server.log.filter(({ text }) => text.startsWith('refused'))).toHaveLength(7);
  expect(JSON.stringify(server.log)).not.toContain(secret);
  expect(JSON.stringify(server.log)).toContain('misp… (28 characters)');
});
