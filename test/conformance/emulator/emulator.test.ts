import { expect, test } from 'vitest';
import { fileServer } from '../support/harness.ts';
import { bearer, ok, refusal, world } from '../support/world.ts';

const server = await fileServer();
const { advance, call, emulate, freeze, inboxOf, receipt, send, sent, signIn, status } = world(server);

const refused = async (method: string, path: string, body?: unknown) =>
  refusal(await call(method, `/emulator/v1/${path}`, { body }));
const readTimes = async (key: string) =>
  (await receipt(key)).messageReadInfoList.map(({ readTimestamp }) => readTimestamp);
/** A frozen time without milliseconds, so that sums are easy to read. */
const freezeOnSecond = async () => freeze(Math.ceil(Number((await emulate('GET', 'clock')).now) / 1000) * 1000);
const seconds = (...times: number[]) => times.map((time) => time / 1000);

test('the clock runs until it is frozen, and continues from there when it is released', async () => {
  await emulate('POST', 'reset');
  const running = await emulate('GET', 'clock');
  expect(running.frozen).toBe(false);
  expect(Math.abs(Number(running.now) - Date.now())).toBeLessThan(5000);
  const { now, frozen } = await emulate('POST', 'clock', { freeze: true });
  expect(frozen).toBe(true);
  expect(await emulate('GET', 'clock')).toEqual({ now, frozen: true });
  expect(await emulate('POST', 'clock', { advance: '25h' })).toEqual({ now: Number(now) + 90_000_000, frozen: true });
  const on = await emulate('POST', 'clock', { freeze: false });
  expect(on.frozen).toBe(false);
  expect(Number(on.now)).toBeGreaterThanOrEqual(Number(now) + 90_000_000);
  await expect
    .poll(async () => Number((await emulate('GET', 'clock')).now), { interval: 1, timeout: 10_000 })
    .toBeGreaterThan(Number(on.now));
});

test('the clock can be set, forward and backward', async () => {
  for (const set of [Date.UTC(2027, 0, 1), Date.UTC(2001, 0, 1), 0, Date.UTC(2026, 11, 1)]) {
    await freeze();
    expect(await emulate('POST', 'clock', { set })).toEqual({ now: set, frozen: true });
  }
});

test.each(['1ms', '1s', '1m', '1h', '1d', '0s', '1.5s'])('advance takes a number and a unit: %s', async (duration) => {
  const before = await freeze();
  const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const [, amount, unit] = /^([\d.]+)(\w+)$/.exec(duration) ?? [];
  expect(await advance(duration)).toBe(before + Number(amount) * units[unit as keyof typeof units]);
});

test.each([
  {},
  { advance: '5' },
  { advance: 5 },
  { advance: '-5s' },
  { advance: '5 s' },
  { advance: '5w' },
  { advance: '1e3s' },
  { advance: '36526d' },
  { advance: '999999999999999d' },
  { set: -1 },
  { set: 1.5 },
  { set: '2026-01-01' },
  { set: 8_640_000_000_000_001 },
  { set: 8_640_000_000_000_000 },
  { freeze: 'yes' },
  { freeze: null },
  { advance: '1s', set: 5 },
  { advance: '1s', freeze: true },
])('the clock refuses %j', async (body) => {
  await freeze();
  const before = await emulate('GET', 'clock');
  expect(await refused('POST', 'clock', body)).toEqual([400, 'huizhi.badRequest']);
  expect(await emulate('GET', 'clock')).toEqual(before);
});

test('every time rule uses the clock: the time of a send, of a read, and of a suite ticket', async () => {
  const now = await freeze(Date.UTC(2027, 5, 1));
  const key = await sent({ userIds: ['u01'] });
  await emulate('POST', 'reads', { processQueryKey: key });
  expect((await inboxOf(await signIn('u01'))).messages[0]).toMatchObject({ sentAt: now, readAt: now });
  expect((await emulate('POST', 'suiteTickets', { appKey: 'suite' })).createdAt).toBe(now);
});

