import { expect, test } from 'vitest';
import { version } from '../../../src/server.ts';
import { consoleRights } from '../../../src/wire/own/console-rights.ts';
import { connectPath } from '../../../src/wire/vendor/values.ts';
import { png } from '../support/files.ts';
import { fileServer, testServer } from '../support/harness.ts';
import { insideServer } from '../support/inside.ts';
import { uploaded } from '../support/media.ts';
import { documentOf } from '../support/openapi.ts';
import { exchange, requestText } from '../support/raw.ts';
import { setup } from '../support/setup.ts';
import { follow } from '../support/stream.ts';
import { serveRobot, talkWorld } from '../support/talk.ts';
import { textOf, webhookWorld } from '../support/webhooks.ts';
import { hello, ok, refusal, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer();
const { call, emulate, sent, receipt, tokenOf } = world(server);

const metrics = async () => (await call('GET', '/metrics')).text;
const sample = (text: string, name: string) =>
  Number(new RegExp(`^${name.replace(/[{}"$.]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);

test('/healthz says that the process runs, /readyz that the store works', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const { status, body, headers } = await call('GET', path);
    expect([status, body, headers['content-type']]).toEqual([200, { status: 'ok' }, 'application/json']);
  }
});

test('/metrics is Prometheus text with the series that operators watch', async () => {
  await sent();
  await call('GET', '/metrics');
  const { headers, text } = await call('GET', '/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  for (const name of [
    'huizhi_http_request_duration_seconds',
    'huizhi_delivery_lag_seconds',
    'huizhi_queue_depth',
    'huizhi_streams',
    'nodejs_eventloop_lag_seconds',
    'process_cpu_seconds_total',
  ]) {
    expect(text).toMatch(new RegExp(`^# TYPE ${name} (gauge|counter|histogram)$`, 'm'));
  }
});

test('requests are counted by method, route and status', async () => {
  const count = async (labels: string) =>
    sample(await metrics(), `huizhi_http_request_duration_seconds_count{${labels}}`);
  const status = `method="GET",route="${statusPath}",status="200",surface="vendor"`;
  const mute = 'method="PUT",route="/inbox/v1/robots/:robotCode",status="401",surface="inbox"';
  const token = 'method="POST",route="/v1.0/oauth2/{corpId}/token",status="400",surface="vendor"';
  const before = [await count(status), await count(mute), await count(token)];
  await receipt(await sent());
  await call('PUT', '/inbox/v1/robots/robot-one');
  await call('POST', '/v1.0/oauth2/corp-one/token');
  expect([await count(status), await count(mute), await count(token)]).toEqual(before.map((each) => each + 1));
});

test('all unknown paths share one series', async () => {
  const lines = async () => (await metrics()).match(/^huizhi_/gm)?.length;
  await call('GET', '/v1.0/x');
  for (const path of ['/inbox/v1/x', '/console/v1/x', '/emulator/v1/x', '/docs/x', '/healthz/x'])
    await call('GET', path);
  const before = await lines();
  for (let i = 0; i < 20; i++) {
    await call('GET', `/v1.0/${i}`);
    await call('GET', `/v1.0/oauth2/${i}/token`);
    for (const path of ['/inbox/v1', '/console/v1', '/emulator/v1', '/docs', '/healthz'])
      await call('GET', `${path}/${i}`);
  }
  expect(await lines()).toBe(before);
});

test('each delivered message counts once in the delivery lag', async () => {
  const count = async () => sample(await metrics(), 'huizhi_delivery_lag_seconds_count');
  const before = await count();
  await receipt(await sent());
  await receipt(await sent());
  expect(await count()).toBe(before + 2);
});

test('errors are counted by route and code, also those that the old host returns with status 200', async () => {
  const count = async (labels: string) => sample(await metrics(), `huizhi_refusals_total{${labels}}`);
  const robot = 'route="/robot/send",code="300005"';
  const status = `route="${statusPath}",code="AuthenticationFailed.MissingParameter"`;
  const unknown = 'route="unknown",code="404"';
  const inbox = 'route="/inbox/v1/messages",code="huizhi.unauthorized"';
  const all = async () => [await count(robot), await count(status), await count(unknown), await count(inbox)];
  const before = await all();
  await call('POST', '/robot/send', { query: { access_token: 'nobody' }, body: {} });
  await call('GET', statusPath);
  await call('GET', '/chat/nothing');
  await call('GET', '/inbox/v1/messages');
  expect(await all()).toEqual(before.map((each) => each + 1));
});

