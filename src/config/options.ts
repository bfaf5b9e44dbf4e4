import { createPasswordFileOption } from './database-password.ts';
import { adminOptions } from './options/admin-options.ts';
import { type BackupConfig, backupOptions, scheduleOptions } from './options/backup-options.ts';
import { clientOptions } from './options/client-options.ts';
import { type LogFormat, type LogLevel, logOptions } from './options/log-options.ts';
import { mcpOptions } from './options/mcp-options.ts';
import { migrateOptions, moveOptions } from './options/move-options.ts';
import { observeOptions, type Tracing } from './options/observe-options.ts';
import { type Oidc, oidcOptions } from './options/oidc-options.ts';
import { type Command, commands, type Option } from './options/option.ts';
import { runOptions } from './options/run-options.ts';
import { adminTokenOption, secretOption } from './options/secret-options.ts';
import { drainTimeOption } from './options/stop-options.ts';
import { storeOptions } from './options/store-options.ts';
import { type StreamRepeat, streamOptions } from './options/stream-options.ts';
import { testOptions } from './options/test-options.ts';
import { type TlsFiles, tlsOptions } from './options/tls-options.ts';
import { webhookOptions } from './options/webhook-options.ts';
import { createFileOption } from './secret-files.ts';
import type { Setup } from './setup.ts';

export { type LogFormat, type LogLevel, logFormats, logLevels, switches } from './options/log-options.ts';
export { type ClientCommand, type Command, clientCommands, commands, type Option } from './options/option.ts';
export { UsageError } from './values.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** Placeholder for the operands (arguments that are not options) of each command that has any. */
export const operands: { readonly [command in Command]?: string } = {
  status: '<processQueryKey>…',
  recall: '<processQueryKey>…',
  ding: '[<openDingId>…]',
  upload: '<file>…',
  backup: '<file>',
  restore: '<file>',
  run: '[--] <command>…',
  admin: '<noun> <verb> [<code>…]',
  completion: `<${shells.join('|')}>`,
};

export const readTimestamps = ['seconds', 'milliseconds', 'off'] as const;
export type ReadTimestamp = (typeof readTimestamps)[number];

export const remotePictureRules = ['allow', 'block'] as const;
export type RemotePictures = (typeof remotePictureRules)[number];

export const noticeLimitRules = ['lenient', 'strict'] as const;
export type NoticeLimits = (typeof noticeLimitRules)[number];

/** The complete and validated configuration of a command. Durations are milliseconds. */
export type Config = BackupConfig & {
  readonly command: Command;
  readonly port: number;
  readonly host: string;
  readonly database: string;
  /** URL of the PostgreSQL server itself, if `database` is the URL of a connection pooler. */
  readonly databaseDirect?: string;
  /** Maximum number of connections to PostgreSQL. */
  readonly poolSize: number;
  /** Mebibytes of compact receipts in memory, on SQLite. */
  readonly receiptCache?: number;
  readonly secret: string | undefined;
  readonly adminToken: string | undefined;
  readonly readWindow: number;
  readonly retention: number;
  readonly statisticsRetention: number;
  readonly auditRetention: number;
  readonly readTimestamp: ReadTimestamp;
  /** Whether the inbox loads pictures of messages from other hosts. */
  readonly remotePictures?: RemotePictures;
  /** Which limits of work notices apply where the vendor's page and SDK have different ones. */
  readonly noticeLimits?: NoticeLimits;
  /** Mebibytes that the media of one organization may have together. */
  readonly mediaQuota?: number;
  /** How long a custom robot is blocked after too many messages. */
  readonly webhookBlock?: number;
  /** Addresses and ranges of proxies whose `X-Forwarded-For` names the caller of a webhook. */
  readonly trustedProxies?: readonly string[];
  /** How long a Stream connection lasts. */
  readonly streamLifetime?: number;
  /** Maximum number of Stream connections of one app, and of its open tickets. */
  readonly streamConnections?: number;
  /** Whether robot messages without an answer are pushed once more. */
  readonly streamRepeat?: StreamRepeat;
  /** Internal ranges of addresses that callbacks may reach. In `dev` all of them if undefined, in `serve` none. */
  readonly callbackAllow?: readonly string[];
  /** Calls per second for each app and API; 0 is no limit. */
  readonly qpsLimit: number;
  /** Maximum number of simultaneous connections from callers. */
  readonly maxConnections: number;
  /** How long /readyz returns 503 before a stop begins. */
  readonly drainTime?: number;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** What the configuration file sets up; undefined without a file, or if it names no organizations, apps or robots. */
  readonly setup: Setup | undefined;
  /** Whether each request is logged. */
  readonly accessLog?: boolean;
  /** The bearer token that `/metrics` requires; undefined if it requires none. */
  readonly metricsToken?: string;
  /** Where traces are sent; undefined if there are none. */
  readonly tracing?: Tracing;
  /** Whether readStatus is served without node:http. Default: true. */
  readonly fastPath?: boolean;
  /**
   * Origin at which users reach the server, such as `https://huizhi.example.com`; if unset, taken from each request.
   */
  readonly publicUrl?: string;
  /** Host names that `dev` accepts in addition to those of the loopback interface. */
  readonly trustedHosts?: readonly string[];
  readonly oidc?: Oidc;
  /** Certificate and key of https; plain HTTP if absent. */
  readonly tls?: TlsFiles;
  /** Whether the first retention sweep runs without confirmation, even if the clock is far ahead of the database. */
  readonly confirmRetention?: boolean;
  readonly check: boolean;
  /** Whether `migrate` accepts a SQLite file whose write-ahead log is missing. */
  readonly acceptMissingLog?: boolean;
  /** Source and target of a copy by `migrate`; both are set, or neither. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly json: boolean;
  /** Whether each request waits for the deliveries of earlier messages. Default: false. */
  readonly awaitDeliveries?: boolean;
  /** Whether the server stops when standard input ends. */
  readonly exitWithStdin?: boolean;
};