test('reads makes the named users read, by the same path as a person; without names all recipients', async () => {
  const key = await sent({ userIds: ['u02', 'u03', 'u04'] });
  expect(await emulate('POST', 'reads', { processQueryKey: key, userIds: ['u03'] })).toEqual({ read: 1 });
  expect((await inboxOf(await signIn('u03'))).unreadCount).toBe(0);
  expect((await inboxOf(await signIn('u02'))).unreadCount).toBe(1);
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 2 });
  expect(await emulate('POST', 'reads', { processQueryKey: key })).toEqual({ read: 0 });
});

test('reads waits for a delivery in progress', async () => {
  for (let i = 0; i < 20; i++) {
    expect(await emulate('POST', 'reads', { processQueryKey: await sent({ userIds: ['u05'] }) })).toEqual({ read: 1 });
  }
});

test('reads of an unknown key or user are not found, and mark nothing', async () => {
  const key = await sent({ userIds: ['u06'] });
  expect(await refused('POST', 'reads', { processQueryKey: 'x' })).toEqual([404, 'huizhi.notFound']);
  expect(await refused('POST', 'reads', { processQueryKey: key, userIds: ['u06', 'u07'] })).toEqual([
    404,
    'huizhi.notFound',
  ]);
  expect((await inboxOf(await signIn('u06'))).unreadCount).toBe(1);
  expect(await refused('POST', 'reads', {})).toEqual([400, 'huizhi.badRequest']);
  expect(await refused('POST', 'reads', { processQueryKey: key, userIds: 'u06' })).toEqual([400, 'huizhi.badRequest']);
});

test('readers read without a call, each after its delay', async () => {
  const now = await freezeOnSecond();
  await emulate('PUT', 'readers', {
    readers: [
      { userId: 'u08', after: '90s' },
      { userId: '*', after: '2m' },
    ],
  });
  const key = await sent({ userIds: ['u08', 'u09'] });
  await advance('89s');
  expect(await readTimes(key)).toEqual([undefined, undefined]);
  await advance('1s');
  expect(await readTimes(key)).toEqual([(now + 90_000) / 1000, undefined]);
  await advance('5m');
  expect(await readTimes(key)).toEqual(seconds(now + 90_000, now + 120_000));
  await emulate('PUT', 'readers', { readers: [] });
});

test('one advance runs everything that falls due, in order, each at its own time', async () => {
  const now = await freezeOnSecond();
  await emulate('PUT', 'readers', { userId: '*', after: '10s' });
  await emulate('PUT', 'delivery', { mode: 'delay', delay: '5s' });
  const first = await sent({ userIds: ['u10'] });
  await advance('1s');
  const second = await sent({ userIds: ['u10'] });
  await advance('1h');
  expect([await readTimes(first), await readTimes(second)]).toEqual([seconds(now + 15_000), seconds(now + 16_000)]);
  await emulate('PUT', 'readers', { readers: [] });
  await emulate('PUT', 'delivery', { mode: 'instant' });
});

test('an advance right after a send waits for its delivery', async () => {
  for (let i = 0; i < 10; i++) {
    const now = await freezeOnSecond();
    await emulate('PUT', 'readers', { userId: '*', after: '5s' });
    const key = await sent({ userIds: ['u11'] });
    await advance('10s');
    expect(await readTimes(key)).toEqual(seconds(now + 5000));
  }
  await emulate('PUT', 'readers', { readers: [] });
});

test('a reader without a delay reads on a frozen clock, too', async () => {
  const now = await freezeOnSecond();
  await emulate('PUT', 'readers', { userId: 'u12' });
  const key = await sent({ userIds: ['u12', 'u13'] });
  await expect.poll(() => readTimes(key), { interval: 1, timeout: 10_000 }).toEqual([now / 1000, undefined]);
  await emulate('PUT', 'readers', { readers: [] });
});

test('a probability of 0 reads nothing, of 1 everything, between them a share that is the same in every run', async () => {
  const share = async (probability: number) => {
    await emulate('POST', 'reset');
    await freeze();
    await emulate('PUT', 'readers', { userId: '*', after: '1s', probability });
    const keys: string[] = [];
    for (let i = 0; i < 40; i++) keys.push(await sent());
    await advance('1s');
    return Promise.all(keys.map(async (key) => (await receipt(key)).messageReadInfoList[0]?.readStatus));
  };
  expect(new Set(await share(0))).toEqual(new Set(['UNREAD']));
  expect(new Set(await share(1))).toEqual(new Set(['READ']));
  const some = await share(0.8);
  expect(some).toContain('UNREAD');
  expect(some.filter((each) => each === 'READ').length).toBeGreaterThan(20);
  expect(await share(0.8)).toEqual(some);
});

