/** The password of PostgreSQL in a file of its own, so that its address, which configurations name openly, has none. */
import type { Option, OptionValue } from './options/option.ts';
import { readFirstLine } from './secret-files.ts';
import { UsageError } from './values.ts';

/** `--database-password-file`, for the commands that open a database. */
export const createPasswordFileOption = (commands: Option['commands']): Option => ({
  commands,
  inFile: true,
  name: 'databasePasswordFile',
  flag: '--database-password-file',
  kind: 'string',
  value: '<path>',
  unset: 'none',
  environment: ['HUIZHI_DATABASE_PASSWORD_FILE'],
  doc: 'A file whose first line is the password of PostgreSQL. The addresses of --database, --database-direct, --from and --to then name the user, and no password.',
});

/** Scheme and user of an address without a password, and the rest of it. */
const withoutPassword = /^(postgres(?:ql)?:\/\/[^:@/?#]+)(@.*)$/is;

const isPostgres = (address: string) => /^postgres(ql)?:\/\//i.test(address);

/** An address as text, with the option that it comes from. */
type Given = { readonly address: string; readonly source: string };

/**
 * Returns a function that adds the password in the file to an address of PostgreSQL. It returns other databases
 * unchanged, and throws a UsageError if the address has no user, or has a password itself.
 */
export function readPasswordFile(file: OptionValue | undefined): (given: Given) => string {
  if (file === undefined) return ({ address }) => address;
  const password = readFirstLine(file);
  if (password === '') throw new UsageError(`the file of ${file.source} has an empty first line.`);
  return ({ address, source }) => {
    if (!isPostgres(address)) return address;
    const [, user, rest] = withoutPassword.exec(address) ?? [];
    // The message does not repeat the address, which may contain a password.
    if (user === undefined)
      throw new UsageError(
        `${file.source} has the password, so ${source} must name the user and no password: postgres://user@host/name.`,
      );
    return `${user}:${encodeURIComponent(password)}${rest}`;
  };
}

/** Refuses a server with the file but without PostgreSQL: it would store its data in a file that nobody expects. */
export function refuseUnusedPassword(file: OptionValue | undefined, command: string, database: string): void {
  if (file === undefined || command !== 'serve' || isPostgres(database)) return;
  throw new UsageError(`${file.source} has the password of PostgreSQL, but --database is a file: name the server.`);
}
