import { ApiError, type Change, type Client, ClientError, type ClientEvent, type Receipt } from '../../client/index.ts';
import { UsageError } from '../../config/options.ts';
import type { Access, ClientConfig } from '../../config/read-client.ts';
import { escapeFormula, renderCsvRow } from '../../wire/csv.ts';
import { describeError, renderError } from '../advice.ts';
import type { ClientRun } from '../command.ts';
import { readLines } from '../input.ts';
import { isOutputClosed, print, printJson, report, writeControl } from '../output.ts';
import { formatTime, renderTable } from '../table.ts';
import { connect } from './connect.ts';
import { printReaders } from './groups.ts';

/** `huizhi status`: prints who has read messages. Returns 0 if every message could be queried, else 1. */
export const status: ClientRun = async (config) => {
  const keys = await readKeys(config);
  if (config.group !== undefined) return printReaders(config, config.group, keys);
  return config.watch ? watch(keys, config) : printOnce(await connect(config.access), keys, config);
};

/**
 * Returns the distinct processQueryKeys of the command line. `-` reads more from standard input, where each line is a
 * key (its first word) or a JSON line of `huizhi send --json`. Throws a UsageError if there are no keys, or if one is
 * empty.
 */
export async function readKeys({ operands }: ClientConfig): Promise<readonly string[]> {
  if (operands.some((one) => one.trim() === ''))
    throw new UsageError('A processQueryKey is empty: check that the shell variable is set.');
  if (operands.filter((one) => one === '-').length > 1)
    throw new UsageError('- is given twice; standard input can be read only once.');
  const lists = await Promise.all(operands.map(async (one) => (one === '-' ? readLines(one, '-') : [one])));
  const keys = new Set(lists.flat().flatMap(parseKeys));
  if (keys.size === 0)
    throw new UsageError('Standard input contains no processQueryKey: huizhi send prints one for every 20 users.');
  return [...keys];
}

/** Returns the key on a line, if any: the last line of `huizhi send --json` is a summary without a key. */
function parseKeys(line: string): readonly string[] {
  const text = line.trim();
  if (!text.startsWith('{')) return [text.split(/\s/)[0] ?? ''];
  try {
    const { processQueryKey }: { processQueryKey?: unknown } = JSON.parse(text);
    return typeof processQueryKey === 'string' && processQueryKey !== '' ? [processQueryKey] : [];
  } catch {
    throw new UsageError('A line of standard input begins with { but is not valid JSON: check that it is complete.');
  }
}

async function printOnce(client: Client, keys: readonly string[], config: ClientConfig): Promise<number> {
  const { csv, json, access } = config;
  const receipts: Receipt[] = [];
  let failed = 0;
  if (csv) print([csvHead]);
  for (const key of keys) {
    if (isOutputClosed()) break;
    try {
      const receipt = await client.readStatus(key);
      receipts.push(receipt);
      if (json) printJson([receipt]);
      else if (csv) print(renderCsv(receipt));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed++;
      if (json) printJson([{ processQueryKey: key, error: renderError(error) }]);
      report([`${key}: ${describeError(error, access)}`]);
    }
  }
  if (!json && !csv) print(renderReceipts(receipts));
  return failed > 0 ? 1 : 0;
}

/**
 * Renders receipts for the terminal: a summary, and one table of all recipients. A send to more than 20 users makes
 * several messages.
 */
function renderReceipts(receipts: readonly Receipt[]): readonly string[] {
  if (receipts.length === 0) return [];
  const recipients = receipts.flatMap((receipt) => receipt.recipients);
  const read = recipients.filter((one) => one.read).length;
  const rows = recipients.map((one) => [one.userId, one.name, formatReadState(one.read), formatTime(one.readAt)]);
  const body = recipients.length === 0 ? [] : renderTable([['userId', 'name', 'status', 'read at'], ...rows]);
  const left = receipts.reduce((sum, receipt) => sum + receipt.left, 0);
  const apart = left === 0 ? '' : `, ${left} left without reading`;
  const head = `${renderHead(receipts)}  ${read} of ${recipients.length - left} read${apart}`;
  return [head, ...body.map((line) => `  ${line}`)];
}

