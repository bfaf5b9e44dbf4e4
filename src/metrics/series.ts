/** Values of a metric in the form of prom-client. */
export type MetricValue = {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
};

/** Series of one metric, at most. A further combination of labels is counted with `other` as the value of each label. */
const maxSeries = 5000;

/** A counter by labels. `labels` are the label values, joined by spaces. */
export type Counter = {
  add(labels: string, count: number): void;
  values(): readonly MetricValue[];
};

/** Creates a counter. The series of `initial` start with 0, so that their first increase is visible as one. */
export function createCounter(labelNames: readonly string[], initial: readonly string[]): Counter {
  const counts = new Map<string, number>(initial.map((labels) => [labels, 0]));
  return {
    add(labels, count) {
      const key = limitSeries(counts, labels, labelNames);
      counts.set(key, (counts.get(key) ?? 0) + count);
    },
    values: () => [...counts].map(([labels, value]) => ({ labels: nameLabels(labelNames, labels), value })),
  };
}

/** A histogram that counts with two array look-ups, and converts to the values of prom-client on a scrape. */
export type Histogram = {
  /** Counts a value; `labels` are the label values, joined by spaces. */
  observe(labels: string, value: number): void;
  values(): readonly MetricValue[];
};

type Series = { readonly counts: number[]; sum: number; count: number };

/**
 * Creates a histogram. prom-client would hash the labels and allocate an object per observation, which costs more than
 * returning a cached receipt, and importing it takes 40 ms. So only the rendering uses prom-client.
 *
 * @param buckets upper bounds in ascending order
 * @param initial series that start empty
 */
export function createHistogram(
  name: string,
  labelNames: readonly string[],
  buckets: readonly number[],
  initial: readonly string[] = [],
): Histogram {
  const series = new Map<string, Series>();
  let last: { readonly labels: string; readonly one: Series } | undefined;
  const find = (labels: string) => findOrCreateSeries(series, limitSeries(series, labels, labelNames), buckets.length);
  for (const labels of initial) find(labels);
  return {
    observe(labels, value) {
      if (last?.labels !== labels) last = { labels, one: find(labels) };
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

/**
 * Creates the recorder of requests. It joins the labels of a request to one string, and caches the last one: most
 * requests have the labels of the previous request. The surface of a route is found on a scrape.
 */
export function createRequestRecorder(name: string, buckets: readonly number[], surfaceOf: (route: string) => string) {
  const durations = createHistogram(name, ['method', 'route', 'status'], buckets);
  let last = { method: '', route: '', status: 0, text: '' };
  let requests = 0;
  return {
    record(method: string, route: string, status: number, seconds: number): void {
      requests++;
      if (last.status !== status || last.route !== route || last.method !== method)
        last = { method, route, status, text: `${method} ${route} ${status}` };
      durations.observe(last.text, seconds);
    },
    requests: () => requests,
    values: (): readonly MetricValue[] =>
      durations.values().map(({ metricName = name, labels: { le, ...labels }, value }) => {
        const surface = surfaceOf(String(labels.route));
        return { metricName, labels: { ...labels, surface, ...(le !== undefined && { le }) }, value };
      }),
  };
}

/** Returns the labels, or those of the series for all others if there are too many. */
function limitSeries(known: ReadonlyMap<string, unknown>, labels: string, labelNames: readonly string[]): string {
  return known.size < maxSeries || known.has(labels) ? labels : labelNames.map(() => 'other').join(' ');
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
): MetricValue[] {
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
