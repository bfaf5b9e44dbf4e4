import { expect, test } from 'vitest';
import type { EventsPage } from '../../../src/wire/own/endpoints.ts';
import { eventOf, idOf, scene, timeOf } from '../support/endpoints.ts';
import { crowd } from '../support/setup.ts';
import { bearer, ok, refusal } from '../support/world.ts';

test('a failed event is tried again on the schedule, with the same id, and delays no other', async () => {
  const { receiver, freeze, advance, read, deliveries, settle } = await scene();
  await freeze();
  receiver.react({ status: 503, body: 'busy' });
  await read();
  const first = await receiver.next();
  await settle();
  expect(await deliveries()).toMatchObject([{ state: 'waiting', tries: 1, status: 503, answer: 'busy' }]);
  receiver.react({});
  await read(['bob']);
  expect(eventOf(await receiver.next()).data.userId).toBe('bob');
  expect(receiver.received).toHaveLength(2);
  receiver.react({ status: 500 });
  await advance('6s');
  const second = await receiver.next();
  expect([idOf(second), second.body]).toEqual([idOf(first), first.body]);
  expect(timeOf(second) - timeOf(first)).toBeGreaterThanOrEqual(4);
  await advance('4m');
  expect(receiver.received).toHaveLength(3);
  receiver.react({});
  await advance('2m');
  expect(idOf(await receiver.next())).toBe(idOf(first));
  await settle();
  expect(await deliveries({ state: 'waiting' })).toEqual([]);
  expect((await deliveries()).map(({ state, tries }) => [state, tries])).toEqual([
    ['delivered', 1],
    ['delivered', 3],
  ]);
});

test('after ten tries in 76 hours an event has failed, each try at its own time', async () => {
  const { receiver, freeze, advance, read, deliveries, endpoint } = await scene();
  const start = await freeze();
  receiver.react({ status: 500 });
  await read();
  await advance('84h');
  expect(receiver.received).toHaveLength(10);
  const hours = receiver.received.map((one) => (timeOf(one) - Math.floor(start / 1000)) / 3600);
  const ideal = [0, 5 / 3600, 305 / 3600, 2105 / 3600, 2.585, 7.585, 17.585, 31.585, 51.585, 75.585];
  for (const [i, hour] of hours.entries()) {
    expect(hour).toBeGreaterThanOrEqual((ideal[i] ?? 0) * 0.9 - 0.001);
    expect(hour).toBeLessThanOrEqual((ideal[i] ?? 0) * 1.1 + 0.001);
  }
  expect(new Set(receiver.received.map(idOf)).size).toBe(1);
  expect(await deliveries({ state: 'failed' })).toMatchObject([{ state: 'failed', tries: 10, dueAt: null }]);
  expect(await endpoint()).toMatchObject({ failed: 1, waiting: 0, position: 3 });
});

test('events of a dead endpoint stay in the outbox, and all arrive once it works again', async () => {
  const { receiver, freeze, advance, read, endpoint, settle } = await scene();
  await freeze();
  receiver.react({ status: 503 });
  for (let i = 0; i < 12; i++) await read(['alice', 'bob', 'carol', ...crowd.slice(0, 17)]);
  await settle();
  await advance('10s');
  const { waiting, position } = await endpoint();
  expect(waiting).toBeGreaterThanOrEqual(100);
  expect(waiting).toBeLessThan(240);
  expect(position).toBeLessThan(12 * 22);
  receiver.react({});
  const tried = receiver.received.length;
  await advance('1m');
  const settled = () => advance('1ms').then(endpoint);
  await expect.poll(settled).toMatchObject({ waiting: 0, position: 12 * 22 });
  const delivered = receiver.received.slice(tried).map((one) => eventOf(one).number);
  expect(new Set(delivered).size).toBe(240);
});

test('Retry-After is obeyed', async () => {
  const { receiver, freeze, advance, read } = await scene();
  await freeze();
  receiver.react({ status: 429, headers: { 'retry-after': '600' } });
  await read();
  await receiver.next();
  await advance('599s');
  expect(receiver.received).toHaveLength(1);
  await advance('2s');
  expect(receiver.received).toHaveLength(2);
});

