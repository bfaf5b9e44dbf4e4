import { expect, test } from 'vitest';
import { fileServer, type Reply } from '../support/harness.ts';
import { hello, ok, recallPath, refusal, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const { server, call, send, sent, status, recall, tokenOf, signIn } = world(await fileServer());

const anyError = /^[A-Za-z][\w.]+$/;

async function gatewayErrors(): Promise<readonly Reply[]> {
  const headers = { [tokenHeader]: await tokenOf() };
  return [
    await call('GET', '/v1.0/nothing'),
    await call('POST', sendPath, { body: hello }),
    await send({}, 'nonsense'),
    await send({}, await tokenOf('app-bare')),
    await call('POST', sendPath, { headers }),
    await call('POST', sendPath, { headers, body: '{' }),
    await call('POST', sendPath, { headers, body: '{}' }),
  ];
}

async function businessErrors(): Promise<readonly Reply[]> {
  return [
    await call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'nobody', appSecret: 'x' } }),
    await send({ robotCode: 'nobody' }),
    await send({ msgParam: '{}' }),
    await status({}),
    await status({ robotCode: 'robot-one', processQueryKey: 'x' }),
    await recall({ processQueryKeys: [] }),
  ];
}

test('gateway errors put code first, then requestid and message', async () => {
  for (const { text, body } of await gatewayErrors()) {
    expect(Object.keys(body).slice(0, 3)).toEqual(['code', 'requestid', 'message']);
    expect(text.startsWith('{"code":"')).toBe(true);
  }
});

test('business errors put requestid first, then code and message', async () => {
  for (const { text, body } of await businessErrors()) {
    expect(Object.keys(body)).toEqual(['requestid', 'code', 'message']);
    expect(text.startsWith('{"requestid":"')).toBe(true);
  }
});

test('every error is JSON in the form of the vendor, with a length', async () => {
  for (const { headers, body, text } of [...(await gatewayErrors()), ...(await businessErrors())]) {
    expect(headers['content-type']).toBe('application/json;charset=utf-8');
    expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
    expect(body.code).toMatch(anyError);
    expect(body.message).not.toBe('');
  }
});

test('requestid is an upper-case UUIDv7 of the time of the call, and is also in the header', async () => {
  const before = Date.now();
  const replies = [...(await gatewayErrors()), ...(await businessErrors())];
  for (const { headers, body } of replies) {
    const id = String(body.requestid);
    expect(id).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-7[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/);
    expect(headers['x-acs-request-id']).toBe(id);
    const time = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
  }
  expect(new Set(replies.map(({ body }) => body.requestid)).size).toBe(replies.length);
});

test('a missing permission lists the scopes that the call needs', async () => {
  const { body } = await send({}, await tokenOf('app-bare'));
  expect(body).toEqual({
    code: 'Forbidden.AccessDenied.AccessTokenPermissionDenied',
    requestid: body.requestid,
    message:
      '没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission',
    accessdenieddetail: { requiredScopes: ['qyapi_robot_sendmsg'] },
  });
});

test('successful bodies carry none of the keys of an error', async () => {
  const key = await sent();
  const replies = [
    await send(),
    await status({ robotCode: 'robot-one', processQueryKey: key }),
    await recall({ processQueryKeys: [key] }),
    await call('POST', '/v1.0/oauth2/accessToken', { body: { appKey: 'app-one', appSecret: 'secret-of-app-one' } }),
  ];
  for (const reply of replies) {
    for (const field of ['code', 'requestid', 'message', 'accessdenieddetail'])
      expect(ok(reply)).not.toHaveProperty(field);
    expect(reply.headers['x-acs-request-id']).toMatch(/^[0-9A-F-]{36}$/);
    expect(reply.headers['content-type']).toBe('application/json;charset=utf-8');
  }
});