/** Mebibytes of media of one organization: 10 GiB; in `dev` what a snapshot can hold. */
export const defaultMediaQuota = { serve: 10_240, dev: 256 };

const day = 86_400_000;
const servers: readonly Command[] = ['dev', 'serve'];
const server = { commands: servers, inFile: true } as const;
const listener = { commands: [...servers, 'doctor'], inFile: true } as const;
const installation = {
  commands: [...servers, 'migrate', 'distribute', 'backup', 'restore', 'verify', 'doctor', 'admin'],
  inFile: true,
} as const;
const flagOnly = { kind: 'boolean', environment: [], inFile: false } as const;

/** All options of all commands. */
export const options: readonly Option[] = [
  {
    ...listener,
    name: 'port',
    flag: '--port',
    kind: 'integer',
    value: '<number>',
    default: '8720',
    environment: ['HUIZHI_PORT', 'PORT'],
    minimum: 0,
    maximum: 65_535,
    doc: 'Port to listen on. 0 picks a free port; the URL is printed.',
  },
  {
    ...listener,
    name: 'host',
    flag: '--host',
    kind: 'string',
    value: '<address>',
    default: '127.0.0.1',
    environment: ['HUIZHI_HOST'],
    doc: 'Address to listen on. 0.0.0.0 is every IPv4 address of the machine; dev accepts loopback addresses only.',
  },
  {
    name: 'trustedHost',
    flag: '--trusted-host',
    kind: 'string',
    value: '<name>',
    unset: 'localhost, loopback addresses, the address of --host and the name of --public-url',
    environment: ['HUIZHI_TRUSTED_HOST'],
    many: true,
    commands: ['dev'],
    inFile: true,
    doc: 'A host name of dev, without a port; can be repeated. Requests with another Host header are refused, so that no web page can reach dev through a host name of its own.',
  },
  {
    ...installation,
    name: 'database',
    flag: '--database',
    kind: 'string',
    value: '<path>',
    default: 'huizhi.db',
    environment: ['HUIZHI_DATABASE', 'DATABASE_URL'],
    // A developer's shell often has the DATABASE_URL of another program; demo data must not be written there.
    dev: { default: ':memory:', environment: ['HUIZHI_DATABASE'] },
    doc: 'The database: a path relative to the working directory, :memory:, or postgres://user:password@host/name for PostgreSQL.',
  },
  {
    ...installation,
    name: 'databaseDirect',
    flag: '--database-direct',
    kind: 'string',
    value: '<address>',
    unset: 'the address of --database',
    environment: ['HUIZHI_DATABASE_DIRECT'],
    doc: 'The PostgreSQL server itself, as postgres://user:password@host/name, if --database points to a connection pooler such as PgBouncer. Used for notifications between processes, migrations and retention, which need a session of the server.',
  },
  createPasswordFileOption(installation.commands),
  ...storeOptions,
  {
    ...installation,
    inFile: false,
    name: 'config',
    flag: '--config',
    kind: 'string',
    value: '<path>',
    unset: 'huizhi.yaml if it exists',
    environment: ['HUIZHI_CONFIG'],
    // A huizhi.yaml in the working directory configures the server; dev must not open that database by accident.
    dev: { unset: 'none' },
    doc: 'Configuration file with options, and with organizations, apps and robots to create or update at start.',
  },
  ...tlsOptions,
  secretOption,
  createFileOption(secretOption),
  adminTokenOption,
  createFileOption(adminTokenOption),
  {
    ...server,
    name: 'readWindow',
    flag: '--read-window',
    kind: 'duration',
    value: '<duration>',
    default: '24h',
    environment: ['HUIZHI_READ_WINDOW'],
    minimum: 1,
    maximum: 3650 * day,
    doc: 'How long after the send readStatus can be queried.',
  },
  {
    ...server,
    name: 'retention',
    flag: '--retention',
    kind: 'duration',
    value: '<duration>',
    default: '90d',
    environment: ['HUIZHI_RETENTION'],
    minimum: 1,
    maximum: 3650 * day,
    doc: 'How long messages and receipts are kept. Not shorter than the read window. On PostgreSQL they are deleted by whole days (UTC), when all of a day is past its retention.',
  },
  {
    ...flagOnly,
    name: 'confirmRetention',
    flag: '--confirm-retention',
    commands: ['serve'],
    doc: 'Confirms that the clock is right: delete everything past its retention, even if the clock is more than an hour ahead of the newest time in the database and more than a tenth would be deleted. Without this option, such a sweep waits for a confirmation in the console.',
  },
  {
    ...server,
    name: 'statisticsRetention',
    flag: '--statistics-retention',
    kind: 'duration',
    value: '<duration>',
    default: '400d',
    environment: ['HUIZHI_STATISTICS_RETENTION'],
    minimum: 1,
    maximum: 36_500 * day,
    doc: 'How long the counts of messages and reads for the charts of the console are kept. They contain no names.',
  },
  {
    ...server,
    name: 'auditRetention',
    flag: '--audit-retention',
    kind: 'duration',
    value: '<duration>',
    default: '3650d',
    environment: ['HUIZHI_AUDIT_RETENTION'],
    minimum: 1,
    maximum: 36_500 * day,
    doc: 'How long the entries of the audit log are kept.',
  },
  {
    ...server,
    name: 'readTimestamp',
    flag: '--read-timestamp',
    kind: 'choice',
    value: '<form>',
    choices: readTimestamps,
    default: 'seconds',
    environment: ['HUIZHI_READ_TIMESTAMP'],
    doc: 'The form of readTimestamp in readStatus: epoch seconds as in the real service, milliseconds, or no readTimestamp.',
  },
  {
    ...server,
    name: 'remotePictures',
    flag: '--remote-pictures',
    kind: 'choice',
    value: '<rule>',
    choices: remotePictureRules,
    default: 'allow',
    environment: ['HUIZHI_REMOTE_PICTURES'],
    doc: 'Whether the inbox loads pictures in messages. The host of a picture learns the address of the reader and when the message was opened; with block the message shows a link instead.',
  },
  {
    ...server,
    name: 'noticeLimits',
    flag: '--notice-limits',
    kind: 'choice',
    value: '<rule>',
    choices: noticeLimitRules,
    default: 'lenient',
    environment: ['HUIZHI_NOTICE_LIMITS'],
    doc: "The limits of work notices: strict allows 100 userids, 20 departments and 2048 bytes, and returns results of up to 100 receivers, as the vendor's page says; lenient allows 5000 userids, 500 departments and texts of 5000 characters, as its SDK and its other pages do.",
  },
  {
    ...server,
    name: 'mediaQuota',
    flag: '--media-quota',
    kind: 'integer',
    value: '<mebibytes>',
    default: String(defaultMediaQuota.serve),
    environment: ['HUIZHI_MEDIA_QUOTA'],
    dev: { default: String(defaultMediaQuota.dev) },
    minimum: 0,
    maximum: 1024 * 1024,
    doc: 'Space for the uploaded files of one organization, in MiB. Further uploads are refused with errcode -1. 0 allows none.',
  },
  {
    ...server,
    name: 'qpsLimit',
    flag: '--qps-limit',
    kind: 'integer',
    value: '<number>',
    default: '0',
    environment: ['HUIZHI_QPS_LIMIT'],
    minimum: 0,
    maximum: 1_000_000,
    doc: 'Calls per second for each app and API before they are refused. 0 means no limit; the real service allows 20.',
  },
  {
    ...server,
    name: 'maxConnections',
    flag: '--max-connections',
    kind: 'integer',
    value: '<number>',
    default: '10000',
    environment: ['HUIZHI_MAX_CONNECTIONS'],
    minimum: 1,
    maximum: 1_000_000,
    doc: 'The maximum number of client connections; any further one gets 503. On Linux the maximum is also the limit of open files of the process minus 64.',
  },
  drainTimeOption,
  {
    ...server,
    name: 'noFastPath',
    flag: '--no-fast-path',
    kind: 'boolean',
    default: 'false',
    environment: ['HUIZHI_NO_FAST_PATH'],
    doc: 'Serve readStatus, batchSend and batchRecall with node:http, like all other calls, instead of on the fast path, which parses requests on the socket and costs less. The responses are the same. The environment variable takes true or false.',
  },
  ...scheduleOptions,
  ...webhookOptions,
  ...streamOptions,
  ...testOptions,
  ...logOptions,
  ...observeOptions,
  ...migrateOptions,
  ...backupOptions,
  ...oidcOptions,
  ...moveOptions,
  ...runOptions,
  ...clientOptions,
  ...mcpOptions,
  ...adminOptions,
  {
    ...flagOnly,
    name: 'json',
    flag: '--json',
    commands: commands.filter((command) => !['completion', 'mcp', 'run'].includes(command)),
    doc: 'Print results as JSON lines.',
  },
  { ...flagOnly, name: 'help', flag: '--help', short: '-h', commands, doc: 'Print the help text.' },
  { ...flagOnly, name: 'version', flag: '--version', short: '-V', commands, doc: 'Print the version.' },
];

/** Returns all long and short flags of one command, or of all commands. */
export function listFlags(command?: Command): readonly string[] {
  const own = options.filter((o) => o.argument !== false && (!command || o.commands.includes(command)));
  return own.flatMap((o) => [o.flag, o.short ?? o.flag]);
}
