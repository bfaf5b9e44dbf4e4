import type { Registry } from 'prom-client';

/** The metrics of one server. */
export type Metrics = {
  /** Records a request that took `seconds`. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Returns how many requests were recorded so far. */
  requests(): number;
  /** Records an error of the vendor's API by its code; the status of an error of the old host is 200. */
  refused(route: string, code: string): void;
  /** Records a delivered message; `lag` is the time since its send in milliseconds. */
  delivered(lag: number): void;
  /** Records that a message has arrived in `count` inboxes. */
  arrived(to: 'users' | 'conversation' | 'notice', count: number): void;
  /** Records `count` messages that became READ. */
  read(count: number): void;
  /** Records a DING to `count` receivers. */
  ding(channel: string, count: number): void;
  /** Records a message through a webhook of a custom robot, through a sessionWebhook, or in an answer by HTTP. */
  webhook(by: string, outcome: string): void;
  /** Records a message that a person writes to a robot or a conversation. */
  said(to: string, outcome: string): void;
  /** Records a message that is passed on to a robot by `reach`. */
  heard(reach: string, outcome: string): void;
  /** Records a click on a card, and whether its program has answered. */
  cardClick(outcome: 'answered' | 'unanswered'): void;
  /** Records a connection of Stream mode that an error of the server has ended. */
  streamFault(): void;
  /** Records an attempt to deliver an event to a subscription: `endpoint`, `stream` or `push`. */
  tried(form: string, outcome: string): void;
  /** Renders all metrics in the Prometheus text format. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
};

/** Functions that read the current values of gauges; they are called once per scrape. */
export type Gauges = {
  /** Whether a retention sweep waits for a confirmation; absent in the emulator, where none does. */
  readonly retentionHeld?: (() => boolean) | undefined;
  readonly queueDepth: () => Promise<number>;
  readonly streams: () => number;
  /** Bytes of the uploaded files in the database. */
  readonly mediaBytes: () => Promise<number>;
  /** Clients of Stream mode that are connected to this process. */
  readonly streamClients: () => number;
  /** Milliseconds by which this machine is ahead of the database server; absent for SQLite. */
  readonly clockSkew?: (() => number | undefined) | undefined;
};

const requestName = 'huizhi_http_request_duration_seconds';
const requestLabels = ['method', 'route', 'status'];
const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const lagName = 'huizhi_delivery_lag_seconds';
const lagBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];

type RegisteredMetric = Parameters<Registry['registerMetric']>[0];

type Counted = {
  readonly requests: Histogram;
  readonly lag: Histogram;
  readonly refusals: Counter;
  readonly arrivals: Counter;
  readonly reads: Counter;
  readonly dings: Counter;
  readonly webhooks: Counter;
  readonly speeches: Counter;
  readonly hearings: Counter;
  readonly cardClicks: Counter;
  readonly streamFaults: Counter;
  readonly tries: Counter;
};

/** Creates the metrics of one server, in a registry of its own. */
export function createMetrics(gauges: Gauges): Metrics {
  const counted: Counted = {
    requests: createHistogram(requestName, requestLabels, requestBuckets),
    lag: createHistogram(lagName, [], lagBuckets),
    refusals: createCounter(['route', 'code']),
    arrivals: createCounter(['to']),
    reads: createCounter([]),
    dings: createCounter(['channel']),
    webhooks: createCounter(['by', 'outcome']),
    speeches: createCounter(['to', 'outcome']),
    hearings: createCounter(['reach', 'outcome']),
    cardClicks: createCounter(['outcome']),
    streamFaults: createCounter([]),
    tries: createCounter(['form', 'outcome']),
  };
  const labels = createLabelCache();
  let registry: Promise<Registry> | undefined;
  let requests = 0;
  return {
    request(method, route, status, seconds) {
      requests++;
      counted.requests.observe(labels(method, route, status), seconds);
    },
    requests: () => requests,
    refused: (route, code) => counted.refusals.add(`${route} ${code}`),
    delivered: (milliseconds) => counted.lag.observe('', milliseconds / 1000),
    arrived: (to, count) => counted.arrivals.add(to, count),
    read: (count) => counted.reads.add('', count),
    ding: (channel, count) => counted.dings.add(channel, count),
    webhook: (by, outcome) => counted.webhooks.add(`${by} ${outcome}`),
    said: (to, outcome) => counted.speeches.add(`${to} ${outcome}`),
    heard: (reach, outcome) => counted.hearings.add(`${reach} ${outcome}`),
    cardClick: (outcome) => counted.cardClicks.add(outcome),
    streamFault: () => counted.streamFaults.add(''),
    tried: (form, outcome) => counted.tries.add(`${form} ${outcome}`),
    async scrape() {
      registry ??= createRegistry(counted, gauges);
      const ready = await registry;
      return { text: await ready.metrics(), contentType: ready.contentType };
    },
  };
}

/**
 * Joins the labels of a request to one string, and caches the last one: most requests have the labels of the previous
 * request.
 */
function createLabelCache() {
  let last = { method: '', route: '', status: 0, text: '' };
  return (method: string, route: string, status: number): string => {
    if (last.status !== status || last.route !== route || last.method !== method)
      last = { method, route, status, text: `${method} ${route} ${status}` };
    return last.text;
  };
}

