import { expect } from 'vitest';
import { type Connection, connection, type StreamEvent } from './connection.ts';
import { type Ledger, type Listed, learn, type Sent } from './ledger.ts';
import { inboxHeaders, type Load, sendUnsure, statusOf } from './load.ts';
import { users } from './server.ts';

/** How far a user's stream was read: its last number, and how often each event occurred. */
export type Stream = { last: number; readonly told: Map<string, number> };

export const newStreams = (): ReadonlyMap<string, Stream> =>
  new Map(users.map((user) => [user, { last: 0, told: new Map() }]));

/**
 * Checks a restarted server for everything acknowledged since the last check; reads its streams from where that ended.
 */
export async function verify(load: Load, streams: ReadonlyMap<string, Stream>): Promise<void> {
  const fresh = [...load.ledger.sent.values()].filter((message) => !message.verified || message.recall === 'tried');
  await verifyThese(load, fresh, streams);
  for (const message of fresh) message.verified = true;
}

/** Checks a restarted server for everything ever acknowledged; reads its streams from their start. */
export async function verifyAll(load: Load, streams: ReadonlyMap<string, Stream>): Promise<void> {
  const again = newStreams();
  await verifyThese(load, [...load.ledger.sent.values()], again);
  // Events that were sent once are sent again in the same order, with the same numbers.
  for (const [user, { told }] of streams) {
    const events = [...(again.get(user)?.told.keys() ?? [])];
    expect(events.slice(0, told.size), user).toEqual([...told.keys()]);
  }
}

async function verifyThese(load: Load, messages: readonly Sent[], streams: ReadonlyMap<string, Stream>): Promise<void> {
  const lines = Array.from({ length: 6 }, () => connection(load.server.url));
  try {
    await resendUnsure(load, lines);
    await inParallel(lines, messages, (line, message) => verifyReceipt(load, line, message));
    await inParallel(lines, users, (line, user) => verifyInbox(load, line, user, messages));
    const last = await sendLast(load, lines);
    await inParallel(lines, users, async (line, user) => {
      const stream = streams.get(user);
      if (stream) await readStream(load, line, user, stream, last);
      if (stream) verifyStream(load.ledger, user, stream, messages);
    });
  } finally {
    for (const line of lines) line.close();
  }
  expect(load.ledger.complaints).toEqual([]);
}

async function inParallel<T>(
  lines: readonly Connection[],
  items: readonly T[],
  work: (line: Connection, item: T) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    lines.map(async (line) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(line, item);
    }),
  );
}

/** Repeats a send with an idempotency key that got no response; one without a key stays unknown. */
async function resendUnsure(load: Load, lines: readonly Connection[]): Promise<void> {
  const repeated = [...load.ledger.unsure.values()].filter(({ idempotent }) => idempotent);
  await inParallel(lines, repeated, (line, { name }) => sendUnsure(load, line, name));
}

type Info = { readonly userId: string; readonly readStatus: string; readonly readTimestamp?: number };

/** Checks that a message has all its recipients, leaves PROCESSING, and has kept its reads and its recall. */
async function verifyReceipt(load: Load, line: Connection, message: Sent): Promise<void> {
  const { name, userIds, recall } = message;
  const { sendStatus, list } = await waitForDelivery(load, line, message);
  const statuses = { no: ['SUCCESS'], tried: ['SUCCESS', 'RECALLED'], acknowledged: ['RECALLED'] }[recall];
  expect(statuses, name).toContain(sendStatus);
  expect([name, list.map(({ userId }) => userId)]).toEqual([name, userIds]);
  for (const { userId, readStatus, readTimestamp } of list) {
    const what = `${userId} ${name}`;
    const readAt = load.ledger.readAt.get(what);
    if (readAt === undefined && !load.ledger.read.has(what)) continue;
    const time = readAt === undefined ? readTimestamp : Math.floor(readAt / 1000);
    expect([what, readStatus, readTimestamp]).toEqual([what, 'READ', time]);
  }
}

/** How long a delivery may take, in milliseconds. */
const patience = 10_000;