/** For one message, its key and status; for several, how many there are in all and in each status. */
function renderHead(receipts: readonly Receipt[]): string {
  const [first] = receipts;
  if (first && receipts.length === 1) return `${first.processQueryKey}  ${first.status}`;
  const states = [...new Set(receipts.map((receipt) => receipt.status))];
  const counts = states.map((state) => `${receipts.filter((receipt) => receipt.status === state).length} ${state}`);
  return `${receipts.length} messages  ${counts.join(', ')}`;
}

const formatReadState = (read: boolean) => (read ? 'READ' : 'UNREAD');

const csvHead = 'processQueryKey,sendStatus,userId,name,readStatus,readAt';

function renderCsv({ processQueryKey, status: state, recipients }: Receipt): readonly string[] {
  return recipients.map(({ userId, name, read, readAt }) => {
    const time = readAt === undefined ? '' : new Date(readAt).toISOString();
    return renderCsvRow([
      processQueryKey,
      state,
      escapeFormula(userId),
      escapeFormula(name),
      formatReadState(read),
      time,
    ]);
  });
}

/**
 * Watches messages until all have ended. A terminal is redrawn on each change, CSV is printed at the end, other output
 * gets a line a change.
 */
async function watch(keys: readonly string[], config: ClientConfig): Promise<number> {
  const { interval, csv, json, access } = config;
  const receipts = new Map<string, Receipt>();
  const terminal = !csv && !json && process.stdout.isTTY ? createScreen() : undefined;
  const warn = (sentence: string) => {
    report([sentence]);
    terminal?.keep();
  };
  const client = await connect(access, createOutageReporter(access, warn));
  let failed = 0;
  for await (const change of client.watch(keys, interval === undefined ? {} : { interval: () => interval })) {
    if (isOutputClosed()) break;
    if (change.receipt) receipts.set(change.processQueryKey, change.receipt);
    if (terminal) terminal.draw(renderReceipts([...receipts.values()]));
    else if (json) printJson([renderChange(change)]);
    else if (!csv) print([describeChange(change)]);
    if (change.type !== 'end' || !change.error) continue;
    failed++;
    warn(`${change.processQueryKey}: ${describeError(change.error, access)}`);
  }
  if (csv) print([csvHead, ...[...receipts.values()].flatMap(renderCsv)]);
  return failed > 0 ? 1 : 0;
}

/** Returns an event handler that warns once per outage: a watch retries silently while the server is unreachable. */
function createOutageReporter(access: Access, warn: (sentence: string) => void): (event: ClientEvent) => void {
  let away = false;
  return (event) => {
    if (event.type === 'answer' && event.status < 500) away = false;
    if (event.type !== 'retry' || away || (event.error instanceof ApiError && event.error.status < 500)) return;
    away = true;
    warn(`Retrying: ${describeError(event.error, access)}`);
  };
}

type Screen = {
  draw(lines: readonly string[]): void;
  /** Leaves the drawn lines on the terminal; the next draw starts below them. */
  keep(): void;
};

/** Creates a screen whose `draw` replaces the lines it drew before, cut to the height of the terminal. */
function createScreen(): Screen {
  let drawn = 0;
  return {
    draw(lines) {
      const room = (process.stdout.rows || 24) - 1;
      const more = lines.length - room;
      const fit = more <= 0 ? lines : [...lines.slice(0, room - 1), `… ${more + 1} more lines`];
      if (drawn > 0) writeControl(process.stdout, `\u001b[${drawn}A\u001b[J`);
      print(fit);
      drawn = fit.length;
    },
    keep() {
      drawn = 0;
    },
  };
}

function renderChange(change: Change): object {
  const { type, processQueryKey } = change;
  if (type === 'status') return { type, processQueryKey, status: change.status };
  if (type === 'end') return { type, processQueryKey, reason: change.reason, code: change.error?.code };
  return { type, processQueryKey, ...change.recipient };
}

const ends = {
  allRead: 'all have read',
  recalled: 'recalled',
  windowClosed: 'can no longer be queried',
  failed: 'failed',
};

function describeChange(change: Change): string {
  const { processQueryKey } = change;
  if (change.type === 'status') return `${processQueryKey}  ${change.status}`;
  if (change.type === 'end') return `${processQueryKey}  ${ends[change.reason]}`;
  const { userId, name, readAt } = change.recipient;
  return `${processQueryKey}  READ by ${name} (${userId})${readAt === undefined ? '' : ` at ${formatTime(readAt)}`}`;
}
