import { expect, test } from 'vitest';
import { errcodes } from '../../../src/wire/error-table/errcode.ts';
import { errors } from '../../../src/wire/errors.ts';
import { type Fields, fileServer } from '../support/harness.ts';
import { hello, ok, recallPath, refusal, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const server = await fileServer({ mayFail: true });
const { call, emulate, receipt, send, sent, signIn, status, tokenOf } = world(server);

const faults = (...rules: object[]) => emulate('PUT', 'faults', { rules });
const dropped = async (ask: Promise<unknown>) =>
  ask.then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET',
  );

test('a fault returns the error of its code, and an empty list ends it', async () => {
  const key = await sent();
  await faults({ path: statusPath, error: 'unknown.send.result' });
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey: key }))).toEqual([400, 'unknown.send.result']);
  await faults();
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
});

test('every code of the table can be returned, with its status and envelope', async () => {
  const token = await tokenOf();
  for (const [code, { status: expected, layer }] of Object.entries(errors)) {
    await faults({ path: sendPath, error: code });
    // With fetch, because most of these codes are not documented for the call.
    const headers = { [tokenHeader]: token, 'content-type': 'application/json' };
    const response = await fetch(server.url + sendPath, { method: 'POST', headers, body: JSON.stringify(hello) });
    const status = response.status;
    const body = (await response.json()) as Fields;
    expect([status, body.code]).toEqual([expected, code]);
    expect(Object.keys(body)[0]).toBe(layer === 'gateway' ? 'code' : 'requestid');
    expect(body.message).not.toMatch(/[{}]/);
    expect(response.headers.has('retry-after')).toBe(code.includes('Limit'));
    expect('accessdenieddetail' in body).toBe(code.endsWith('PermissionDenied'));
  }
  await faults();
});

test('every errcode of the old host can be returned, with its text', async () => {
  for (const errcode of Object.keys(errcodes).map(Number)) {
    await faults({ path: '/topapi/v2/user/get', errcode });
    const response = await fetch(`${server.url}/topapi/v2/user/get?access_token=${await tokenOf()}&userid=alice`);
    const body = (await response.json()) as Fields;
    expect([response.status, body.errcode]).toEqual([200, errcode]);
    expect(body.errmsg).not.toMatch(/[{}]/);
    expect(body.request_id).toBeTypeOf('string');
  }
  await faults();
});

test('a fault of /robot/send has errcode and errmsg alone, as all of its responses', async () => {
  for (const rule of [{ errcode: 660026 }, { errcode: 88 }, { error: 'system.error' }]) {
    await faults({ path: '/robot/send', ...rule });
    const reply = await fetch(`${server.url}/robot/send?access_token=x`, { method: 'POST', body: '{}' });
    const body = (await reply.json()) as Fields;
    expect(Object.keys(body).filter((name) => !name.startsWith('sub_'))).toEqual(['errcode', 'errmsg']);
  }
  await faults();
});

test('an errcode matches only calls of the old host, and an error is returned there as its errcode', async () => {
  await faults({ errcode: 60121 });
  const key = await sent();
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  const get = async (path: string) => (await (await fetch(server.url + path)).json()) as Fields;
  expect((await get('/topapi/v2/user/get')).errcode).toBe(60121);
  await faults({ error: 'InvalidAuthentication' });
  expect(await get('/topapi/v2/user/get')).toMatchObject({ errcode: 88, sub_code: '40014' });
  await faults({ path: '/gettoken', error: 'system.error' });
  expect(await get('/gettoken')).toEqual({ errcode: -1, errmsg: '系统繁忙' });
  await faults();
});

test('a fault precedes all checks, and the call has no effect', async () => {
  await faults({ path: sendPath, error: 'system.error' });
  const before = await emulate('GET', 'snapshot');
  expect(refusal(await call('POST', sendPath))).toEqual([500, 'system.error']);
  await faults({ path: sendPath, drop: true });
  expect(await dropped(call('POST', sendPath, { body: hello }))).toBe(true);
  await faults();
  expect(await emulate('GET', 'snapshot')).toEqual({ ...before, faults: [] });
});

test('the first rule that matches wins', async () => {
  await faults({ path: '/v1.0/robot/*', error: 'system.error' }, { path: sendPath, error: 'template.stopped' });
  expect(refusal(await send())).toEqual([500, 'system.error']);
  await faults({ path: sendPath, error: 'template.stopped' }, { path: '/v1.0/robot/*', error: 'system.error' });
  expect(refusal(await send())).toEqual([400, 'template.stopped']);
  await faults();
});

