/** Sign-in links: each signs in one user once. */
import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../../client/errors.ts';
import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { escapeFormula, parseCsv, parseCsvField, renderCsvRow } from '../../wire/csv.ts';
import { describeFailedCall, renderError } from '../advice.ts';
import { print, printJson, report } from '../output.ts';
import { createProgressBar } from '../progress.ts';
import { renderTable } from '../table.ts';
import { adviseOnAdmin } from './advice.ts';
import { createFile } from './files.ts';
import { type AdminRun, corpOf, type Session } from './session.ts';
import { readCsvFile } from './user-files.ts';
import { readCurrent } from './users.ts';

type Receiver = { readonly userId: string; readonly name: string };
type Link = Receiver & { readonly url: string; readonly expiresAt: string };
type Failure = Receiver & { readonly error: ClientError };

export const links: Readonly<Record<VerbOf<'links'>, AdminRun>> = {
  /** Creates a link for each user. Returns 1 if there is none for one of them. */
  async create(session) {
    const receivers = await readReceivers(session);
    if (session.dryRun) return checkReceivers(session, receivers);
    const output = await openOutput(session, receivers);
    const { done, failures } = await forEach(receivers, (one) => createLink(session, one), output.add);
    if (done.length > 0) output.end(done);
    else output.discard();
    return reportFailures(session, failures, `Created ${done.length} of ${formatCount(receivers.length)}.`);
  },
};

const formatCount = (count: number) => `${count} link${count === 1 ? '' : 's'}`;

/** Returns the users of the command line and of `--file`. Throws a UsageError if there are none. */
async function readReceivers(session: Session): Promise<readonly Receiver[]> {
  const listed = session.given.has('file') ? parseReceivers(await readCsvFile(session)) : [];
  const all = [...session.operands.map((userId) => ({ userId, name: '' })), ...listed];
  const distinct = new Map(all.map((one) => [one.userId, one]));
  if (distinct.size > 0) return [...distinct.values()];
  throw new UsageError('There is no userId: name users, or a CSV file with --file.');
}

/**
 * Parses a CSV file: the columns `userId` and `name` of its header, or else the first column. Throws a UsageError for a
 * line that is not CSV.
 */
function parseReceivers(csv: string): readonly Receiver[] {
  const records = [...parseCsv(csv)];
  const broken = records.find(({ problem }) => problem !== undefined);
  if (broken) throw new UsageError(`--file line ${broken.line}: ${broken.problem}.`);
  const head = records[0]?.fields.map((field) => field.trim().toLowerCase()) ?? [];
  const [id, name] = [head.indexOf('userid'), head.indexOf('name')];
  return records.slice(id < 0 ? 0 : 1).flatMap(({ fields }) => {
    const at = (column: number) => parseCsvField((fields[column] ?? '').trim());
    const userId = at(Math.max(id, 0));
    return userId === '' ? [] : { userId, name: at(id < 0 ? -1 : name) };
  });
}

/** How many calls run at a time. */
const parallel = 4;

type Outcome<T> = { readonly done: readonly T[]; readonly failures: readonly Failure[] };

/** Errors that concern one user; after others, such as a server that is away, no further user is tried. */
const isOfUser = /^huizhi\.(?:notFound|badRequest)$/;

/**
 * Calls `work` for each user, and returns the results in their order. `onDone` is called with each result, too, as soon
 * as the calls for the users before it have ended.
 */
async function forEach<T>(
  receivers: readonly Receiver[],
  work: (one: Receiver) => Promise<T>,
  onDone: (value: T) => void = () => {},
): Promise<Outcome<T>> {
  const progress = createProgressBar('links');
  const results = new Array<{ readonly value: T } | Failure | undefined>(receivers.length);
  const queue = receivers.entries();
  let ended = 0;
  let passed = 0;
  let isStopped = false;
  const run = async () => {
    for (const [i, one] of queue) {
      if (isStopped) return;
      try {
        results[i] = { value: await work(one) };
      } catch (error) {
        if (!(error instanceof ClientError)) throw error;
        results[i] = { ...one, error };
        isStopped ||= !isOfUser.test(error.code);
      }
      progress.at(++ended, receivers.length);
      for (let next = results[passed]; next; next = results[++passed]) if ('value' in next) onDone(next.value);
    }
  };
  try {
    await Promise.all(Array.from({ length: parallel }, run));
  } finally {
    progress.end();
  }
  return {
    done: results.flatMap((one) => (one && 'value' in one ? one.value : [])),
    failures: results.flatMap((one) => (one && 'error' in one ? one : [])),
  };
}

