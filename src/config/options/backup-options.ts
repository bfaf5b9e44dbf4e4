import { UsageError } from '../values.ts';
import type { Option, OptionValue } from './option.ts';

/** The options of `huizhi backup` and `huizhi restore`. */
export const backupOptions: readonly Option[] = [
  {
    name: 'backupEndpoint',
    flag: '--endpoint',
    kind: 'string',
    value: '<url>',
    unset: 'the database file is copied, which no process may have open',
    environment: [],
    commands: ['backup'],
    inFile: false,
    doc: 'The running huizhi that sends a copy of its database. It needs the admin token.',
  },
  {
    name: 'force',
    flag: '--force',
    kind: 'boolean',
    environment: [],
    commands: ['backup'],
    inFile: false,
    doc: 'Replace the file if it exists. It stays as it is until the new one is complete and checked.',
  },
  {
    name: 'finish',
    flag: '--finish',
    kind: 'boolean',
    environment: [],
    commands: ['restore'],
    inFile: false,
    doc: 'Finish a restore by other tools, such as pg_restore: move the numbers of the streams in --database ahead, and check it. There is no backup to name.',
  },
];

/** The options of the backups that `huizhi serve` makes. */
export const scheduleOptions: readonly Option[] = [
  {
    name: 'backupDir',
    flag: '--backup-dir',
    kind: 'string',
    value: '<folder>',
    unset: 'no backups are made',
    environment: ['HUIZHI_BACKUP_DIR'],
    commands: ['serve'],
    inFile: true,
    doc: 'A folder into which the server writes backups of its SQLite database. It is created if there is none.',
  },
  {
    name: 'backupEvery',
    flag: '--backup-every',
    kind: 'duration',
    value: '<duration>',
    default: '24h',
    environment: ['HUIZHI_BACKUP_EVERY'],
    minimum: 60_000,
    maximum: 366 * 86_400_000,
    commands: ['serve'],
    inFile: true,
    doc: 'The time from one backup in --backup-dir to the next.',
  },
  {
    name: 'backupAt',
    flag: '--backup-at',
    kind: 'string',
    value: '<HH:MM>',
    unset: 'the time of day of the last backup',
    environment: ['HUIZHI_BACKUP_AT'],
    commands: ['serve'],
    inFile: true,
    doc: 'The time of day of the backups in --backup-dir, such as 03:30, in the time zone of the machine or of the environment variable TZ. --backup-every is then a number of days.',
  },
  {
    name: 'backupKeep',
    flag: '--backup-keep',
    kind: 'integer',
    value: '<number>',
    default: '7',
    environment: ['HUIZHI_BACKUP_KEEP'],
    minimum: 1,
    maximum: 10_000,
    commands: ['serve'],
    inFile: true,
    doc: 'How many backups stay in --backup-dir. After a new one, the oldest are deleted.',
  },
];

/** A time of day, in minutes after midnight, and on each of how many days. */
type BackupDays = { readonly minutes: number; readonly days: number };

/** The validated options of backups. */
export type BackupConfig = {
  /** The running huizhi whose database `backup` copies. */
  readonly backupEndpoint?: string;
  /** Whether `backup` replaces a file. */
  readonly force?: boolean;
  /** Whether `restore` finishes a restore by other tools. */
  readonly finish?: boolean;
  /** Where `serve` writes backups, how often (milliseconds) or at which time of day, and how many stay. */
  readonly backups?: { readonly folder: string; readonly every: number | BackupDays; readonly keep: number };
};

/** Reads the options of backups. Throws a UsageError. */
export function readBackup(
  find: (name: string) => OptionValue | undefined,
  text: (name: string) => string | undefined,
  number: (name: string) => number,
): BackupConfig {
  const endpoint = find('backupEndpoint');
  const folder = text('backupDir');
  const at = text('backupAt') === undefined ? undefined : find('backupAt');
  const every = readInterval(at, number('backupEvery'));
  if (folder === undefined && typeof every !== 'number')
    throw new UsageError(`${at?.source} needs a folder: set --backup-dir, too.`);
  const plan = folder === undefined ? undefined : { folder, every, keep: number('backupKeep') };
  return {
    ...(endpoint && { backupEndpoint: parseEndpoint(endpoint) }),
    ...(find('force') && { force: true }),
    ...(find('finish') && { finish: true }),
    ...(plan && { backups: plan }),
  };
}

const day = 86_400_000;

function readInterval(at: OptionValue | undefined, every: number): number | BackupDays {
  if (!at) return every;
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(at.text) ?? [];
  if (minutes === undefined)
    throw new UsageError(`${at.source} "${at.text}" must be a time of day from 00:00 to 23:59, such as 03:30.`);
  if (every % day !== 0)
    throw new UsageError(`${at.source} is a time of day: --backup-every must be whole days, such as 1d or 7d.`);
  return { minutes: Number(hours) * 60 + Number(minutes), days: every / day };
}

function parseEndpoint({ text, source }: OptionValue): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new UsageError(`${source} must be the URL of a huizhi without a path, such as http://127.0.0.1:8720.`);
}