test('successes and errors carry the cross-origin headers of the vendor', async () => {
  for (const { headers } of [await send(), await send({ robotCode: '' }), await call('GET', '/v1.0/nothing')]) {
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-methods']).toBe('POST, GET, OPTIONS, PUT, DELETE');
    expect(headers['access-control-allow-headers']).toContain(tokenHeader);
    expect(headers['access-control-max-age']).toBe('172800');
  }
});

test('a page of another origin may read the request id, Retry-After and the time of the server', async () => {
  const headers = { origin: 'https://example.com' };
  const credentials = { appKey: 'app-one', appSecret: 'secret-one' };
  for (const reply of [
    await call('POST', '/v1.0/oauth2/accessToken', { headers, body: credentials }),
    await call('GET', statusPath, { headers }),
  ]) {
    const exposed = 'x-acs-request-id, retry-after, x-huizhi-time, x-huizhi-left';
    expect(reply.headers['access-control-expose-headers']).toBe(exposed);
  }
  expect((await send()).headers).not.toHaveProperty('access-control-expose-headers');
});

test.each([sendPath, statusPath, recallPath, '/v1.0/oauth2/accessToken', '/v1.0/oauth2/corp-one/token', '/gettoken'])(
  'a preflight of %s needs no token',
  async (path) => {
    const headers = { origin: 'https://example.com', 'access-control-request-method': 'POST' };
    const reply = await call('OPTIONS', path, { headers });
    expect([reply.status, reply.text, reply.headers['content-type']]).toEqual([
      200,
      '{}',
      'application/json;charset=utf-8',
    ]);
    expect(reply.headers['access-control-allow-origin']).toBe('*');
  },
);

test('a preflight of an unknown path is not found', async () => {
  expect(refusal(await call('OPTIONS', '/v1.0/nothing'))).toEqual([404, 'InvalidAction.NotFound']);
});

test('answers of own paths are not cached and not sniffed', async () => {
  const headers = { authorization: `Bearer ${await signIn('alice')}` };
  for (const reply of [
    await call('GET', '/inbox/v1/messages', { headers }),
    await call('GET', '/inbox/v1/messages'),
    await call('GET', '/console/v1/organizations'),
    await call('POST', '/console/v1/organizations', { headers: { 'sec-fetch-site': 'cross-site' } }),
  ]) {
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers['x-content-type-options']).toBe('nosniff');
  }
});

test('a body for own paths has to have a JSON content type, which pages of other origins cannot send', async () => {
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', '']) {
    const reply = await call('POST', '/inbox/v1/sessions', {
      body: JSON.stringify({ corpId: 'corp-one', userId: 'alice' }),
      headers: { 'content-type': type },
    });
    expect([type, ...refusal(reply)]).toEqual([type, 400, 'huizhi.badRequest']);
    expect(reply.headers['set-cookie']).toBeUndefined();
  }
  // For a Blob without a type fetch sends no content type, and makes no preflight.
  const body = new Blob([JSON.stringify({ corpId: 'corp-one', userId: 'alice' })]);
  const reply = await fetch(`${server.url}/inbox/v1/sessions`, { method: 'POST', body });
  expect([reply.status, reply.headers.get('set-cookie')]).toEqual([400, null]);
});

test('errors of own paths have the same envelope', async () => {
  const session = await signIn('alice');
  const replies = [
    await call('GET', '/inbox/v1/messages'),
    await call('GET', '/inbox/v1/nothing'),
    await call('DELETE', '/healthz'),
    await call('POST', '/inbox/v1/sessions', { body: '{' }),
    await call('GET', '/inbox/v1/messages', { query: 'limit=0', headers: { authorization: `Bearer ${session}` } }),
    await call('POST', '/console/v1/signInCodes', { body: {} }),
    await call('PUT', '/emulator/v1/faults', { body: {} }),
  ];
  for (const { headers, body, status: code } of replies) {
    expect(code).toBeGreaterThanOrEqual(400);
    expect(Object.keys(body)).toEqual(['requestid', 'code', 'message']);
    expect(headers['content-type']).toBe('application/json;charset=utf-8');
    expect(headers['x-acs-request-id']).toBe(body.requestid);
    expect(body.requestid).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-7/);
  }
});

