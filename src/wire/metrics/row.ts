/** The headings of the reference. */
export const metricGroups = [
  'HTTP',
  'Messages',
  'Reads and recalls',
  'People and robots',
  'Event streams and Stream mode',
  'Events to subscriptions',
  'Database',
  'Retention and backups',
  'Access',
  'Process',
] as const;

/** The values of a label: all of them, or a description of a bounded set. */
type LabelValues = readonly string[] | string;

export type MetricRow = {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly about: (typeof metricGroups)[number];
  readonly labels?: Readonly<Record<string, LabelValues>>;
  /** Upper bounds of a histogram, ascending. */
  readonly buckets?: readonly number[];
  /** Where the metric exists, if not in every process. */
  readonly only?: 'serve' | 'PostgreSQL' | 'SQLite' | '--backup-dir' | '--otlp-endpoint';
  /** The metric describes the database, so that every process on it has the same value. */
  readonly isShared?: true;
};
