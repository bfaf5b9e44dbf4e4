import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What is counted, and the text that Prometheus scrapes. */
export type Metrics = {
  /** Counts an answered request; `seconds` is how long it took. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Counts a delivered message by the milliseconds since its send. */
  delivered(lag: number): void;
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
};

/** What is asked only when somebody scrapes. */
export type Gauges = { readonly queueDepth: () => Promise<number>; readonly streams: () => number };

const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const lagBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];

/** Metrics of one server, in a registry of its own. */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  const lag = new Histogram({
    name: 'huizhi_delivery_lag_seconds',
    help: 'Time from an accepted send to its arrival in the inboxes.',
    buckets: lagBuckets,
    registers: [registry],
  });
  const requests = requestSeries(registry);
  gauge(registry, 'huizhi_queue_depth', 'Accepted messages that have not arrived.', gauges.queueDepth);
  gauge(registry, 'huizhi_streams', 'Open event streams.', async () => gauges.streams());
  let defaults = false;
  return {
    request: requests,
    delivered: (milliseconds) => lag.observe(milliseconds / 1000),
    async scrape() {
      // Node's own metrics, the event loop's lag among them, cost timers; they begin with the first scrape.
      if (!defaults) collectDefaultMetrics({ register: registry });
      defaults = true;
      return { text: await registry.metrics(), contentType: registry.contentType };
    },
  };
}

function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

type Series = { readonly counts: number[]; sum: number; count: number };

/**
 * The request histogram. Observing through prom-client costs a label hash and an object for each request, more than a cached
 * receipt; here a request is two array look-ups, and prom-client's form is made when somebody scrapes.
 */
function requestSeries(registry: Registry): Metrics['request'] {
  const series = new Map<string, Series>();
  const histogram = new Histogram({
    name: 'huizhi_http_request_duration_seconds',
    help: 'Time to answer a request, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: requestBuckets,
    registers: [registry],
  });
  const plain = histogram.get.bind(histogram);
  histogram.get = async () => ({ ...(await plain()), values: [...series].flatMap(([key, one]) => toValues(key, one)) });
  let last: { method: string; route: string; status: number; one: Series } | undefined;
  return (method, route, status, seconds) => {
    const same = last?.method === method && last.route === route && last.status === status;
    const one = last && same ? last.one : seriesOf(series, method, route, status);
    last = { method, route, status, one };
    const bucket = requestBuckets.findIndex((bound) => seconds <= bound);
    if (bucket !== -1) one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
    one.sum += seconds;
    one.count++;
  };
}

function seriesOf(series: Map<string, Series>, method: string, route: string, status: number): Series {
  const key = `${method} ${route} ${status}`;
  const known = series.get(key) ?? { counts: requestBuckets.map(() => 0), sum: 0, count: 0 };
  series.set(key, known);
  return known;
}

function toValues(key: string, { counts, sum, count }: Series) {
  const [method = '', route = '', status = ''] = key.split(' ');
  const labels = { method, route, status };
  const name = 'huizhi_http_request_duration_seconds';
  let below = 0;
  const buckets = requestBuckets.map((bound, i) => {
    below += counts[i] ?? 0;
    return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ];
}
