/**
 * The metrics of `/metrics`: names, types, labels and help texts. Code counts with these names, and
 * docs/reference/metrics.md is generated from this table.
 *
 * The values of a label are a closed list, or a text that says which bounded set they come from: never an organization,
 * robot, user or address.
 */
import type { MetricRow } from './row.ts';

const audiences = ['users', 'conversation', 'notice'] as const;

const forms = ['endpoint', 'stream', 'push'] as const;
const route = 'the pattern of a route, or `unknown`';
const requestBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const deliveryBuckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600];
const readBuckets = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400, 259_200, 604_800];
const answerBuckets = [0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** All metrics, apart from those of Node.js. */
export const metrics = {
  huizhi_http_request_duration_seconds: {
    type: 'histogram',
    help: 'Time to answer a request, by method, route, status and surface.',
    about: 'HTTP',
    labels: {
      method: 'a method of HTTP',
      route,
      status: 'a status',
      surface: ['vendor', 'old-host', 'inbox', 'console', 'emulator', 'operations', 'pages', 'unknown'],
    },
    buckets: requestBuckets,
  },
  huizhi_refusals_total: {
    type: 'counter',
    help: 'Errors by route and code; the old host returns them with status 200.',
    about: 'HTTP',
    labels: { route, code: 'a code of the [table of errors](errors.md), or an errcode' },
  },
  huizhi_http_connections: { type: 'gauge', help: 'Open connections of clients.', about: 'HTTP' },
  huizhi_http_connections_limit: {
    type: 'gauge',
    help: 'Connections of clients that the server accepts, at most.',
    about: 'HTTP',
  },
  huizhi_http_body_bytes: {
    type: 'gauge',
    help: 'Memory that request bodies use until their responses are sent.',
    about: 'HTTP',
  },
  huizhi_http_body_limit_bytes: {
    type: 'gauge',
    help: 'Memory above which request bodies are refused with huizhi.busy.',
    about: 'HTTP',
  },
  huizhi_sends_total: {
    type: 'counter',
    help: 'Sends with valid parameters, by audience, kind of message and result. Earlier refusals are in huizhi_refusals_total.',
    about: 'Messages',
    labels: {
      to: audiences,
      kind: 'a msgKey',
      result: ['accepted', 'repeated', 'refused', 'failed'],
    },
  },
  huizhi_recipients_total: {
    type: 'counter',
    help: 'Users that sends name, by result: accepted, unknown, beyond a flow limit, or filtered since they block the robot.',
    about: 'Messages',
    labels: { result: ['accepted', 'invalid', 'flow_controlled', 'filtered'] },
  },
  huizhi_deliveries_total: {
    type: 'counter',
    help: 'Messages that have arrived in inboxes: of users, of a conversation, of a work notice.',
    about: 'Messages',
    labels: { to: audiences },
  },
  huizhi_delivery_lag_seconds: {
    type: 'histogram',
    help: 'Time from an accepted send to its arrival in the inboxes.',
    about: 'Messages',
    buckets: deliveryBuckets,
  },
  huizhi_delivery_errors_total: {
    type: 'counter',
    help: 'Attempts to deliver a message that have failed and are repeated; each is in the log.',
    about: 'Messages',
  },
  huizhi_queue_depth: {
    type: 'gauge',
    help: 'Accepted messages that have not arrived; at most 10000 are counted.',
    about: 'Messages',
    isShared: true,
  },
  huizhi_queue_oldest_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest accepted message that has not arrived; 0 if there is none.',
    about: 'Messages',
    isShared: true,
  },
  huizhi_ding_deliveries_total: {
    type: 'counter',
    help: 'Receivers of DINGs, by channel.',
    about: 'Messages',
    labels: { channel: ['app', 'sms', 'phone'] },
  },
  huizhi_media_bytes: {
    type: 'gauge',
    help: 'Bytes of the uploaded files of all organizations.',
    about: 'Messages',
    isShared: true,
  },
  huizhi_reads_total: {
    type: 'counter',
    help: 'Messages that became READ, each once for each reader.',
    about: 'Reads and recalls',
    labels: { to: audiences },
  },
  huizhi_time_to_read_seconds: {
    type: 'histogram',
    help: 'Time from a send until a reader reads it, once for each reader.',
    about: 'Reads and recalls',
    labels: { to: audiences },
    buckets: readBuckets,
  },
  huizhi_recalls_total: {
    type: 'counter',
    help: 'Keys of recalls by result. Recalling a message again succeeds.',
    about: 'Reads and recalls',
    labels: { to: ['users', 'conversation'], result: ['recalled', 'refused'] },
  },
  huizhi_webhook_messages_total: {
    type: 'counter',
    help: 'Messages by webhooks of custom robots, by sessionWebhooks, and by answers to messages by HTTP.',
    about: 'People and robots',
    labels: { by: ['robot', 'session', 'answer'], outcome: ['accepted', 'refused', 'failed'] },
  },
  huizhi_person_messages_total: {
    type: 'counter',
    help: 'Messages that people write to robots and conversations.',
    about: 'People and robots',
    labels: {
      to: ['robot', 'conversation', 'unknown'],
      outcome: ['accepted', 'repeated', 'refused', 'failed'],
    },
  },
  huizhi_robot_pushes_total: {
    type: 'counter',
    help: 'Messages of people that are passed on to robots.',
    about: 'People and robots',
    labels: { reach: ['stream', 'http', 'none'], outcome: ['answered', 'refused', 'failed'] },
  },
  huizhi_card_clicks_total: {
    type: 'counter',
    help: 'Clicks on interactive cards, by whether the program has answered.',
    about: 'People and robots',
    labels: { outcome: ['answered', 'unanswered'] },
  },
  huizhi_streams: {
    type: 'gauge',
    help: 'Open event streams: server-sent events of inboxes and consoles, and subscriptions that this process delivers.',
    about: 'Event streams and Stream mode',
  },
  huizhi_stream_connections: {
    type: 'gauge',
    help: 'Open connections of clients in Stream mode.',
    about: 'Event streams and Stream mode',
  },
  huizhi_stream_faults_total: {
    type: 'counter',
    help: 'Connections of clients in Stream mode that an error of the server has ended; each is in the log.',
    about: 'Event streams and Stream mode',
  },
  huizhi_stream_pushes_total: {
    type: 'counter',
    help: 'Pushes to clients in Stream mode by type and outcome; `answered` is an acknowledgement.',
    about: 'Event streams and Stream mode',
    labels: { type: ['CALLBACK', 'EVENT'], outcome: ['answered', 'timeout', 'no-connection'] },
  },
  huizhi_stream_push_duration_seconds: {
    type: 'histogram',
    help: 'Time from a push in Stream mode to its acknowledgement.',
    about: 'Event streams and Stream mode',
    labels: { type: ['CALLBACK', 'EVENT'] },
    buckets: answerBuckets,
  },
  huizhi_event_tries_total: {
    type: 'counter',
    help: 'Attempts to deliver an event, by form (webhook endpoint, Stream mode, HTTP push) and outcome (delivered, failed, gone).',
    about: 'Events to subscriptions',
    labels: { form: forms, outcome: ['delivered', 'failed', 'gone'] },
  },
  huizhi_event_try_duration_seconds: {
    type: 'histogram',
    help: 'Time of an attempt to deliver an event.',
    about: 'Events to subscriptions',
    labels: { form: forms },
    buckets: answerBuckets,
  },
  huizhi_event_lag_seconds: {
    type: 'histogram',
    help: 'Time from an event to its delivery at the first attempt.',
    about: 'Events to subscriptions',
    labels: { form: forms },
    buckets: deliveryBuckets,
  },
  huizhi_event_outbox_depth: {
    type: 'gauge',
    help: 'Events after the positions of the enabled subscriptions, by form: those that have had no first attempt.',
    about: 'Events to subscriptions',
    labels: { form: forms },
    isShared: true,
  },
  huizhi_event_outbox_oldest_age_seconds: {
    type: 'gauge',
    help: 'Age of the oldest event without a first attempt; 0 if there is none. At most 20 subscriptions are examined.',
    about: 'Events to subscriptions',
    isShared: true,
  },
  huizhi_event_retries_waiting: {
    type: 'gauge',
    help: 'Events that wait for another attempt; at most 10000 are counted.',
    about: 'Events to subscriptions',
    isShared: true,
  },
  huizhi_database_up: {
    type: 'gauge',
    help: '1 if the database has answered this scrape within 2 seconds; else 0, and the gauges of the database are missing.',
    about: 'Database',
  },
  huizhi_database_size_bytes: {
    type: 'gauge',
    help: 'Size of the database, with the log of SQLite.',
    about: 'Database',
    isShared: true,
  },
  huizhi_database_log_bytes: {
    type: 'gauge',
    help: 'Size of the write-ahead log.',
    about: 'Database',
    only: 'SQLite',
  },
  huizhi_database_free_bytes: {
    type: 'gauge',
    help: 'Free pages in the file of the database.',
    about: 'Database',
    only: 'SQLite',
  },
  huizhi_database_connections: {
    type: 'gauge',
    help: 'Connections to the database by state: in a transaction, shared by reads, idle, or closed.',
    about: 'Database',
    labels: { state: ['transaction', 'reading', 'idle', 'closed'] },
    only: 'PostgreSQL',
  },
  huizhi_database_waiting: {
    type: 'gauge',
    help: 'Transactions and reads that wait for a connection.',
    about: 'Database',
    only: 'PostgreSQL',
  },
  huizhi_database_waits_total: {
    type: 'counter',
    help: 'Transactions and reads that had to wait for a connection.',
    about: 'Database',
    only: 'PostgreSQL',
  },
  huizhi_database_wait_seconds_total: {
    type: 'counter',
    help: 'Time that transactions and reads have waited for a connection.',
    about: 'Database',
    only: 'PostgreSQL',
  },
  huizhi_slow_statements_total: {
    type: 'counter',
    help: 'Statements that took a second or longer; each is in the log with its name.',
    about: 'Database',
  },
  huizhi_cache_requests_total: {
    type: 'counter',
    help: 'Look-ups in the caches of a request, by result.',
    about: 'Database',
    labels: { cache: ['tokens', 'queries', 'grants', 'receipts'], result: ['hit', 'miss'] },
  },
  huizhi_retention_sweeps_total: {
    type: 'counter',
    help: 'Sweeps of retention by result; `held` ones wait for a confirmation.',
    about: 'Retention and backups',
    labels: { result: ['completed', 'held', 'failed'] },
  },
  huizhi_retention_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'When this process last completed a sweep, in epoch seconds; the time of its start before the first one.',
    about: 'Retention and backups',
  },
  huizhi_retention_removed_total: {
    type: 'counter',
    help: 'What retention has removed; on PostgreSQL, messages are dropped by whole days.',
    about: 'Retention and backups',
    labels: { what: ['messages', 'days', 'dings', 'statistics', 'files', 'audit'] },
  },
  huizhi_retention_held: {
    type: 'gauge',
    help: '1 while retention waits for a confirmation, since the clock is far ahead of the database; else 0.',
    about: 'Retention and backups',
    only: 'serve',
  },
  huizhi_backups_total: {
    type: 'counter',
    help: 'Scheduled backups by result.',
    about: 'Retention and backups',
    labels: { result: ['completed', 'failed'] },
    only: '--backup-dir',
  },
  huizhi_backup_last_success_timestamp_seconds: {
    type: 'gauge',
    help: 'Time of the newest backup in the folder, in epoch seconds; 0 if there is none.',
    about: 'Retention and backups',
    only: '--backup-dir',
  },
  huizhi_backup_last_size_bytes: {
    type: 'gauge',
    help: 'Size of the last backup that this process has written; 0 before the first one.',
    about: 'Retention and backups',
    only: '--backup-dir',
  },
  huizhi_sign_ins_total: {
    type: 'counter',
    help: 'Sign-ins by method and result: users without a code in dev, by one-time code, by OpenID Connect; operators by admin token, by link, by OpenID Connect.',
    about: 'Access',
    labels: { method: ['person', 'code', 'oidc', 'admin', 'link'], result: ['accepted', 'refused', 'failed'] },
  },
  huizhi_secret_checks_waiting: {
    type: 'gauge',
    help: 'Checks of secrets that wait for their turn: each takes about 40 ms of a thread.',
    about: 'Access',
  },
  huizhi_clock_skew_seconds: {
    type: 'gauge',
    help: "How far this machine's clock is ahead of the database server's; negative when it is behind.",
    about: 'Process',
    only: 'PostgreSQL',
  },
  huizhi_processes: {
    type: 'gauge',
    help: 'Processes that are registered on the database.',
    about: 'Process',
    only: 'PostgreSQL',
    isShared: true,
  },
  huizhi_build_info: {
    type: 'gauge',
    help: 'Always 1; the labels are the versions of this process.',
    about: 'Process',
    labels: { version: 'the version of huizhi', node: 'the version of Node.js', engine: ['sqlite', 'postgres'] },
  },
  huizhi_trace_spans_total: {
    type: 'counter',
    help: 'Spans that were exported, and spans that were lost since the collector has failed.',
    about: 'Process',
    labels: { result: ['exported', 'failed'] },
    only: '--otlp-endpoint',
  },
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof metrics;
type OfType<T extends MetricRow['type']> = {
  [N in MetricName]: (typeof metrics)[N]['type'] extends T ? N : never;
}[MetricName];
export type CounterName = OfType<'counter'>;
export type HistogramName = OfType<'histogram'>;

/** The labels of a metric with their values; `undefined` for one without labels. */
export type LabelsOf<N extends MetricName> = (typeof metrics)[N] extends { readonly labels: infer L }
  ? { readonly [K in keyof L]: L[K] extends readonly (infer V)[] ? V : string }
  : undefined;
