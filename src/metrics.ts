import type { Registry } from 'prom-client';

/** What is counted, and the text that Prometheus scrapes. */
export type Metrics = {
  /** Counts an answered request; `seconds` is how long it took. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Counts a delivered message by the milliseconds since its send. */
  delivered(lag: number): void;
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
};

/** What is asked only when somebody scrapes. */
export type Gauges = {
  /** Whether a sweep of retention waits for a confirmation; absent where none ever does. */
  readonly retentionHeld?: (() => boolean) | undefined;
  readonly queueDepth: () => Promise<number>;
  readonly streams: () => number;
  /** Milliseconds by which this machine is ahead of the database server; absent where both are one. */
  readonly clockSkew?: (() => number | undefined) | undefined;
};

const requestName = 'huizhi_http_request_duration_seconds';
const requestLabels = ['method', 'route', 'status'];
const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const lagName = 'huizhi_delivery_lag_seconds';
const lagBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];

type RegisteredMetric = Parameters<Registry['registerMetric']>[0];

type Counted = { readonly requests: FastHistogram; readonly lag: FastHistogram };

/** Metrics of one server, in a registry of its own. */
export function createMetrics(gauges: Gauges): Metrics {
  const counted: Counted = {
    requests: fastHistogram(requestName, requestLabels, requestBuckets),
    lag: fastHistogram(lagName, [], lagBuckets),
  };
  const labels = requestLabelsOf();
  let registry: Promise<Registry> | undefined;
  return {
    request: (method, route, status, seconds) => counted.requests.observe(labels(method, route, status), seconds),
    delivered: (milliseconds) => counted.lag.observe('', milliseconds / 1000),
    async scrape() {
      registry ??= createRegistry(counted, gauges);
      const made = await registry;
      return { text: await made.metrics(), contentType: made.contentType };
    },
  };
}

/** The labels of a request as one text: nearly always that of the request before. */
function requestLabelsOf() {
  let last = { method: '', route: '', status: 0, text: '' };
  return (method: string, route: string, status: number): string => {
    if (last.status !== status || last.route !== route || last.method !== method)
      last = { method, route, status, text: `${method} ${route} ${status}` };
    return last.text;
  };
}

/** Made with the first scrape, as are node's own metrics, the event loop's lag among them, which cost timers. */
async function createRegistry(
  counted: Counted,
  { queueDepth, streams, clockSkew, retentionHeld }: Gauges,
): Promise<Registry> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  const histogram = (name: string, help: string, from: FastHistogram) => {
    const get = async () => ({ name, help, type: 'histogram', values: from.values(), aggregator: 'sum' });
    // All that a registry asks of a metric is its values; the type wants the class that observes them, too.
    registry.registerMetric({ name, get } as unknown as RegisteredMetric);
  };
  const gauge = (name: string, help: string, read: () => Promise<number> | number) =>
    new prometheus.Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  histogram(requestName, 'Time to answer a request, by method, route and status.', counted.requests);
  histogram(lagName, 'Time from an accepted send to its arrival in the inboxes.', counted.lag);
  gauge('huizhi_queue_depth', 'Accepted messages that have not arrived.', queueDepth);
  gauge('huizhi_streams', 'Open event streams.', streams);
  if (retentionHeld) {
    const help = '1 while retention waits for a confirmation, since the clock is far ahead of the database; else 0.';
    gauge('huizhi_retention_held', help, () => (retentionHeld() ? 1 : 0));
  }
  if (clockSkew) {
    const help = "How far this machine's clock is ahead of the database server's; negative when it is behind.";
    gauge('huizhi_clock_skew_seconds', help, () => (clockSkew() ?? Number.NaN) / 1000);
  }
  prometheus.collectDefaultMetrics({ register: registry });
  return registry;
}

/** A histogram that counts by two array look-ups, and takes prom-client's form only when somebody scrapes. */
type FastHistogram = {
  /** Counts a value under labels, joined by spaces. */
  observe(labels: string, value: number): void;
  /** prom-client's values. */
  values(): HistogramValue[];
};

type HistogramValue = {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
};

type Series = { readonly counts: number[]; sum: number; count: number };

/**
 * Observing through prom-client costs a hash of the labels and an object each time, more than a cached receipt, and its import 40 ms
 * of every start; so the counting is here, and the text is prom-client's.
 *
 * @param buckets upper bounds, rising
 */
function fastHistogram(name: string, labelNames: readonly string[], buckets: readonly number[]): FastHistogram {
  const series = new Map<string, Series>();
  let last: { readonly labels: string; readonly one: Series } | undefined;
  return {
    observe(labels, value) {
      if (last?.labels !== labels) last = { labels, one: seriesOf(series, labels, buckets.length) };
      const { one } = last;
      const bucket = buckets.findIndex((bound) => value <= bound);
      if (bucket !== -1) one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
      one.sum += value;
      one.count++;
    },
    values: () => [...series].flatMap(([labels, one]) => toValues(name, named(labelNames, labels), buckets, one)),
  };
}

function seriesOf(series: Map<string, Series>, labels: string, buckets: number): Series {
  const known = series.get(labels) ?? { counts: Array.from({ length: buckets }, () => 0), sum: 0, count: 0 };
  series.set(labels, known);
  return known;
}

function named(names: readonly string[], labels: string): Record<string, string> {
  const values = labels.split(' ');
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

function toValues(
  name: string,
  labels: Record<string, string>,
  buckets: readonly number[],
  { counts, sum, count }: Series,
): HistogramValue[] {
  let below = 0;
  const cumulative = buckets.map((bound, i) => {
    below += counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
  });
  return [
    ...cumulative,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
