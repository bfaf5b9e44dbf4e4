/** Users in CSV files. */
import { UsageError } from '../../config/options.ts';
import { readBytes } from '../input.ts';
import { print, printJson, report } from '../output.ts';
import { createFile } from './files.ts';
import { type AdminRun, corpOf, type Session } from './session.ts';
import { formatMember } from './show.ts';

/** Imports users from a CSV file, all or none. Returns 1 if a line is invalid. */
export const importUsers: AdminRun = async (session) => {
  const csv = await readCsvFile(session);
  const { dryRun, json, client } = session;
  const answer = await client.call('POST', '/console/v1/users/import', { body: { ...corpOf(session), csv, dryRun } });
  const { errors, created, renamed, changed, unchanged } = answer;
  if (json) printJson([answer]);
  else
    print(
      [
        ['created', created],
        ['renamed', renamed],
        ['changed', changed],
        ['unchanged', unchanged],
      ].map(renderCount),
    );
  const path = session.given.need('file');
  report(errors.map(({ line, message }) => `${path === '-' ? 'line ' : `${path}:`}${line}: ${message}`));
  if (errors.length > 0) report(['Nothing was changed: correct these lines and import the file again.']);
  else if (dryRun) report(['Nothing was changed, because of --dry-run.']);
  return errors.length > 0 ? 1 : 0;
};

const renderCount = ([name = '', count]: readonly (string | number)[]) =>
  `${String(name).padEnd(9)}  ${formatMember('count', count)}`;

/** Writes all users as CSV to a file, with the mark by which spreadsheet programs recognize UTF-8, or to stdout. */
export const exportUsers: AdminRun = async (session) => {
  if (session.json) throw new UsageError('An export is CSV: huizhi admin users list --json prints users as JSON.');
  const out = session.given.text('out');
  const csv = await session.client.download('/console/v1/users.csv', corpOf(session));
  if (out === undefined) print(csv.split('\r\n').slice(0, -1));
  else createFile(out, '--out').write(`\ufeff${csv}`);
  return 0;
};

/** Reads the CSV file of `--file`. Throws a UsageError if it is not text in UTF-8. */
export async function readCsvFile({ given }: Session): Promise<string> {
  const path = given.need('file');
  const bytes = await readBytes(path, '--file');
  const text = decode(bytes);
  if (text === undefined) throw new UsageError(`--file ${path} is not UTF-8: save it as CSV UTF-8.`);
  const at = text.indexOf('\0');
  if (at < 0) return text;
  const line = text.slice(0, at).split(/\r\n|\n|\r/).length;
  throw new UsageError(`--file ${path}:${line}: there is a NUL character, which no field can have: remove it.`);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
