import { ApiError, type Change, type Client, ClientError, type ClientEvent, type Receipt } from '../client/index.ts';
import { UsageError } from '../config/options.ts';
import type { Access, ClientConfig } from '../config/read-client.ts';
import { plainError, tell } from './advice.ts';
import type { ClientRun } from './command.ts';
import { connect } from './connect.ts';
import { linesOf } from './input.ts';
import { control, print, printJson, report } from './output.ts';
import { csvRow, nameCell, table, timeText } from './table.ts';

/** `huizhi status`: 0 when every message could be asked for, 1 otherwise. */
export const status: ClientRun = async (config) => {
  const keys = await keysOf(config);
  return config.watch ? watch(keys, config) : once(await connect(config.access), keys, config);
};

/** The keys of the command line; `-` stands for those on standard input, the first word of each line. Throws a UsageError for none. */
export async function keysOf({ operands }: ClientConfig): Promise<readonly string[]> {
  if (operands.some((one) => one.trim() === ''))
    throw new UsageError('One of the processQueryKeys is empty: see whether the variable that should hold it is set.');
  if (operands.filter((one) => one === '-').length > 1)
    throw new UsageError('- is given twice; standard input can be read once.');
  const lists = await Promise.all(operands.map(async (one) => (one === '-' ? linesOf(one, '-') : [one])));
  const keys = new Set(lists.flat().flatMap(keysIn));
  if (keys.size === 0)
    throw new UsageError('No processQueryKey came on standard input: huizhi send prints one for every 20 users.');
  return [...keys];
}

/** The keys of a line: its first word, or what `huizhi send --json` prints, whose last line names no message. */
function keysIn(line: string): readonly string[] {
  const text = line.trim();
  if (!text.startsWith('{')) return [text.split(/\s/)[0] ?? ''];
  try {
    const { processQueryKey }: { processQueryKey?: unknown } = JSON.parse(text);
    return typeof processQueryKey === 'string' && processQueryKey !== '' ? [processQueryKey] : [];
  } catch {
    throw new UsageError('A line of standard input begins with { and is not JSON: see whether it is whole.');
  }
}

async function once(client: Client, keys: readonly string[], config: ClientConfig): Promise<number> {
  const { csv, json, access } = config;
  const receipts: Receipt[] = [];
  let failed = 0;
  if (csv) print([csvHead]);
  for (const key of keys) {
    try {
      const receipt = await client.readStatus(key);
      receipts.push(receipt);
      if (json) printJson([receipt]);
      else if (csv) print(csvOf(receipt));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed++;
      if (json) printJson([{ processQueryKey: key, error: plainError(error) }]);
      report([`${key}: ${tell(error, access)}`]);
    }
  }
  if (!json && !csv) print(people(receipts));
  return failed > 0 ? 1 : 0;
}

/** All receipts for people: their sum, and one table of their recipients. A send to many people is many messages. */
function people(receipts: readonly Receipt[]): readonly string[] {
  if (receipts.length === 0) return [];
  const recipients = receipts.flatMap((receipt) => receipt.recipients);
  const read = recipients.filter((one) => one.read).length;
  const rows = recipients.map((one) => [one.userId, one.name, stateOf(one.read), timeText(one.readAt)]);
  const body = recipients.length === 0 ? [] : table([['userId', 'name', 'status', 'read at'], ...rows]);
  const left = receipts.reduce((sum, receipt) => sum + receipt.left, 0);
  const apart = left === 0 ? '' : `, ${left} left without reading`;
  const head = `${headOf(receipts)}  ${read} of ${recipients.length - left} read${apart}`;
  return [head, ...body.map((line) => `  ${line}`)];
}

/** The key and status of one message; of several their number and how many have which status. */
function headOf(receipts: readonly Receipt[]): string {
  const [first] = receipts;
  if (first && receipts.length === 1) return `${first.processQueryKey}  ${first.status}`;
  const states = [...new Set(receipts.map((receipt) => receipt.status))];
  const counts = states.map((state) => `${receipts.filter((receipt) => receipt.status === state).length} ${state}`);
  return `${receipts.length} messages  ${counts.join(', ')}`;
}