/** Creates the registry, on the first scrape: Node's default metrics, such as the event loop lag, need timers. */
async function createRegistry(
  counted: Counted,
  { queueDepth, streams, streamClients, mediaBytes, clockSkew, retentionHeld }: Gauges,
): Promise<Registry> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  const register = (type: 'histogram' | 'counter', name: string, help: string, from: Histogram | Counter) => {
    const get = async () => ({ name, help, type, values: from.values(), aggregator: 'sum' });
    // A registry only calls `get` of a metric, but its type requires prom-client's class.
    registry.registerMetric({ name, get } as unknown as RegisteredMetric);
  };
  const registerGauge = (name: string, help: string, read: () => Promise<number> | number) =>
    new prometheus.Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  register('histogram', requestName, 'Time to answer a request, by method, route and status.', counted.requests);
  register('histogram', lagName, 'Time from an accepted send to its arrival in the inboxes.', counted.lag);
  registerCounters(counted, (name, help, from) => register('counter', name, help, from));
  registerGauge('huizhi_queue_depth', 'Accepted messages that have not arrived.', queueDepth);
  registerGauge('huizhi_streams', 'Open event streams.', streams);
  registerGauge('huizhi_media_bytes', 'Bytes of the uploaded files of all organizations.', mediaBytes);
  registerGauge('huizhi_stream_connections', 'Open connections of clients in Stream mode.', streamClients);
  if (retentionHeld) {
    const help = '1 while retention waits for a confirmation, since the clock is far ahead of the database; else 0.';
    registerGauge('huizhi_retention_held', help, () => (retentionHeld() ? 1 : 0));
  }
  if (clockSkew) {
    const help = "How far this machine's clock is ahead of the database server's; negative when it is behind.";
    registerGauge('huizhi_clock_skew_seconds', help, () => (clockSkew() ?? Number.NaN) / 1000);
  }
  prometheus.collectDefaultMetrics({ register: registry });
  return registry;
}

function registerCounters(
  { refusals, arrivals, reads, dings, webhooks, speeches, hearings, cardClicks, streamFaults, tries }: Counted,
  register: (name: string, help: string, from: Counter) => void,
): void {
  const refused = "Errors of the vendor's API, by route and code; the old host returns them with status 200.";
  register('huizhi_refusals_total', refused, refusals);
  const arrived = 'Messages that have arrived in inboxes: of users, of a conversation, of a work notice.';
  register('huizhi_deliveries_total', arrived, arrivals);
  register('huizhi_reads_total', 'Messages that became READ, each once for each reader.', reads);
  register('huizhi_ding_deliveries_total', 'Receivers of DINGs, by channel.', dings);
  const sent = 'Messages by webhooks of custom robots, by sessionWebhooks, and by answers to messages by HTTP.';
  register('huizhi_webhook_messages_total', sent, webhooks);
  register('huizhi_person_messages_total', 'Messages that people write to robots and conversations.', speeches);
  register('huizhi_robot_pushes_total', 'Messages of people that are passed on to robots.', hearings);
  register('huizhi_card_clicks_total', 'Clicks on interactive cards, by whether the program has answered.', cardClicks);
  const faults = 'Connections of clients in Stream mode that an error of the server has ended; each is in the log.';
  register('huizhi_stream_faults_total', faults, streamFaults);
  const tried =
    'Attempts to deliver an event, by form (webhook endpoint, Stream mode, HTTP push) and outcome (delivered, failed, gone).';
  register('huizhi_event_tries_total', tried, tries);
}

/** A counter by labels. */
type Counter = {
  /** Adds a number, by default 1; `labels` are the label values, joined by spaces. */
  add(labels: string, count?: number): void;
  /** Returns the values in the form of prom-client. */
  values(): readonly { readonly labels: Record<string, string>; readonly value: number }[];
};

/** Creates a counter. One without labels starts with 0. */
function createCounter(labelNames: readonly string[]): Counter {
  const counts = new Map<string, number>(labelNames.length === 0 ? [['', 0]] : []);
  return {
    add: (labels, count = 1) => void counts.set(labels, (counts.get(labels) ?? 0) + count),
    values: () => [...counts].map(([labels, value]) => ({ labels: nameLabels(labelNames, labels), value })),
  };
}

/** A histogram that counts with two array look-ups, and converts to the values of prom-client on a scrape. */
type Histogram = {
  /** Counts a value; `labels` are the label values, joined by spaces. */
  observe(labels: string, value: number): void;
  /** Returns the values in the form of prom-client. */
  values(): HistogramValue[];
};

type HistogramValue = {
  readonly metricName: string;
  readonly labels: Record<string, string | number>;
  readonly value: number;
};

type Series = { readonly counts: number[]; sum: number; count: number };

/**
 * Creates a histogram. prom-client would hash the labels and allocate an object per observation, which costs more than
 * returning a cached receipt, and importing it takes 40 ms. So only the rendering uses prom-client.
 *
 * @param buckets upper bounds in ascending order
 */
function createHistogram(name: string, labelNames: readonly string[], buckets: readonly number[]): Histogram {
  const series = new Map<string, Series>();
  let last: { readonly labels: string; readonly one: Series } | undefined;
  return {
    observe(labels, value) {
      if (last?.labels !== labels) last = { labels, one: findOrCreateSeries(series, labels, buckets.length) };
      const { one } = last;
      const bucket = buckets.findIndex((bound) => value <= bound);
      if (bucket !== -1) one.counts[bucket] = (one.counts[bucket] ?? 0) + 1;
      one.sum += value;
      one.count++;
    },
    values: () =>
      [...series].flatMap(([labels, one]) => renderValues(name, nameLabels(labelNames, labels), buckets, one)),
  };
}

function findOrCreateSeries(series: Map<string, Series>, labels: string, buckets: number): Series {
  const known = series.get(labels) ?? { counts: Array.from({ length: buckets }, () => 0), sum: 0, count: 0 };
  series.set(labels, known);
  return known;
}

function nameLabels(names: readonly string[], labels: string): Record<string, string> {
  const values = labels.split(' ');
  return Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
}

function renderValues(
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
