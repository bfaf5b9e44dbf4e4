import type { Option, OptionValue } from './option.ts';
import { UsageError } from './values.ts';

/** The options of `huizhi backup`. */
export const backupOptions: readonly Option[] = [
  {
    name: 'backupEndpoint',
    flag: '--endpoint',
    kind: 'string',
    value: '<url>',
    unset: 'the address of --host and --port, if a huizhi has the database open',
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
];

/** The validated options of `huizhi backup`. */
export type BackupConfig = {
  /** The running huizhi whose database `backup` copies. */
  readonly backupEndpoint?: string;
  /** Whether `backup` replaces a file. */
  readonly force?: boolean;
};

/** Reads the options of `huizhi backup`. Throws a UsageError. */
export function readBackup(find: (name: string) => OptionValue | undefined): BackupConfig {
  const endpoint = find('backupEndpoint');
  return {
    ...(endpoint && { backupEndpoint: parseEndpoint(endpoint) }),
    ...(find('force') && { force: true }),
  };
}

function parseEndpoint({ text, source }: OptionValue): string {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/') return url.origin;
  throw new UsageError(`${source} must be the URL of a huizhi without a path, such as http://127.0.0.1:8720.`);
}