async function waitForDelivery({ passes }: Load, line: Connection, message: Sent) {
  const deadline = Date.now() + patience;
  for (;;) {
    const { status, body } = await statusOf(passes, line, message);
    if (status !== 200) throw new Error(`${message.name}: ${JSON.stringify(body)}`);
    if (body.sendStatus !== 'PROCESSING')
      return { sendStatus: body.sendStatus, list: body.messageReadInfoList as Info[] };
    if (Date.now() > deadline) throw new Error(`${message.name} does not arrive`);
  }
}

/** Checks that an inbox shows each of these messages that it should, once, and none that is recalled. */
async function verifyInbox(load: Load, line: Connection, user: string, messages: readonly Sent[]): Promise<void> {
  const own = messages.filter(({ userIds }) => userIds.includes(user));
  const namesOf = (recall: Sent['recall']) =>
    new Set(own.filter((one) => one.recall === recall).map(({ name }) => name));
  const [missing, recalled] = [namesOf('no'), namesOf('acknowledged')];
  const seen = new Set<string>();
  for (let cursor: unknown = ''; cursor !== null && missing.size > 0; ) {
    const query = cursor === '' ? 'limit=100' : `limit=100&cursor=${cursor}`;
    const { body } = await line.call('GET', `/inbox/v1/messages?${query}`, inboxHeaders(load.passes, user));
    for (const message of body.messages as Listed[]) {
      const name = learn(load.ledger, user, message) ?? '';
      if (seen.has(name) || recalled.has(name)) throw new Error(`${user} is shown ${name} twice, or after its recall`);
      seen.add(name);
      missing.delete(name);
    }
    cursor = body.cursor;
  }
  expect([user, ...missing]).toEqual([user]);
}

/** Sends one more message to all users; a stream that has it is complete. */
async function sendLast(load: Load, [line]: readonly Connection[]): Promise<string> {
  const name = `last of ${load.ledger.acknowledged}`;
  load.ledger.unsure.set(name, { name, userIds: users, idempotent: true });
  if (line) await sendUnsure(load, line, name);
  return name;
}

async function readStream(load: Load, line: Connection, user: string, stream: Stream, last: string): Promise<void> {
  const content = JSON.stringify({ content: last });
  const headers = inboxHeaders(load.passes, user);
  const isLast = ({ data }: StreamEvent) => data.msgParam === content;
  const events = await line.follow(`/inbox/v1/events?since=${stream.last}`, headers, isLast);
  const numbers = events.map(({ id }) => id);
  expect(numbers, `stream of ${user}`).toEqual(numbers.map((_, i) => stream.last + i + 1));
  stream.last += events.length;
  for (const event of events) tell(load.ledger, stream, user, event);
}

/** Counts an event by the name of its message; a message that was recalled before any inbox showed it has no name. */
function tell({ nameOf, complaints }: Ledger, { told }: Stream, user: string, { event, data }: StreamEvent): void {
  if (data.msgParam) nameOf.set(data.messageId, (JSON.parse(data.msgParam) as { content: string }).content);
  const what = `${event} ${data.messageId}`;
  const times = (told.get(what) ?? 0) + 1;
  told.set(what, times);
  if (times > 1) complaints.push(`${user} was told twice: ${what}, ${nameOf.get(data.messageId)}`);
}

/** Checks that each message has arrived, and that each acknowledged read and recall of it was sent. */
function verifyStream({ nameOf, read }: Ledger, user: string, { told }: Stream, messages: readonly Sent[]): void {
  const ids = new Map([...nameOf].map(([messageId, name]) => [name, messageId]));
  for (const { name, userIds, recall } of messages) {
    if (!userIds.includes(user)) continue;
    const has = (event: string) => told.has(`${event} ${ids.get(name)}`);
    if (recall === 'no' && !has('message')) throw new Error(`${name} has not arrived in the stream of ${user}`);
    if (read.has(`${user} ${name}`) && !has('read')) throw new Error(`the stream of ${user} has no read of ${name}`);
    if (recall === 'acknowledged' && has('message') !== has('recall'))
      throw new Error(`${name} was not recalled for ${user}`);
  }
}