test('a reader may be limited to one organization', async () => {
  const { suiteToken } = world(server);
  await freeze();
  await emulate('PUT', 'readers', { userId: 'alice', corpId: 'corp-two', after: '1s' });
  const tokens = [await suiteToken('corp-one'), await suiteToken('corp-two')];
  const keys = await Promise.all(tokens.map((token) => sent({ robotCode: 'robot-suite' }, token)));
  await advance('1s');
  const read = await Promise.all(keys.map((key, i) => receipt(key, 'robot-suite', tokens[i])));
  expect(read.map(({ messageReadInfoList: [item] }) => item?.readStatus)).toEqual(['UNREAD', 'READ']);
  await emulate('PUT', 'readers', { readers: [] });
});

test('new readers replace all earlier ones, and cancel their pending reads', async () => {
  await freeze();
  await emulate('PUT', 'readers', { userId: '*', after: '10s' });
  const key = await sent({ userIds: ['u14'] });
  await emulate('PUT', 'readers', { readers: [] });
  await advance('1m');
  expect(await readTimes(key)).toEqual([undefined]);
});

test('GET returns readers, delivery and faults as they were set, durations as text', async () => {
  const readers = { readers: [{ userId: '*', corpId: 'corp-one', after: '90s', probability: 0.8, manner: 'mark' }] };
  expect(await emulate('PUT', 'readers', readers)).toEqual(readers);
  expect(await emulate('GET', 'readers')).toEqual(readers);
  expect(await emulate('PUT', 'readers', { userId: 'bob' })).toEqual({
    readers: [{ userId: 'bob', after: '0s', probability: 1, manner: 'seen' }],
  });
  expect(await emulate('PUT', 'delivery', { mode: 'delay', delay: '1500ms' })).toEqual({
    mode: 'delay',
    delay: '1500ms',
  });
  expect(await emulate('GET', 'delivery')).toEqual({ mode: 'delay', delay: '1500ms' });
  const faults = {
    rules: [{ path: '/v1.0/*', method: 'POST', nth: 2, times: 3, latency: '1m', error: 'system.error' }],
  };
  expect(await emulate('PUT', 'faults', faults)).toEqual(faults);
  expect(await emulate('GET', 'faults')).toEqual(faults);
  await emulate('POST', 'reset');
  expect(await emulate('GET', 'readers')).toEqual({ readers: [] });
  expect(await emulate('GET', 'delivery')).toEqual({ mode: 'instant' });
  expect(await emulate('GET', 'faults')).toEqual({ rules: [] });
});

test.each([
  ['readers', {}],
  ['readers', { readers: [{}] }],
  ['readers', { readers: [{ userId: '' }] }],
  ['readers', { userId: '*', probability: 1.1 }],
  ['readers', { userId: '*', probability: -0.1 }],
  ['readers', { userId: '*', after: '-1s' }],
  ['readers', { readers: Array(1001).fill({ userId: '*' }) }],
  ['delivery', {}],
  ['delivery', { mode: 'slow' }],
  ['delivery', { mode: 'delay' }],
  ['delivery', { mode: 'instant', delay: '5s' }],
  ['delivery', { mode: 'delay', delay: '-5s' }],
  ['robots', {}],
  ['robots', { robotCode: 'robot-one', perUserPerMinute: -1 }],
  ['robots', { robotCode: 'robot-one', perUserPerDay: 1.5 }],
  ['robots', { robotCode: 'robot-one', disabled: 'no' }],
  ['robots', { robotCode: 'robot-suite', blockedBy: ['alice'] }],
  ['robots', { robotCode: 'robot-one', corpId: 'corp-two', blockedBy: ['alice'] }],
  ['templates', {}],
  ['templates', { robotCode: 'robot-one', msgKey: 'x', state: 'stopped' }],
  ['templates', { robotCode: 'robot-one', msgKey: 'sampleText', state: 'x' }],
])('PUT %s refuses %j, and nothing changes', async (path, body) => {
  const before = await emulate('GET', 'snapshot');
  expect(await refused('PUT', path, body)).toEqual([400, 'huizhi.badRequest']);
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});