test('answers of own paths have the request id, too', async () => {
  for (const path of ['/healthz', '/readyz', '/openapi.json', '/emulator/v1/clock']) {
    expect((await call('GET', path)).headers['x-acs-request-id']).toMatch(/^[0-9A-F]{8}-[0-9A-F]{4}-7/);
  }
});

test('unknown body fields and query parameters are ignored', async () => {
  const headers = { [tokenHeader]: await tokenOf() };
  const body = { ...hello, openConversationId: 'x', extra: { deep: [1] } };
  const reply = await call('POST', sendPath, { body, headers, query: 'a=1&a=2&b=%zz' });
  const processQueryKey = String(ok(reply).processQueryKey);
  ok(await status({ robotCode: 'robot-one', processQueryKey, extra: 'x' }));
  ok(await recall({ processQueryKeys: [processQueryKey], openConversationId: 'x' }));
});

test('a parameter given twice is invalidParameter.param.invalid', async () => {
  const key = encodeURIComponent(await sent());
  for (const query of [
    `robotCode=robot-one&processQueryKey=${key}&processQueryKey=${key}`,
    `robotCode=robot-one&robotCode=robot-one&processQueryKey=${key}`,
    `robotCode=robot-one&robot%43ode=robot-one&processQueryKey=${key}`,
  ]) {
    expect(refusal(await status(query))).toEqual([400, 'invalidParameter.param.invalid']);
  }
});

test.each([
  [
    'InvalidAction.NotFound',
    404,
    'Specified api is not found, please check your url and method.',
    () => call('GET', '/v1.0/x'),
  ],
  [
    'Missingbody',
    400,
    'body is mandatory for this action.',
    async () => call('POST', sendPath, { headers: { [tokenHeader]: await tokenOf() } }),
  ],
  [
    'Invalidbody',
    400,
    'Specified parameter body is not valid. JSON parsing error',
    async () => call('POST', sendPath, { headers: { [tokenHeader]: await tokenOf() }, body: '{' }),
  ],
  [
    'invalidParameter.robotCode.notExsit',
    400,
    '错误描述: robot 不存在；解决方案:请确认 robotCode 是否正确；',
    () => send({ robotCode: 'x' }),
  ],
  [
    'invalidParameter.msgParam.invalid',
    400,
    '错误描述:msgParam格式不正确;解决方案:请使用json格式;',
    () => send({ msgParam: 'x' }),
  ],
  [
    'invalidParameter.msgKey.invalid',
    400,
    '错误描述: 不支持类型 sampleX ;解决方案:请使用支持的类型;参考链接:请参考本接口对应文档查看支持的消息类型，或者在https://open.dingtalk.com/document/ 搜索对应文档;',
    () => send({ msgKey: 'sampleX' }),
  ],
  [
    'miss.param.markdownTotitle',
    400,
    '错误描述:参数 markdown --》 title 缺失，或者参数格式不正确; 解决方案:请填充上对应参数;参考链接:请参考本接口对应文档查看参数获取方式，或者在https://open.dingtalk.com/document/  搜索对应文档;',
    () => send({ msgKey: 'sampleMarkdown', msgParam: '{}' }),
  ],
  ['staffId.notExisted', 400, 'staff 不存在', () => send({ userIds: ['nobody'] })],
])('%s has the message that is known from the real service', async (code, status, message, ask) => {
  const reply = await ask();
  expect([...refusal(reply), reply.body.message]).toEqual([status, code, message]);
});

test('messages that are not known are Chinese texts in the form of the vendor', async () => {
  for (const reply of [
    await send({ userIds: [] }),
    await send({ msgKey: '' }),
    await recall({ processQueryKeys: Array(21).fill('x') }),
  ]) {
    expect(reply.body.message).toMatch(/^错误描述:.+;解决方案:.+;$/);
  }
});