test('a rule matches a path, a path prefix, a method or a robot', async () => {
  const key = await sent();
  const processQueryKey = key;
  const outcomes = async () => [
    (await send()).status,
    (await send({ robotCode: 'robot-more' })).status,
    (await status({ robotCode: 'robot-one', processQueryKey })).status,
    (await call('GET', '/gettoken')).status,
  ];
  await faults({ path: sendPath, error: 'system.error' });
  expect(await outcomes()).toEqual([500, 500, 200, 200]);
  await faults({ path: '/v1.0/robot/*', error: 'system.error' });
  expect(await outcomes()).toEqual([500, 500, 500, 200]);
  await faults({ path: '/v1.0/robot/*', method: 'GET', error: 'system.error' });
  expect(await outcomes()).toEqual([200, 200, 500, 200]);
  await faults({ robotCode: 'robot-one', error: 'system.error' });
  expect(await outcomes()).toEqual([500, 200, 500, 200]);
  await faults({ path: recallPath, error: 'system.error' });
  expect(await outcomes()).toEqual([200, 200, 200, 200]);
  await faults();
});

test('nth is the first call that fails, times the number of failures', async () => {
  const run = async (count: number) => {
    const statuses: number[] = [];
    for (let i = 0; i < count; i++) statuses.push((await send()).status);
    return statuses;
  };
  await faults({ path: sendPath, nth: 3, error: 'system.error' });
  expect(await run(5)).toEqual([200, 200, 500, 500, 500]);
  await faults({ path: sendPath, times: 2, error: 'system.error' });
  expect(await run(4)).toEqual([500, 500, 200, 200]);
  await faults({ path: sendPath, nth: 2, times: 2, error: 'system.error' });
  expect(await run(5)).toEqual([200, 500, 500, 200, 200]);
  await faults(
    { path: sendPath, times: 1, error: 'system.error' },
    { path: sendPath, times: 1, error: 'template.stopped' },
  );
  expect(await run(3)).toEqual([500, 400, 200]);
  await faults();
});

test('setting the same rules again resets their counts', async () => {
  for (let i = 0; i < 2; i++) {
    await faults({ path: sendPath, times: 1, error: 'system.error' });
    expect([(await send()).status, (await send()).status]).toEqual([500, 200]);
  }
  await faults();
});

test('a latency waits, then the call succeeds, fails or drops', async () => {
  const token = await tokenOf();
  const took = async (rule: object) => {
    await faults({ path: sendPath, latency: '30ms', ...rule });
    const started = performance.now();
    const outcome = await send({}, token).then(
      ({ status: code }) => code,
      () => 'dropped',
    );
    expect(performance.now() - started).toBeGreaterThanOrEqual(29);
    return outcome;
  };
  expect(await took({})).toBe(200);
  expect(await took({ error: 'system.error' })).toBe(500);
  expect(await took({ drop: true })).toBe('dropped');
  await faults();
});

test('a latency takes real time, also while the clock is frozen', async () => {
  await emulate('POST', 'clock', { freeze: true });
  await faults({ path: sendPath, latency: '5ms' });
  ok(await send());
  await faults();
  await emulate('POST', 'clock', { freeze: false });
});

test('faults apply to vendor paths only, and not to preflights', async () => {
  await faults({ drop: true });
  expect((await call('GET', '/healthz')).status).toBe(200);
  expect(await signIn('alice')).toMatch(/^\w+$/);
  expect((await call('OPTIONS', sendPath)).text).toBe('{}');
  await faults();
});

test('a preflight uses up no rule and is not listed', async () => {
  await emulate('POST', 'reset');
  const token = await tokenOf();
  await faults({ path: sendPath, times: 1, error: 'system.error' });
  await call('OPTIONS', sendPath);
  expect(refusal(await send({}, token))).toEqual([500, 'system.error']);
  const { requests } = (await emulate('GET', 'requests')) as { requests: { method: string }[] };
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  await faults();
});

test.each([
  {},
  { rules: {} },
  { rules: [{}] },
  { rules: [{ path: sendPath }] },
  { rules: [{ error: 'no.such.code' }] },
  { rules: [{ error: 'system.error', drop: true }] },
  { rules: [{ errcode: 2 }] },
  { rules: [{ errcode: '40' }] },
  { rules: [{ errcode: 40, error: 'system.error' }] },
  { rules: [{ path: '/v1.0/robot/*', errcode: 40 }] },
  { rules: [{ drop: false }] },
  { rules: [{ error: 'system.error', nth: 0 }] },
  { rules: [{ error: 'system.error', times: 0 }] },
  { rules: [{ error: 'system.error', times: 1.5 }] },
  { rules: [{ error: 'system.error', nth: -1 }] },
  { rules: [{ latency: '5' }] },
  { rules: [{ latency: -5 }] },
  { rules: [{ error: 'system.error', method: 'get' }] },
  { rules: [{ error: 'system.error', path: '' }] },
  { rules: Array(1001).fill({ error: 'system.error' }) },
])('faults refuse %j, and the current ones stay', async (body) => {
  await faults({ path: recallPath, error: 'system.error' });
  const before = await emulate('GET', 'faults');
  expect(refusal(await call('PUT', '/emulator/v1/faults', { body }))).toEqual([400, 'huizhi.badRequest']);
  expect(await emulate('GET', 'faults')).toEqual(before);
  await faults();
});