const stateOf = (read: boolean) => (read ? 'READ' : 'UNREAD');

const csvHead = 'processQueryKey,sendStatus,userId,name,readStatus,readAt';

function csvOf({ processQueryKey, status: state, recipients }: Receipt): readonly string[] {
  return recipients.map(({ userId, name, read, readAt }) => {
    const time = readAt === undefined ? '' : new Date(readAt).toISOString();
    return csvRow([processQueryKey, state, nameCell(userId), nameCell(name), stateOf(read), time]);
  });
}

/** Follows messages to their end; CSV is printed then, a terminal is redrawn, and everything else gets a line for each change. */
async function watch(keys: readonly string[], config: ClientConfig): Promise<number> {
  const { interval, csv, json, access } = config;
  const receipts = new Map<string, Receipt>();
  const terminal = !csv && !json && process.stdout.isTTY ? screen() : undefined;
  const complain = (sentence: string) => {
    report([sentence]);
    terminal?.keep();
  };
  const client = await connect(access, outages(access, complain));
  let failed = 0;
  for await (const change of client.watch(keys, interval === undefined ? {} : { interval: () => interval })) {
    if (change.receipt) receipts.set(change.processQueryKey, change.receipt);
    if (terminal) terminal.draw(people([...receipts.values()]));
    else if (json) printJson([plain(change)]);
    else if (!csv) print([sentence(change)]);
    if (change.type !== 'end' || !change.error) continue;
    failed++;
    complain(`${change.processQueryKey}: ${tell(change.error, access)}`);
  }
  if (csv) print([csvHead, ...[...receipts.values()].flatMap(csvOf)]);
  return failed > 0 ? 1 : 0;
}

/** A watch waits for a server that is away, and says so once for each time that it goes. */
function outages(access: Access, complain: (sentence: string) => void): (event: ClientEvent) => void {
  let away = false;
  return (event) => {
    if (event.type === 'answer' && event.status < 500) away = false;
    if (event.type !== 'retry' || away || (event.error instanceof ApiError && event.error.status < 500)) return;
    away = true;
    complain(`Asking again: ${tell(event.error, access)}`);
  };
}

type Screen = {
  draw(lines: readonly string[]): void;
  /** Leaves what is drawn where it is, and goes on below. */
  keep(): void;
};

/** Draws lines over those it drew before, no more than the terminal is high. */
function screen(): Screen {
  let drawn = 0;
  return {
    draw(lines) {
      const room = (process.stdout.rows || 24) - 1;
      const more = lines.length - room;
      const fit = more <= 0 ? lines : [...lines.slice(0, room - 1), `… ${more + 1} lines more`];
      if (drawn > 0) control(process.stdout, `\u001b[${drawn}A\u001b[J`);
      print(fit);
      drawn = fit.length;
    },
    keep() {
      drawn = 0;
    },
  };
}

function plain(change: Change): object {
  const { type, processQueryKey } = change;
  if (type === 'status') return { type, processQueryKey, status: change.status };
  if (type === 'end') return { type, processQueryKey, reason: change.reason, code: change.error?.code };
  return { type, processQueryKey, ...change.recipient };
}

const ends = {
  allRead: 'all have read',
  recalled: 'recalled',
  windowClosed: 'can no longer be asked for',
  failed: 'failed',
};

function sentence(change: Change): string {
  const { processQueryKey } = change;
  if (change.type === 'status') return `${processQueryKey}  ${change.status}`;
  if (change.type === 'end') return `${processQueryKey}  ${ends[change.reason]}`;
  const { userId, name, readAt } = change.recipient;
  return `${processQueryKey}  READ by ${name} (${userId})${readAt === undefined ? '' : ` at ${timeText(readAt)}`}`;
}
