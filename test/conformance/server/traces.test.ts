/** Traces by OTLP, on both engines: of a send, its delivery, a readStatus on the fast path and by node:http, and a webhook. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestServer } from '../../../src/store/contract/postgres.contract.ts';
import { type ReceivedSpan, startCollector } from '../../support/otlp.ts';
import { scene } from '../support/endpoints.ts';
import { config, loud, startServer, testServer } from '../support/harness.ts';
import { ok, sendPath, statusPath, tokenHeader, world } from '../support/world.ts';

const share = 1;
const serverKind = 2;
const text = 'a text that no span may contain';
const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);

describe.each(['SQLite', 'PostgreSQL'])('on %s', (engine) => {
  let postgres: TestServer | undefined;
  beforeAll(async () => {
    if (engine === 'PostgreSQL') postgres = await startPostgres();
  }, 120_000);
  afterAll(() => postgres?.stop());

  test('a send, its delivery and its statements are one trace, and a readStatus is one on both paths', async () => {
    const collector = await startCollector();
    const database = (await postgres?.create('empty')) ?? ':memory:';
    const server = await startServer({ database, tracing: { endpoint: collector.url, share } });
    const there = world(server);
    const headers = { [tokenHeader]: await there.tokenOf() };
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    const body = { robotCode: 'robot-one', userIds: ['alice'], msgKey: 'sampleText' };
    const sent = await server.call('POST', sendPath, {
      headers: { ...headers, traceparent },
      body: { ...body, msgParam: JSON.stringify({ content: text }) },
    });
    const processQueryKey = String(ok(sent).processQueryKey);
    await there.receipt(processQueryKey);
    // The first request of a connection is served by node:http, and the next by the fast path, if it is on.
    const query = { robotCode: 'robot-one', processQueryKey };
    await server.call('GET', statusPath, { headers, query });
    const refused = await server.call('GET', statusPath, { headers, query: { ...query, processQueryKey: 'forged' } });
    await server.call('GET', '/inbox/v1/messages');
    await server.stop();
    expect(loud(server.log)).toEqual([]);

    const { spans } = collector;
    const [send] = named(spans, `POST ${sendPath}`);
    const attributes = { 'http.request.method': 'POST', 'http.route': sendPath, 'http.response.status_code': 200 };
    expect(send).toMatchObject({ kind: serverKind, parentId: '', attributes });
    // The caller is not a trusted proxy, so its traceparent does not count.
    expect(send?.traceId).not.toBe('1'.repeat(32));
    const ofSend = spans.filter(({ traceId }) => traceId === send?.traceId);
    const [operation] = named(ofSend, `operation ${sendPath}`);
    const [delivery] = named(ofSend, 'deliver');
    expect(operation?.parentId).toBe(send?.spanId);
    const [insert] = ofSend.filter(({ attributes: { 'db.query.summary': name } }) =>
      /^insert_message/.test(String(name)),
    );
    expect(insert?.parentId).toBe(operation?.spanId);
    const [settled] = ofSend.filter(({ name }) => name.startsWith('mark_delivered'));
    expect([delivery?.parentId, settled?.parentId]).toEqual([operation?.spanId, delivery?.spanId]);
    const statuses = named(spans, `GET ${statusPath}`);
    expect(statuses.length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter(({ attributes: { 'error.type': code } }) => code === refused.body.code)).toHaveLength(1);
    expect(named(spans, 'GET /inbox/v1/messages')[0]?.attributes).toMatchObject({
      'error.type': 'huizhi.unauthorized',
    });
    expect(collector.resource()).toMatchObject({ 'service.name': 'huizhi' });
    for (const secret of [text, 'alice', 'corp-one', 'robot-one', headers[tokenHeader], processQueryKey, 'hello'])
      expect([secret, collector.bytes().includes(secret)]).toEqual([secret, false]);
  });
});

test('the fast path and node:http record the same spans', async () => {
  const traceOf = async (fastPath: boolean) => {
    const collector = await startCollector();
    const server = await startServer({ fastPath, tracing: { endpoint: collector.url, share } });
    const there = world(server);
    const processQueryKey = await there.sent();
    for (let i = 0; i < 3; i++) await there.receipt(processQueryKey);
    await server.stop();
    const statuses = named(collector.spans, `GET ${statusPath}`);
    return statuses.map(({ kind, attributes: { 'huizhi.request_id': _, ...attributes }, spanId }) => {
      const inner = collector.spans.filter(({ parentId }) => parentId === spanId).map(({ name }) => name);
      return { kind, attributes, inner };
    });
  };
  const fast = await traceOf(true);
  expect(fast.length).toBeGreaterThan(2);
  expect(await traceOf(false)).toEqual(fast);
});

test('a trusted proxy begins the trace, and its decision not to record it counts', async () => {
  const collector = await startCollector();
  const options = { trustedProxies: ['127.0.0.1'], tracing: { endpoint: collector.url, share } };
  const server = await startServer(options);
  const call = (flags: string, digit: string) =>
    server.call('GET', '/healthz', {
      headers: { traceparent: `00-${digit.repeat(32)}-${digit.repeat(16)}-${flags}` },
    });
  await call('01', 'a');
  await call('00', 'b');
  await server.call('GET', '/healthz', { headers: { traceparent: 'x' } });
  await server.stop();
  const spans = named(collector.spans, 'GET /healthz');
  expect(spans.map(({ traceId, parentId }) => [traceId, parentId])).toContainEqual(['a'.repeat(32), 'a'.repeat(16)]);
  expect(spans).toHaveLength(2);
});

test('a webhook of an event carries the traceparent of its own trace', async () => {
  const collector = await startCollector();
  const { receiver, read, settle, server } = await scene({}, { tracing: { endpoint: collector.url, share } });
  await read();
  const { headers: got } = await receiver.next();
  await settle();
  await server.stop();
  const [delivery] = named(collector.spans, 'deliver event');
  const [request] = collector.spans.filter(({ parentId }) => parentId === delivery?.spanId);
  expect(delivery).toMatchObject({ parentId: '', attributes: { 'huizhi.form': 'endpoint', 'huizhi.tries': 1 } });
  expect(got.traceparent).toBe(`00-${delivery?.traceId}-${request?.spanId}-01`);
});

test('without a collector that answers, calls are served, one warning is logged, and the stop does not wait', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const endpoint = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const server = await startServer({ tracing: { endpoint, share } });
  const there = world(server);
  await there.receipt(await there.sent());
  silent.closeAllConnections();
  silent.close();
  const started = performance.now();
  await server.stop();
  expect(performance.now() - started).toBeLessThan(10_000);
});

test('no span is recorded with a share of 0', async () => {
  const collector = await startCollector();
  const server = await testServer({ ...config, tracing: { endpoint: collector.url, share: 0 } });
  const there = world(server);
  await there.receipt(await there.sent());
  await server.stop();
  expect(collector.spans).toEqual([]);
});