async function createLink(session: Session, one: Receiver): Promise<Link> {
  const validFor = session.given.number('validFor');
  const { name, url, expiresAt } = await session.client.call('POST', '/console/v1/signInCodes', {
    body: { ...corpOf(session), userId: one.userId, ...(validFor !== undefined && { validFor }) },
  });
  return { userId: one.userId, name: one.name || name, url, expiresAt: new Date(expiresAt).toISOString() };
}

async function checkReceivers(session: Session, receivers: readonly Receiver[]): Promise<number> {
  const { done, failures } = await forEach(receivers, ({ userId }) => readCurrent(session, userId));
  if (session.json) printJson(done.map(({ userId, name }) => ({ dryRun: true, userId, name })));
  else if (done.length > 0) print(renderTable([['userId', 'name'], ...done.map(({ userId, name }) => [userId, name])]));
  return reportFailures(
    session,
    failures,
    `Would have created ${done.length} of ${formatCount(receivers.length)}; nothing was changed.`,
  );
}

function reportFailures(session: Session, failures: readonly Failure[], summary: string): number {
  const { json, access } = session;
  if (json) printJson(failures.map(({ userId, error }) => ({ userId, error: renderError(error) })));
  report(
    failures.map(
      ({ userId, error }) => `${userId}: ${describeFailedCall(error, adviseOnAdmin(error, access.endpoint))}`,
    ),
  );
  report([summary]);
  return failures.length > 0 ? 1 : 0;
}

const columns = ['userId', 'name', 'url', 'expiresAt'] as const;

type Output = { add(link: Link): void; end(created: readonly Link[]): void; discard(): void };

const renderRow = (link: Link) => renderCsvRow(columns.map((column) => escapeFormula(link[column])));

/**
 * Returns how links are printed, or written to the file of `--out` and the folder of `--qr`. Both are created at once,
 * and each link is written as soon as it is created: links can be used only once, so none may be created that cannot be
 * written, and none is lost if the command is interrupted. Without links, nothing is left of both. Throws a UsageError if
 * one of them exists.
 */
async function openOutput({ given, json, csv }: Session, receivers: readonly Receiver[]): Promise<Output> {
  const [out, folder] = [given.text('out'), given.text('pictures')];
  const file = out === undefined ? undefined : createFile(out, '--out');
  if (folder !== undefined) createFolder(folder, () => file?.discard());
  const addPicture = folder === undefined ? undefined : await openPictures(folder, receivers.length);
  let added = 0;
  return {
    add(link) {
      if (added++ === 0) file?.append(`\ufeff${columns.join(',')}\r\n`);
      file?.append(`${renderRow(link)}\r\n`);
      addPicture?.(link, added);
    },
    end(created) {
      if (file) file.close();
      else if (json) printJson(created);
      else if (csv) print([columns.join(','), ...created.map(renderRow)]);
      else print(renderTable([columns, ...created.map((one) => columns.map((column) => one[column]))]));
    },
    discard() {
      file?.discard();
      if (folder !== undefined) rmdirSync(folder);
    },
  };
}

function createFolder(path: string, failed: () => void): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (cause) {
    failed();
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const advice = code === 'EEXIST' ? 'it exists already: name a new folder' : `it cannot be created (${code})`;
    throw new UsageError(`--qr ${path}: ${advice}.`, { cause });
  }
}

/** Returns what writes the QR code of a link to a folder. The names begin with the number of the link. */
async function openPictures(folder: string, count: number) {
  const { renderSVG } = await import('uqr');
  const digits = String(count).length;
  return ({ userId, url }: Link, number: number) => {
    const prefix = String(number).padStart(digits, '0');
    createFile(join(folder, `${prefix}-${toFileName(userId)}.svg`), '--qr').write(renderSVG(url, { border: 4 }));
  };
}

/** A userId as a part of a file name: other characters than letters, digits, `-` and `_` are replaced. */
const toFileName = (userId: string) => userId.replaceAll(/[^\p{L}\p{N}_-]/gu, '_').slice(0, 40);