test('errors before a request is routed are counted, too', async () => {
  const own = await testServer();
  const head = (line: string, headers: object = {}) => requestText(line, { ...headers });
  const upgrade = { connection: 'upgrade', upgrade: 'websocket' };
  for (const bytes of [
    head('GET /healthz', { host: 'evil.example' }),
    head('GET /v1.0/nothing', { host: 'evil.example' }),
    head(`GET ${connectPath}`, { host: 'evil.example', ...upgrade }),
    head('GET /healthz', { host: 'localhost', 'transfer-encoding': 'chunked', 'content-length': '1' }),
    'nonsense\r\n\r\n',
  ])
    await exchange(own.port, bytes, { count: 1 });
  const text = (await own.call('GET', '/metrics')).text;
  const count = (route: string, code: string) =>
    sample(text, `huizhi_refusals_total{route="${route}",code="huizhi.${code}"}`);
  expect(count('unknown', 'unknownHost')).toBe(2);
  expect(count(connectPath, 'unknownHost')).toBe(1);
  expect(count('unknown', 'badRequest')).toBe(2);
  const requests = 'method="GET",route="unknown",status="421",surface="unknown"';
  expect(sample(text, `huizhi_http_request_duration_seconds_count{${requests}}`)).toBe(2);
});

test('sends, recipients, arrivals, reads and recalls are counted by what a message was sent to', async () => {
  const added: readonly (readonly [name: string, by: number])[] = [
    ['huizhi_sends_total{to="users",kind="sampleText",result="accepted"}', 1],
    ['huizhi_sends_total{to="users",kind="sampleText",result="refused"}', 1],
    ['huizhi_sends_total{to="conversation",kind="sampleText",result="accepted"}', 1],
    ['huizhi_recipients_total{result="accepted"}', 1],
    ['huizhi_recipients_total{result="invalid"}', 1],
    ['huizhi_deliveries_total{to="users"}', 1],
    ['huizhi_deliveries_total{to="conversation"}', 3],
    ['huizhi_reads_total{to="conversation"}', 2],
    ['huizhi_time_to_read_seconds_count{to="conversation"}', 2],
    ['huizhi_recalls_total{to="users",result="recalled"}', 1],
    ['huizhi_recalls_total{to="users",result="refused"}', 1],
    ['huizhi_sign_ins_total{method="code",result="refused"}', 1],
    ['huizhi_sign_ins_total{method="person",result="accepted"}', 1],
  ];
  const counts = async () => {
    const text = await metrics();
    return added.map(([name]) => sample(text, name));
  };
  const before = await counts();
  const members = ['alice', 'bob', 'carol'];
  const { openConversationId } = await emulate('POST', 'groups', { members, robots: ['robot-one'] });
  const headers = { [tokenHeader]: await tokenOf() };
  const body = { ...hello, openConversationId };
  const { processQueryKey } = ok(await call('POST', '/v1.0/robot/groupMessages/send', { headers, body }));
  await emulate('POST', 'reads', { processQueryKey, userIds: ['alice', 'bob'] });
  const toUsers = { ...hello, userIds: ['alice', 'nobody'] };
  const { processQueryKey: key } = ok(
    await call('POST', '/v1.0/robot/oToMessages/batchSend', { headers, body: toUsers }),
  );
  await receipt(String(key));
  await call('POST', '/v1.0/robot/oToMessages/batchSend', { headers, body: { ...hello, userIds: ['nobody'] } });
  const recall = { robotCode: 'robot-one', processQueryKeys: [key, 'forged'] };
  await call('POST', '/v1.0/robot/otoMessages/batchRecall', { headers, body: recall });
  await call('POST', '/inbox/v1/sessions', { body: { code: '1-wrong' } });
  await call('POST', '/inbox/v1/sessions', { body: { corpId: 'corp-one', userId: 'alice' } });
  const after = await counts();
  expect(added.map(([name], i) => [name, (after[i] ?? 0) - (before[i] ?? 0)])).toEqual(added);
});

