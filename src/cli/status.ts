import { type Change, type Client, ClientError, type Receipt } from '../client/index.ts';
import type { ClientConfig } from '../config-client-read.ts';
import { tell } from './advice.ts';
import { connect } from './connect.ts';
import { linesOf } from './input.ts';
import type { ClientRun } from './run-client.ts';
import { csvRow, nameCell, table, tame, timeText } from './table.ts';

/** `huizhi status`: 0 when every message could be asked for, 1 otherwise. */
export const status: ClientRun = async (config) => {
  const keys = await keysOf(config);
  const client = await connect(config.access);
  return config.watch ? watch(client, keys, config) : once(client, keys, config);
};

/** The keys of the command line; `-` stands for those on standard input, the first word of each line. */
export async function keysOf({ operands }: ClientConfig): Promise<readonly string[]> {
  const lists = await Promise.all(operands.map(async (one) => (one === '-' ? linesOf(one, '-') : [one])));
  return [...new Set(lists.flat().map((line) => line.trim().split(/\s/)[0] ?? ''))];
}

const say = (lines: readonly string[]) => void process.stdout.write(lines.map((line) => `${line}\n`).join(''));

async function once(client: Client, keys: readonly string[], config: ClientConfig): Promise<number> {
  let failed = 0;
  if (config.csv) say([csvHead]);
  for (const key of keys) {
    try {
      say(shown(await client.readStatus(key), config));
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      failed++;
      process.stderr.write(`${key}: ${tell(error, config.access)}\n`);
    }
  }
  return failed > 0 ? 1 : 0;
}

/** A receipt in the form that was asked for. */
function shown(receipt: Receipt, { csv, json }: ClientConfig): readonly string[] {
  if (json) return [JSON.stringify(receipt)];
  return csv ? csvOf(receipt) : people(receipt);
}

function people({ processQueryKey, status: state, recipients }: Receipt): readonly string[] {
  const read = recipients.filter((one) => one.read).length;
  const rows = recipients.map((one) => [tame(one.userId), tame(one.name), stateOf(one.read), timeText(one.readAt)]);
  const body = recipients.length === 0 ? [] : table([['userId', 'name', 'status', 'read at'], ...rows]);
  return [`${processQueryKey}  ${state}  ${read} of ${recipients.length} read`, ...body.map((line) => `  ${line}`)];
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
async function watch(client: Client, keys: readonly string[], config: ClientConfig): Promise<number> {
  const { interval, csv, json, access } = config;
  const receipts = new Map<string, Receipt>();
  const redraw = !csv && !json && process.stdout.isTTY ? screen() : undefined;
  let failed = 0;
  for await (const change of client.watch(keys, interval === undefined ? {} : { interval: () => interval })) {
    if (change.receipt) receipts.set(change.processQueryKey, change.receipt);
    if (redraw) redraw([...receipts.values()].flatMap(people));
    else if (!csv) say([json ? JSON.stringify(plain(change)) : sentence(change)]);
    if (change.type !== 'end' || !change.error) continue;
    failed++;
    process.stderr.write(`${change.processQueryKey}: ${tell(change.error, access)}\n`);
  }
  if (csv) say([csvHead, ...[...receipts.values()].flatMap(csvOf)]);
  return failed > 0 ? 1 : 0;
}

/** Draws lines over those it drew before, no more than the terminal is high. */
function screen(): (lines: readonly string[]) => void {
  let drawn = 0;
  return (lines) => {
    const room = (process.stdout.rows || 24) - 1;
    const fit = lines.length <= room ? lines : [...lines.slice(0, room - 1), `… ${lines.length - room + 1} lines more`];
    process.stdout.write(drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '');
    say(fit);
    drawn = fit.length;
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
  return `${processQueryKey}  READ by ${tame(name)} (${tame(userId)})${readAt === undefined ? '' : ` at ${timeText(readAt)}`}`;
}
