import { connection, type StreamEvent } from '../crash/connection.ts';
import { users } from '../crash/server.ts';
import { type Caller, createCaller, inboxOf, operator, requestReceipt } from './calls.ts';
import type { ConsoleMessage, InboxEvent, InboxMessage, Observed, Receipt } from './check.ts';
import { learnName, type Send } from './ledger.ts';
import { wait } from './machine.ts';
import type { Member } from './member.ts';
import type { World } from './world.ts';

/** Milliseconds for which a process may be unavailable. */
const patience = 10_000;

/** A process does not answer, or only with failures. */
export class SilentError extends Error {}

/** Reads everything that one process shows, over several connections. */
export async function observe(world: World, member: Member): Promise<Observed> {
  const callers = Array.from({ length: 6 }, () => createCaller(world));
  try {
    // The console is read first: its message contents identify the messages of inboxes and streams.
    const [caller] = callers;
    if (!caller) throw new Error('no caller');
    const messages = await readMessages(world, caller, member);
    const receipts = await readReceipts(world, callers, member);
    const inboxes = await byUser(callers, (one, userId) => readInbox(world, one, member, userId));
    const streams = await byUser(callers, (one, userId) => readStream(world, one, member, userId));
    return { messages, receipts, inboxes, streams, ...(await readPeople(world, caller, member)) };
  } finally {
    for (const caller of callers) caller.close();
  }
}

async function byUser<T>(callers: readonly Caller[], read: (caller: Caller, userId: string) => Promise<T>) {
  const entries = users.map(async (userId, i) => {
    const caller = callers[i % callers.length];
    if (!caller) throw new Error('no caller');
    return [userId, await read(caller, userId)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Repeats a request until it is answered. */
async function insist<T>(what: string, member: Member, request: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + patience;
  for (;;) {
    const value = await request();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new SilentError(`${member.name} does not answer ${what}`);
    await wait(100);
  }
}

type Body = Readonly<Record<string, unknown>>;

function get(caller: Caller, member: Member, path: string, headers: Record<string, string>): Promise<Body> {
  return insist(path, member, async () => {
    const reply = await caller.call(member, 'GET', path, headers);
    if (reply && reply.status >= 400 && reply.status < 500)
      throw new SilentError(`${member.name} refuses ${path}: ${JSON.stringify(reply)}`);
    return reply?.status === 200 ? reply.body : undefined;
  });
}

/** Every page of a list. */
async function getAll<T>(caller: Caller, member: Member, path: string, headers: Record<string, string>, field: string) {
  const items: T[] = [];
  const join = path.includes('?') ? '&' : '?';
  for (let cursor = ''; ; ) {
    const body = await get(caller, member, `${path}${join}limit=100${cursor}`, headers);
    items.push(...(body[field] as T[]));
    if (body.cursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(String(body.cursor))}`;
  }
}

type Row = ConsoleMessage & { readonly msgParam: string | null };

async function readMessages({ ledger }: World, caller: Caller, member: Member): Promise<readonly ConsoleMessage[]> {
  const rows = await getAll<Row>(caller, member, '/console/v1/messages?corpId=corp', operator, 'messages');
  return rows.map((row) => ({ ...row, name: learnName(ledger, row.messageId, row.msgParam) }));
}

async function readReceipts(world: World, callers: readonly Caller[], member: Member) {
  const waiting = [...world.ledger.sends.values()].filter(({ key }) => key !== undefined);
  const receipts = new Map<string, Receipt>();
  const read = async (caller: Caller, send: Send) => {
    const request = () => requestReceipt(world, caller, member, send);
    receipts.set(send.name, await insist(`the receipt of ${send.name}`, member, request));
  };
  const work = async (caller: Caller) => {
    for (let send = waiting.pop(); send; send = waiting.pop()) await read(caller, send);
  };
  await Promise.all(callers.map(work));
  return receipts;
}

type Listed = Omit<InboxMessage, 'name'> & { readonly msgParam: string | null };

async function readInbox(world: World, caller: Caller, member: Member, userId: string) {
  const headers = inboxOf(world, userId);
  const listed = await getAll<Listed>(caller, member, '/inbox/v1/messages', headers, 'messages');
  return listed.map((one): InboxMessage => ({ ...one, name: learnName(world.ledger, one.messageId, one.msgParam) }));
}

/** Reads a stream from number 1 to the newest event that the inbox counts. */
async function readStream(world: World, caller: Caller, member: Member, userId: string) {
  const headers = inboxOf(world, userId);
  const last = (await get(caller, member, '/inbox/v1/robots', headers)).sequence as number;
  const url = member.url();
  const events: InboxEvent[] = [];
  if (last === 0 || !url) return events;
  const isLast = ({ id, event, data }: StreamEvent) => {
    learnName(world.ledger, data.messageId, data.msgParam ?? null);
    events.push({ id, event, messageId: data.messageId });
    return id >= last;
  };
  const line = connection(url, patience);
  try {
    await line.follow('/inbox/v1/events?since=0', headers, isLast);
    return events;
  } catch (error) {
    throw new SilentError(`the stream of ${userId} at ${member.name} ends after ${events.length} of ${last}: ${error}`);
  } finally {
    line.close();
  }
}

type Entry = { readonly action: string; readonly target: string };

async function readPeople({ ledger }: World, caller: Caller, member: Member) {
  const path = '/console/v1/users?corpId=corp';
  const people = await getAll<{ userId: string; name: string }>(caller, member, path, operator, 'users');
  const entries = await getAll<Entry>(caller, member, '/console/v1/audit', operator, 'entries');
  const audit = entries.map(({ target }) => target).filter((target) => ledger.people.has(target));
  return { people, audit };
}