test('the database, its caches, the process and its queues have gauges', async () => {
  const text = await metrics();
  expect(sample(text, 'huizhi_database_up')).toBe(1);
  for (const name of ['huizhi_database_size_bytes', 'huizhi_http_connections_limit', 'huizhi_http_body_limit_bytes'])
    expect([name, sample(text, name) > 1000]).toEqual([name, true]);
  expect(sample(text, 'huizhi_http_connections')).toBeGreaterThan(0);
  expect(sample(text, 'huizhi_cache_requests_total{cache="tokens",result="hit"}')).toBeGreaterThan(0);
  expect(text).toMatch(
    new RegExp(`^huizhi_build_info\\{version="${version}",node="[\\d.]+",engine="sqlite"\\} 1$`, 'm'),
  );
  expect(text).toMatch(/^huizhi_event_outbox_depth\{form="endpoint"\} 0$/m);
  expect(text).toMatch(/^huizhi_retention_last_success_timestamp_seconds \d/m);
});

test('DINGs are counted by channel and receiver, and the size of uploaded files is a gauge', async () => {
  const dings = 'huizhi_ding_deliveries_total{channel="sms"}';
  const [before, bytes] = [sample(await metrics(), dings), sample(await metrics(), 'huizhi_media_bytes')];
  const headers = { [tokenHeader]: await tokenOf() };
  const body = { robotCode: 'robot-one', remindType: 2, receiverUserIdList: ['alice', 'bob', 'nobody'], content: 'x' };
  ok(await call('POST', '/v1.0/robot/ding/send', { headers, body }));
  await uploaded(server, await tokenOf(), 'image', png);
  expect(sample(await metrics(), dings)).toBe(before + 2);
  expect(sample(await metrics(), 'huizhi_media_bytes')).toBeGreaterThan(bytes);
});

test('messages of people, what their robots do with them, and messages of webhooks are counted by outcome', async () => {
  const program = await serveRobot(() => textOf('echo'));
  const apps = setup.apps.map((app) => (app.appKey === 'app-one' ? { ...app, messageUrl: program.url } : app));
  const there = world(await testServer({ setup: { ...setup, apps } }));
  const [talk, webhooks] = [talkWorld(there), webhookWorld(there)];
  const session = await there.signIn('alice');
  const live = await follow(there.server, session);
  await talk.say('once', { sendId: 'one' });
  const { heard } = await program.next();
  for (let arrived = 0; arrived < 2; arrived++) await live.next();
  await talk.say('once', { sendId: 'one' });
  await talk.write(session, 'robot:nobody', { msgtype: 'text', text: { content: 'x' } });
  await talk.say('to a group', { to: `group:${await talk.group()}` });
  ok(await talk.reply(heard, textOf('reply')));
  await talk.reply(heard, {}, { query: { session: 'unknown' } });
  const made = await webhooks.hook();
  await webhooks.post(made);
  await webhooks.post({ token: 'unknown' });
  const text = (await there.call('GET', '/metrics')).text;
  const counted = [...text.matchAll(/^huizhi_((?:person|webhook|robot)_\w+.* [1-9]\d*)$/gm)].map(([, line]) => line);
  expect(counted.toSorted()).toEqual([
    'person_messages_total{to="conversation",outcome="accepted"} 1',
    'person_messages_total{to="robot",outcome="accepted"} 1',
    'person_messages_total{to="robot",outcome="repeated"} 1',
    'person_messages_total{to="unknown",outcome="refused"} 1',
    'robot_pushes_total{reach="http",outcome="answered"} 1',
    'webhook_messages_total{by="answer",outcome="accepted"} 1',
    'webhook_messages_total{by="robot",outcome="accepted"} 1',
    'webhook_messages_total{by="robot",outcome="refused"} 1',
    'webhook_messages_total{by="session",outcome="accepted"} 1',
    'webhook_messages_total{by="session",outcome="refused"} 1',
  ]);
});

test('/openapi.json is an OpenAPI 3.1 document of this version, which any origin may read', async () => {
  const { body, headers } = await call('GET', '/openapi.json');
  expect(body).toMatchObject({ openapi: '3.1.0', info: { title: 'huizhi', version } });
  expect(headers['access-control-allow-origin']).toBe('*');
});