test.each([
  ['PUT', 'robots', { robotCode: 'nobody' }],
  ['PUT', 'robots', { robotCode: 'robot-one', blockedBy: ['mallory'] }],
  ['PUT', 'templates', { robotCode: 'nobody', msgKey: 'sampleText', state: 'stopped' }],
  ['POST', 'suiteTickets', { appKey: 'app-one' }],
  ['POST', 'suiteTickets', { appKey: 'nobody' }],
])('%s %s of something that does not exist is not found: %j', async (method, path, body) => {
  const before = await emulate('GET', 'snapshot');
  expect(await refused(method, path, body)).toEqual([404, 'huizhi.notFound']);
  expect(await emulate('GET', 'snapshot')).toEqual(before);
});

test('fields that a change of a robot leaves out are not changed', async () => {
  await emulate('PUT', 'robots', { robotCode: 'robot-more', disabled: true, perUserPerDay: 7, blockedBy: ['bob'] });
  expect(await emulate('PUT', 'robots', { robotCode: 'robot-more', perUserPerMinute: 3 })).toEqual({
    robotCode: 'robot-more',
    disabled: true,
    perUserPerMinute: 3,
    perUserPerDay: 7,
    coolAppCode: null,
    blockedBy: ['bob'],
  });
});

test('hold keeps every message, and release delivers them all and returns their number', async () => {
  await emulate('POST', 'reset');
  await emulate('PUT', 'delivery', { mode: 'hold' });
  const keys = [await sent(), await sent(), await sent()];
  for (const key of keys) expect((await receipt(key)).sendStatus).toBe('PROCESSING');
  expect(await emulate('POST', 'delivery/release')).toEqual({ released: 3 });
  for (const key of keys) expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  expect(await emulate('GET', 'delivery')).toEqual({ mode: 'instant' });
  expect(await emulate('POST', 'delivery/release')).toEqual({ released: 0 });
});

test('a delay delivers at its time, and messages still wait when the mode changes to hold', async () => {
  await freeze();
  await emulate('PUT', 'delivery', { mode: 'delay', delay: '5s' });
  const key = await sent();
  await advance('4999ms');
  expect((await receipt(key)).sendStatus).toBe('PROCESSING');
  await advance('1ms');
  expect((await receipt(key)).sendStatus).toBe('SUCCESS');
  const held = await sent();
  await emulate('PUT', 'delivery', { mode: 'hold' });
  await advance('10s');
  expect((await receipt(held)).sendStatus).toBe('PROCESSING');
  await emulate('PUT', 'delivery', { mode: 'instant' });
  expect((await receipt(held)).sendStatus).toBe('SUCCESS');
});

test('a reset restores the start: data, clock, settings, requests and sessions', async () => {
  await emulate('POST', 'reset');
  const start = await emulate('GET', 'snapshot');
  await freeze(Date.UTC(2027, 0, 1));
  const key = await sent();
  const session = await signIn('alice');
  await emulate('PUT', 'faults', { rules: [{ drop: true }] });
  await emulate('PUT', 'robots', { robotCode: 'robot-one', disabled: true });
  expect(await emulate('POST', 'reset')).toEqual({});
  expect((await emulate('GET', 'clock')).frozen).toBe(false);
  expect(await emulate('GET', 'requests')).toEqual({ requests: [] });
  expect(refusal(await call('GET', '/inbox/v1/messages', { headers: bearer(session) }))).toEqual([
    401,
    'huizhi.unauthorized',
  ]);
  expect(refusal(await status({ robotCode: 'robot-one', processQueryKey: key }))).not.toEqual([200, undefined]);
  expect(Object.keys(start)).toEqual(Object.keys(await emulate('GET', 'snapshot')));
  ok(await send());
});
