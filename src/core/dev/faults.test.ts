import { expect, test } from 'vitest';
import { createFaults, type Fault, faultError } from './faults.ts';

const send = { method: 'POST', path: '/v1.0/robot/oToMessages/batchSend', robotCode: 'ding1', isOldHost: false };
const status = { method: 'GET', path: '/v1.0/robot/oToMessages/readStatus', robotCode: 'ding1', isOldHost: false };

function rules(...list: readonly Fault[]) {
  const faults = createFaults();
  faults.set(list);
  return faults;
}

/** The latencies of the rules that a number of calls match; 0 for none. */
function listLatencies(faults: ReturnType<typeof createFaults>, count: number, call = send) {
  return Array.from({ length: count }, () => faults.match(call)?.latency ?? 0);
}

test('without a rule nothing fails', () => {
  expect(createFaults().match(send)).toBeUndefined();
  expect(createFaults().rules()).toEqual([]);
});

test('a rule matches the calls it names, and a rule without conditions matches all', () => {
  const of = (rule: Fault) => rules(rule);
  expect(of({ drop: true }).match(status)).toEqual({ drop: true });
  expect(of({ method: 'GET', drop: true }).match(send)).toBeUndefined();
  expect(of({ method: 'GET', drop: true }).match(status)).toBeDefined();
  expect(of({ robotCode: 'ding2', drop: true }).match(send)).toBeUndefined();
  expect(of({ robotCode: 'ding1', drop: true }).match({ ...send, robotCode: undefined })).toBeUndefined();
  expect(of({ path: send.path, drop: true }).match(send)).toBeDefined();
  expect(of({ path: send.path.slice(0, -1), drop: true }).match(send)).toBeUndefined();
});

test('a rule with an errcode matches only calls of the old host', () => {
  const faults = rules({ errcode: 60121 });
  expect(faults.match(send)).toBeUndefined();
  expect(faults.match({ ...send, path: '/topapi/v2/user/get', isOldHost: true })).toEqual({ errcode: 60121 });
});

test('a path that ends with a star matches all paths with that prefix', () => {
  const faults = rules({ path: '/v1.0/robot/*', drop: true });
  expect(faults.match(send)).toBeDefined();
  expect(faults.match({ ...send, path: '/v1.0/oauth2/accessToken' })).toBeUndefined();
  expect(rules({ path: '*', drop: true }).match(send)).toBeDefined();
});

test('nth is the first matching call that fails, times the number of calls that fail', () => {
  expect(listLatencies(rules({ nth: 3, latency: 1 }), 5)).toEqual([0, 0, 1, 1, 1]);
  expect(listLatencies(rules({ times: 2, latency: 1 }), 4)).toEqual([1, 1, 0, 0]);
  expect(listLatencies(rules({ nth: 2, times: 2, latency: 1 }), 5)).toEqual([0, 1, 1, 0, 0]);
  expect(listLatencies(rules({ nth: 2, times: 1, latency: 1 }), 4)).toEqual([0, 1, 0, 0]);
});

test('only calls that a rule matches are counted', () => {
  const faults = rules({ method: 'POST', nth: 2, latency: 1 });
  expect([listLatencies(faults, 1), listLatencies(faults, 5, status), listLatencies(faults, 1)]).toEqual([
    [0],
    [0, 0, 0, 0, 0],
    [1],
  ]);
});

test('the first rule that applies is used, and its calls do not count for later rules', () => {
  expect(listLatencies(rules({ nth: 2, times: 1, latency: 1 }, { nth: 2, times: 2, latency: 2 }), 5)).toEqual([
    0, 1, 2, 2, 0,
  ]);
  expect(listLatencies(rules({ times: 1, latency: 1 }, { times: 1, latency: 2 }), 3)).toEqual([1, 2, 0]);
});

test('new rules replace the old ones and restart the counts', () => {
  const faults = rules({ times: 1, latency: 1 });
  expect(listLatencies(faults, 2)).toEqual([1, 0]);
  faults.set([{ times: 1, latency: 1 }]);
  expect(listLatencies(faults, 2)).toEqual([1, 0]);
  faults.set([]);
  expect([listLatencies(faults, 1), faults.rules()]).toEqual([[0], []]);
});

test('the error of a rule is from the error table, and a rate-limit error has a Retry-After', () => {
  expect(faultError('system.error')).toMatchObject({ code: 'system.error', status: 500 });
  expect(faultError('system.error').retryAfter).toBeUndefined();
  expect(faultError('Forbidden.AccessDenied.QpsLimitForAppkeyAndApi')).toMatchObject({ status: 403, retryAfter: 1 });
});

test('a latency longer than the maximum of timers does not end early', async () => {
  const faults = createFaults();
  const long = faults.wait(60 * 86_400_000);
  expect(await Promise.race([long, faults.wait(5).then(() => 'the shorter one')])).toBe('the shorter one');
  faults.end();
  expect(await long).toBe(false);
});