test('/docs shows the document with nothing loaded from elsewhere', async () => {
  const page = await call('GET', '/docs');
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=UTF-8']);
  expect(page.text).not.toMatch(/https?:\/\//);
  expect(page.headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
  const viewer = await call('GET', '/docs/swagger-ui-bundle.js');
  expect([viewer.status, viewer.headers['content-type']]).toEqual([200, 'text/javascript']);
  expect(viewer.text.length).toBeGreaterThan(100_000);
});

test('/docs is in the language of the browser, or in the one that the address names', async () => {
  const languageOf = async (query: string, accepted?: string) => {
    const headers: Record<string, string> = accepted === undefined ? {} : { 'accept-language': accepted };
    const { text } = await call('GET', '/docs', { query, headers });
    return [/<html lang="([\w-]+)"/.exec(text)?.[1], /data-url="([^"]+)"/.exec(text)?.[1]];
  };
  const [english, chinese] = [
    ['en', '/openapi.json?lang=en'],
    ['zh-CN', '/openapi.json?lang=zh'],
  ];
  expect(await languageOf('')).toEqual(english);
  expect(await languageOf('', 'de, zh;q=0.5')).toEqual(english);
  expect(await languageOf('', 'zh-CN,zh;q=0.9,en;q=0.8')).toEqual(chinese);
  expect(await languageOf('lang=en', 'zh-CN')).toEqual(english);
  expect(await languageOf('lang=zh')).toEqual(chinese);
  expect(refusal(await call('GET', '/docs', { query: 'lang=xx' }))).toEqual([400, 'huizhi.badRequest']);
  const { text } = await call('GET', '/openapi.json', { query: 'lang=zh' });
  expect(text).toContain('查询消息的已读状态');
});

/**
 * Pages and their assets, which the document does not list, sign-in by OpenID Connect, which is not configured here, and
 * the second method of calls under /topapi/, which the document describes once.
 */
const isUnlisted = (route: string) =>
  /^GET \/(?:inbox|console)\/v1\/oidc\//.test(route) ||
  /^GET \/topapi\/(?:v2\/)?(?:user|department|message)\//.test(route) ||
  /^GET \/(?:docs\/(?:start|swagger-ui-bundle)\.js|docs\/swagger-ui\.css|sw\.js|app\.webmanifest|app\/icon-[\w-]+\.png|console|console\/\*|assets\/\{name\})?$/.test(
    route,
  );

test('the document has every route that is served, and no other', async () => {
  const { paths } = await documentOf(server.url);
  const documented = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const { routes } = await insideServer({ command: 'dev' });
  const served = [...new Set(routes)].filter((route) => !isUnlisted(route));
  expect(served.toSorted()).toEqual(documented.toSorted());
  expect(served.length).toBeGreaterThan(30);
});

test('each route of the console names the right that it needs, and the document has it', async () => {
  const { routes } = await insideServer({ command: 'dev' });
  const served = [...new Set(routes)].filter((route) => route.includes(' /console/v1/'));
  expect(Object.keys(consoleRights).toSorted()).toEqual(served.toSorted());
  const { paths } = await documentOf(server.url);
  for (const [route, right] of Object.entries(consoleRights)) {
    if (isUnlisted(route)) continue;
    const [method = '', path = ''] = route.split(' ');
    expect([route, paths[path]?.[method.toLowerCase()]?.['x-huizhi-right'] ?? null]).toEqual([route, right]);
    const isSignIn = /^\/console\/v1\/(?:sessions|signIn$)/.test(path);
    expect([route, right === null]).toEqual([route, isSignIn]);
    const isReading = right?.endsWith('.read') || right === 'media.view';
    if (method !== 'GET') expect([route, isReading]).toEqual([route, false]);
  }
});

test('everything that is documented exists', async () => {
  const { paths } = await documentOf(server.url);
  for (const [path, item] of Object.entries(paths)) {
    for (const method of Object.keys(item)) {
      const line = `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'robot-one')}`;
      const [reply] = (await exchange(server.port, requestText(line, {}, '{}'), { count: 1 })).replies;
      expect([line, ['InvalidAction.NotFound', 'huizhi.methodNotAllowed'].includes(String(reply?.body.code))]).toEqual([
        line,
        false,
      ]);
    }
  }
});

test('unknown paths of the emulator and the console get the errors of these surfaces', async () => {
  expect(refusal(await call('GET', '/emulator/v1'))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await call('GET', '/console/v1/nothing'))).toEqual([401, 'huizhi.unauthorized']);
  expect(refusal(await call('GET', '/emulatorx'))).toEqual([404, 'InvalidAction.NotFound']);
});
