import type { Registry } from 'prom-client';
import type { MetricRow } from '../wire/metrics/row.ts';
import {
  type CounterName,
  type HistogramName,
  type LabelsOf,
  type MetricName,
  metrics,
} from '../wire/metrics/table.ts';
import { type Counter, createCounter, createHistogram, createRequestRecorder, type MetricValue } from './series.ts';
import { surfaceOf } from './surfaces.ts';

/** The labels of a metric, and the number to add (1 if it is missing). */
type Counted<N extends CounterName> =
  LabelsOf<N> extends undefined ? [labels?: undefined, by?: number] : [labels: LabelsOf<N>, by?: number];

/** A value, or the values of several series; undefined if there is none now. */
type Reading = number | readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
type Read = () => Reading | undefined | Promise<Reading | undefined>;

/** The metrics of one server. The table of metrics has their names, labels and help texts. */
export type Metrics = {
  /** Records a request that took `seconds`. */
  request(method: string, route: string, status: number, seconds: number): void;
  /** Returns how many requests were recorded so far. */
  requests(): number;
  /** Records an error by its code; the status of an error of the old host is 200. */
  refused(route: string, code: string): void;
  count<N extends CounterName>(name: N, ...counted: Counted<N>): void;
  observe<N extends HistogramName>(name: N, labels: LabelsOf<N>, value: number): void;
  /**
   * Sets the function that reads a metric on each scrape. A metric whose function returns undefined, rejects, or takes
   * longer than two seconds is missing in that scrape.
   */
  watch(name: MetricName, read: Read): void;
  /** Renders all metrics in the Prometheus text format. */
  scrape(): Promise<{ readonly text: string; readonly contentType: string }>;
};

type RegisteredMetric = Parameters<Registry['registerMetric']>[0];
type Values = () => readonly MetricValue[] | Promise<readonly MetricValue[]>;

const requestName = 'huizhi_http_request_duration_seconds';
const refusalName = 'huizhi_refusals_total';

/** Creates the metrics of one server, in a registry of its own. */
export function createMetrics(): Metrics {
  const requests = createRequestRecorder(requestName, metrics[requestName].buckets, surfaceOf);
  const refusals = createCounter(['route', 'code'], []);
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, ReturnType<typeof createHistogram>>();
  const sources = new Map<string, Values>([[requestName, requests.values]]);
  for (const [name, row] of rows()) {
    if (name === requestName || row.type === 'gauge') continue;
    const series = name === refusalName ? refusals : createSeries(name, row);
    if ('add' in series) counters.set(name, series);
    else histograms.set(name, series);
    sources.set(name, series.values);
  }
  let registry: Promise<Registry> | undefined;
  return {
    request: requests.record,
    requests: requests.requests,
    refused: (route, code) => refusals.add(`${route} ${code}`, 1),
    count: (name, ...[labels, by = 1]) => counters.get(name)?.add(joinLabels(metrics[name], labels), by),
    observe: (name, labels, value) => histograms.get(name)?.observe(joinLabels(metrics[name], labels), value),
    watch: (name, read) => void sources.set(name, () => readInTime(read)),
    async scrape() {
      registry ??= createRegistry(sources);
      const ready = await registry;
      return { text: await ready.metrics(), contentType: ready.contentType };
    },
  };
}

const rows = () => Object.entries(metrics) as readonly (readonly [MetricName, MetricRow])[];

/** Series that exist from the start, at most: those of all combinations of closed labels. */
const maxInitial = 40;

function createSeries(name: string, { type, labels = {}, buckets = [], only }: MetricRow) {
  const names = Object.keys(labels);
  const lists = Object.values(labels);
  const isClosed = lists.every((list) => typeof list !== 'string');
  const all = isClosed && only === undefined ? combine(lists as readonly (readonly string[])[]) : [];
  const initial = all.length <= maxInitial ? all : [];
  return type === 'histogram' ? createHistogram(name, names, buckets, initial) : createCounter(names, initial);
}

/** Returns all combinations of label values, joined by spaces. */
function combine(lists: readonly (readonly string[])[]): readonly string[] {
  const combined = lists.reduce<readonly string[][]>(
    (before, list) => before.flatMap((values) => list.map((value) => [...values, value])),
    [[]],
  );
  return combined.map((values) => values.join(' '));
}

function joinLabels({ labels = {} }: MetricRow, given: Readonly<Record<string, string>> | undefined): string {
  const names = Object.keys(labels);
  return given ? names.map((name) => given[name]).join(' ') : '';
}

/** Milliseconds for which a scrape waits for one metric. */
const readTimeout = 2000;

async function readInTime(read: Read): Promise<readonly MetricValue[]> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, readTimeout, undefined);
  try {
    const reading = await Promise.race([read(), late]);
    if (reading === undefined) return [];
    return typeof reading === 'number' ? [{ labels: {}, value: reading }] : reading;
  } catch {
    // The database has failed, which is in the log. The other metrics are needed most then.
    return [];
  } finally {
    clearTimeout(timer);
  }
}

/** Creates the registry, on the first scrape: Node's default metrics, such as the event loop lag, need timers. */
async function createRegistry(sources: ReadonlyMap<string, Values>): Promise<Registry> {
  const prometheus = await import('prom-client');
  const registry = new prometheus.Registry();
  for (const [name, { type, help }] of rows()) {
    const get = async () => ({ name, help, type, values: (await sources.get(name)?.()) ?? [], aggregator: 'sum' });
    // A registry only calls `get` of a metric, but its type requires prom-client's class.
    registry.registerMetric({ name, get } as unknown as RegisteredMetric);
  }
  prometheus.collectDefaultMetrics({ register: registry });
  return registry;
}
