import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';

const idle = { queueDepth: async () => 3, streams: () => 2, mediaBytes: async () => 5000, streamClients: () => 4 };

async function lines(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await metrics.scrape()).text.split('\n');
}

test('counts each request in the buckets of its duration, by method, route and status', async () => {
  const metrics = createMetrics(idle);
  metrics.request('GET', '/a', 200, 2 ** -12);
  metrics.request('GET', '/a', 200, 0.25);
  metrics.request('GET', '/a', 404, 9);
  const text = await lines(metrics);
  const name = 'huizhi_http_request_duration_seconds';
  const ok = 'method="GET",route="/a",status="200"';
  expect(text).toContain(`${name}_bucket{${ok},le="0.0005"} 1`);
  expect(text).toContain(`${name}_bucket{${ok},le="0.1"} 1`);
  expect(text).toContain(`${name}_bucket{${ok},le="0.25"} 2`);
  expect(text).toContain(`${name}_bucket{${ok},le="+Inf"} 2`);
  expect(text).toContain(`${name}_sum{${ok}} 0.250244140625`);
  expect(text).toContain(`${name}_bucket{method="GET",route="/a",status="404",le="2.5"} 0`);
  expect(text).toContain(`${name}_count{method="GET",route="/a",status="404"} 1`);
});

test('reports the delivery lag, the queue, the open streams and the lag of the event loop', async () => {
  const metrics = createMetrics(idle);
  metrics.delivered(7);
  const text = await lines(metrics);
  expect(text).toContain('huizhi_delivery_lag_seconds_bucket{le="0.005"} 0');
  expect(text).toContain('huizhi_delivery_lag_seconds_bucket{le="0.01"} 1');
  expect(text).toContain('huizhi_delivery_lag_seconds_sum 0.007');
  expect(text).toContain('huizhi_queue_depth 3');
  expect(text).toContain('huizhi_streams 2');
  expect(text).toContain('huizhi_stream_connections 4');
  expect(text.some((line) => line.startsWith('nodejs_eventloop_lag_seconds '))).toBe(true);
});

test('counts errors by route and code, arrivals by audience, reads, and DINGs by channel', async () => {
  const metrics = createMetrics(idle);
  const before = await lines(metrics);
  expect(before).toContain('huizhi_reads_total 0');
  expect(before.some((line) => line.startsWith('huizhi_refusals_total{'))).toBe(false);
  for (const code of ['660026', '660026', '300005']) metrics.refused('/robot/send', code);
  metrics.arrived('conversation', 200);
  metrics.arrived('conversation', 50);
  metrics.arrived('notice', 1);
  metrics.read(3);
  metrics.ding('sms', 2);
  metrics.webhook('session', 'refused');
  metrics.said('robot', 'repeated');
  metrics.heard('stream', 'answered');
  const text = await lines(metrics);
  expect(text).toContain('# TYPE huizhi_refusals_total counter');
  expect(text).toContain('huizhi_refusals_total{route="/robot/send",code="660026"} 2');
  expect(text).toContain('huizhi_refusals_total{route="/robot/send",code="300005"} 1');
  expect(text).toContain('huizhi_deliveries_total{to="conversation"} 250');
  expect(text).toContain('huizhi_deliveries_total{to="notice"} 1');
  expect(text).toContain('huizhi_reads_total 3');
  expect(text).toContain('huizhi_ding_deliveries_total{channel="sms"} 2');
  expect(text).toContain('huizhi_webhook_messages_total{by="session",outcome="refused"} 1');
  expect(text).toContain('huizhi_person_messages_total{to="robot",outcome="repeated"} 1');
  expect(text).toContain('huizhi_robot_pushes_total{reach="stream",outcome="answered"} 1');
  expect(text).toContain('huizhi_media_bytes 5000');
});

test('two servers in one process have separate counts', async () => {
  const one = createMetrics(idle);
  const other = createMetrics(idle);
  one.request('GET', '/a', 200, 1);
  expect((await lines(other)).some((line) => line.includes('route="/a"'))).toBe(false);
  expect((await lines(one)).some((line) => line.includes('route="/a"'))).toBe(true);
});