test('410 disables an endpoint; once enabled it gets what it has missed', async () => {
  const { receiver, read, endpoint, ask, path, settle } = await scene();
  receiver.react({ status: 410 });
  await read();
  await receiver.next();
  await expect.poll(endpoint).toMatchObject({ disabled: 'gone' });
  receiver.react({});
  await read(['bob']);
  await settle();
  expect(receiver.received).toHaveLength(1);
  expect(ok(await ask('PUT', path, { disabled: false }))).toMatchObject({ disabled: 'no' });
  expect(eventOf(await receiver.next()).data.userId).toBe('bob');
});

test('while there is an endpoint events stay for four days, and those that are removed then are counted', async () => {
  const { server, receiver, freeze, advance, read, endpoint, ask, path } = await scene({}, { retention: 86_400_000 });
  const headers = { ...bearer(server.adminToken), accept: 'application/json' };
  const query = { corpId: 'corp-one', after: '3' };
  const listEvents = async () => {
    const page = ok(await server.call('GET', '/console/v1/events', { query, headers })) as EventsPage;
    return page.events.map(({ number }) => number);
  };
  await freeze();
  receiver.react({ status: 410 });
  await read();
  await receiver.next();
  await expect.poll(endpoint).toMatchObject({ disabled: 'gone', position: 3 });
  receiver.react({});
  await read(['bob']);
  await advance('95h');
  await read(['carol']);
  expect(await listEvents()).toEqual([4, 5, 6, 7, 8, 9]);
  await advance('2h');
  expect(await listEvents()).toEqual([7, 8, 9]);
  expect(await endpoint()).toMatchObject({ dropped: 0 });
  ok(await ask('PUT', path, { disabled: false }));
  expect(eventOf(await receiver.next())).toMatchObject({ number: 9, data: { userId: 'carol' } });
  await advance('1ms');
  // Event 3 was tried, but not delivered.
  expect(await endpoint()).toMatchObject({ dropped: 4, position: 9, waiting: 0 });
});

test('a redirect and an endpoint that cannot be reached are failures', async () => {
  const { receiver, read, deliveries, ask, path, settle } = await scene();
  receiver.react({ status: 302, headers: { location: `${receiver.url}/other` } });
  await read();
  await receiver.next();
  await settle();
  expect(await deliveries()).toMatchObject([{ state: 'waiting', status: 302 }]);
  ok(await ask('PUT', path, { url: 'http://127.0.0.1:1/' }));
  await read(['bob']);
  const answer = expect.stringContaining('ECONNREFUSED');
  await expect.poll(async () => (await deliveries())[0]).toMatchObject({ state: 'waiting', status: null, answer });
});

test('events are sent again from a number, or one by one', async () => {
  const { receiver, read, ask, path, settle, deliveries } = await scene();
  await read(['alice', 'bob']);
  const first = [await receiver.next(), await receiver.next()];
  await settle();
  expect(ok(await ask('POST', `${path}/replay`, { after: 3 }))).toMatchObject({ position: 3 });
  const replayed = await receiver.next();
  expect(eventOf(replayed).number).toBe(4);
  expect(first.map(idOf)).toContain(idOf(replayed));
  await settle();
  ok(await ask('POST', `${path}/deliveries/3/again`));
  expect(eventOf(await receiver.next()).number).toBe(3);
  await settle();
  expect((await deliveries()).map(({ number, state, event }) => [number, state, event?.data.userId])).toEqual([
    [4, 'delivered', 'bob'],
    [3, 'delivered', 'alice'],
  ]);
  expect(refusal(await ask('POST', `${path}/deliveries/1/again`))).toEqual([404, 'huizhi.notFound']);
  expect(refusal(await ask('POST', `${path}/deliveries/x/again`))).toEqual([404, 'huizhi.notFound']);
});

test('a number that no event can have is a bad request, and moves no position', async () => {
  const { read, ask, path, settle, endpoint, server } = await scene();
  await read(['alice']);
  await settle();
  const before = await endpoint();
  for (const after of [17_179_869_184, 99_999_999_999, Number.MAX_SAFE_INTEGER]) {
    expect(refusal(await ask('POST', `${path}/replay`, { after }))).toEqual([400, 'huizhi.badRequest']);
    const headers = { ...bearer(server.adminToken), accept: 'application/json' };
    const page = await server.call('GET', '/console/v1/events', { query: `corpId=corp-one&after=${after}`, headers });
    expect(refusal(page)).toEqual([400, 'huizhi.badRequest']);
  }
  expect(await endpoint()).toEqual(before);
  expect(ok(await ask('POST', `${path}/replay`, { after: 17_179_869_183 }))).toMatchObject({ position: 3, dropped: 0 });
});
