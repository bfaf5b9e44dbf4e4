import { expect, test } from 'vitest';
import { metrics as table } from '../wire/metrics/table.ts';
import { createMetrics } from './metrics.ts';

async function lines(metrics: ReturnType<typeof createMetrics>): Promise<string[]> {
  return (await metrics.scrape()).text.split('\n');
}

test('counts each request in the buckets of its duration, by method, route, status and surface', async () => {
  const metrics = createMetrics();
  metrics.request('GET', '/v1.0/a', 200, 2 ** -12);
  metrics.request('GET', '/v1.0/a', 200, 0.25);
  metrics.request('GET', '/inbox/v1/a', 404, 9);
  const text = await lines(metrics);
  const name = 'huizhi_http_request_duration_seconds';
  const ok = 'method="GET",route="/v1.0/a",status="200",surface="vendor"';
  expect(text).toContain(`${name}_bucket{${ok},le="0.0005"} 1`);
  expect(text).toContain(`${name}_bucket{${ok},le="0.1"} 1`);
  expect(text).toContain(`${name}_bucket{${ok},le="0.25"} 2`);
  expect(text).toContain(`${name}_bucket{${ok},le="+Inf"} 2`);
  expect(text).toContain(`${name}_sum{${ok}} 0.250244140625`);
  const missing = 'method="GET",route="/inbox/v1/a",status="404",surface="inbox"';
  expect(text).toContain(`${name}_bucket{${missing},le="2.5"} 0`);
  expect(text).toContain(`${name}_count{${missing}} 1`);
});

test.each([
  ['/v1.0/robot/oToMessages/batchSend', 'vendor'],
  ['/connect', 'vendor'],
  ['/topapi/v2/user/get', 'old-host'],
  ['/robot/send', 'old-host'],
  ['/console/v1/users', 'console'],
  ['/console', 'pages'],
  ['/assets/:name', 'pages'],
  ['/metrics', 'operations'],
  ['unknown', 'unknown'],
])('the surface of %s is %s', async (route, surface) => {
  const metrics = createMetrics();
  metrics.request('GET', route, 200, 1);
  expect((await metrics.scrape()).text).toContain(`route="${route}",status="200",surface="${surface}"} 1`);
});

test('every combination of closed labels starts with 0, so that the first event is visible as an increase', async () => {
  const metrics = createMetrics();
  const before = await lines(metrics);
  expect(before).toContain('huizhi_reads_total{to="users"} 0');
  expect(before).toContain('huizhi_delivery_errors_total 0');
  expect(before).toContain('huizhi_time_to_read_seconds_count{to="notice"} 0');
  expect(before.some((line) => line.startsWith('huizhi_refusals_total{'))).toBe(false);
  expect(before.some((line) => line.startsWith('huizhi_backups_total{'))).toBe(false);
});

test('counts with the labels of the table, whatever their order', async () => {
  const metrics = createMetrics();
  for (const code of ['660026', '660026', '300005']) metrics.refused('/robot/send', code);
  metrics.count('huizhi_sends_total', { result: 'accepted', kind: 'sampleText', to: 'users' });
  metrics.count('huizhi_deliveries_total', { to: 'conversation' }, 200);
  metrics.count('huizhi_deliveries_total', { to: 'conversation' }, 50);
  metrics.count('huizhi_slow_statements_total');
  metrics.observe('huizhi_delivery_lag_seconds', undefined, 0.007);
  const text = await lines(metrics);
  expect(text).toContain('# TYPE huizhi_refusals_total counter');
  expect(text).toContain('huizhi_refusals_total{route="/robot/send",code="660026"} 2');
  expect(text).toContain('huizhi_sends_total{to="users",kind="sampleText",result="accepted"} 1');
  expect(text).toContain('huizhi_deliveries_total{to="conversation"} 250');
  expect(text).toContain('huizhi_slow_statements_total 1');
  expect(text).toContain('huizhi_delivery_lag_seconds_bucket{le="0.005"} 0');
  expect(text).toContain('huizhi_delivery_lag_seconds_bucket{le="0.01"} 1');
});

test('reads gauges on each scrape; one that fails or hangs is missing, and the others are there', async () => {
  const metrics = createMetrics();
  let depth = 3;
  metrics.watch('huizhi_queue_depth', async () => depth++);
  metrics.watch('huizhi_media_bytes', () => Promise.reject(new Error('the database is gone')));
  metrics.watch('huizhi_database_size_bytes', () => new Promise(() => {}));
  metrics.watch('huizhi_event_outbox_depth', () => [{ labels: { form: 'push' }, value: 7 }]);
  expect(await lines(metrics)).toContain('huizhi_queue_depth 3');
  const text = await lines(metrics);
  expect(text).toContain('huizhi_queue_depth 4');
  expect(text).toContain('huizhi_event_outbox_depth{form="push"} 7');
  expect(text.some((line) => /^huizhi_(?:media_bytes|database_size)/.test(line))).toBe(false);
  expect(text.some((line) => line.startsWith('nodejs_eventloop_lag_seconds '))).toBe(true);
});

test('a metric has at most 5000 series; further labels are counted as others', async () => {
  const metrics = createMetrics();
  for (let i = 0; i < 6000; i++) metrics.refused(`/${i}`, '1');
  const series = (await lines(metrics)).filter((line) => line.startsWith('huizhi_refusals_total{'));
  expect(series).toHaveLength(5001);
  expect(series).toContain('huizhi_refusals_total{route="other",code="other"} 1000');
});

test('names and help texts follow the conventions of Prometheus', () => {
  for (const [name, { type, help, ...row }] of Object.entries(table)) {
    expect(name).toMatch(/^huizhi(?:_[a-z]+)+$/);
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect([name, 'buckets' in row]).toEqual([name, type === 'histogram']);
    expect(help).toMatch(/^[A-Z1].*\.$/);
    for (const label of 'labels' in row ? Object.keys(row.labels) : []) expect(label).toMatch(/^[a-z]+$/);
  }
});

test('two servers in one process have separate counts', async () => {
  const one = createMetrics();
  const other = createMetrics();
  one.request('GET', '/a', 200, 1);
  expect((await lines(other)).some((line) => line.includes('route="/a"'))).toBe(false);
  expect((await lines(one)).some((line) => line.includes('route="/a"'))).toBe(true);
});
