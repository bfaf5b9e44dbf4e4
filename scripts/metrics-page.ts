/**
 * Renders `docs/reference/metrics.md` and `docs/zh/reference/metrics.md` from the table of metrics. `UPDATE_DOCS=1` with
 * test/repository/docs.test.ts writes them.
 */
import { type MetricRow, metricGroups } from '../src/wire/metrics/row.ts';
import { metrics } from '../src/wire/metrics/table.ts';
import { metricsHead, metricsTail, metricsTexts } from './chinese/metrics.ts';
import { lookUp } from './chinese/text.ts';

const english = {
  head: `# Metrics

What \`GET /metrics\` returns, in the text format of Prometheus. Each process reports its own. This page is generated from
[the table in the code](../../src/wire/metrics/table.ts); [how to observe](../how-to/observe.md) has a configuration of
Prometheus, alert rules and a dashboard of Grafana.

- **Labels** have values from the lists below, or from a bounded set: never an organization, a robot, a user or an address. A
  metric has at most 5000 series; what is beyond them is counted with the value \`other\`.
- **A counter** with closed labels starts with 0 for each combination, so that \`increase()\` sees the first event.
- **Shared** metrics describe the database. Every process on it reports the same value, so take \`max by (job)\` of them, and
  \`sum\` of all others. \`huizhi_queue_depth\` and \`huizhi_queue_oldest_age_seconds\` are read on each scrape, with one query that
  examines at most 10000 rows; the others are read at most every 15 seconds by each process.
- While the database does not answer, \`huizhi_database_up\` is 0, and the metrics that need a query are missing.
`,
  tail: `## Node.js

The default metrics of [prom-client](https://github.com/siimon/prom-client), among them \`process_cpu_seconds_total\`,
\`process_resident_memory_bytes\`, \`process_open_fds\`, \`process_max_fds\`, \`process_start_time_seconds\`,
\`nodejs_eventloop_lag_seconds\`, \`nodejs_eventloop_lag_p99_seconds\`, \`nodejs_heap_size_used_bytes\` and
\`nodejs_gc_duration_seconds\`.
`,
  /** A heading, a help text, or a description of the values of a label. */
  text: (text: string) => text,
  shared: 'shared',
  onlyWith: (what: string) => `only with ${what}`,
  /** A help text without its full stop, with notes. */
  sentence: (help: string, notes: readonly string[]) => `${help} (${notes.join(', ')}).`,
  colon: ': ',
  separator: ', ',
  buckets: 'Buckets: ',
};

const chinese: typeof english = {
  head: metricsHead,
  tail: metricsTail,
  text: (text) => lookUp(metricsTexts, text),
  shared: '共享',
  onlyWith: (what) => `仅在使用 ${what} 时`,
  sentence: (help, notes) => `${help}（${notes.join('，')}）。`,
  colon: '：',
  separator: '、',
  buckets: '桶：',
};

/** `docs/reference/metrics.md` */
export const metricsPage = () => renderPage(english);

/** `docs/zh/reference/metrics.md` */
export const chineseMetricsPage = () => renderPage(chinese);

function renderPage(words: typeof english): string {
  const all = Object.entries(metrics) as readonly (readonly [string, MetricRow])[];
  const groups = metricGroups.map((group) => {
    const rows = all.filter(([, { about }]) => about === group);
    return [`## ${words.text(group)}\n`, ...rows.map(([name, row]) => renderMetric(words, name, row))].join('\n');
  });
  return [words.head, ...groups, words.tail].join('\n');
}

function renderMetric(words: typeof english, name: string, row: MetricRow): string {
  const { type, help, labels = {}, buckets, only, isShared = false } = row;
  const notes = [type, isShared && words.shared, only && words.onlyWith(only)].filter(
    (note) => typeof note === 'string',
  );
  const lines = [`### ${name}`, '', words.sentence(words.text(help).replace(/[.。]$/, ''), notes)];
  const listed = Object.entries(labels).map(([label, values]) => {
    const isOpen = typeof values === 'string';
    const what = isOpen ? words.text(values) : values.map((value) => `\`${value}\``).join(words.separator);
    return `- \`${label}\`${words.colon}${what}`;
  });
  if (listed.length > 0) lines.push('', ...listed);
  if (buckets) lines.push('', `${words.buckets}${buckets.join(words.separator)}`);
  return `${lines.join('\n')}\n`;
}
