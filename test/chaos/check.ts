import { type Finding, type Ledger, readKey, type Send, type Wrong } from './ledger.ts';

/** A receipt as readStatus returns it, or the code of the error that it returns instead. */
export type Receipt =
  | { readonly refusal: string }
  | {
      readonly sendStatus: string;
      readonly list: readonly { readonly userId: string; readonly isRead: boolean }[];
    };

/** A message in an inbox. `name` is undefined when its content was never seen. */
export type InboxMessage = {
  readonly messageId: string;
  readonly name: string | undefined;
  readonly readAt: number | null;
  readonly recalled: boolean;
};

export type InboxEvent = { readonly id: number; readonly event: string; readonly messageId: string };

export type ConsoleMessage = {
  readonly messageId: string;
  readonly name: string | undefined;
  readonly status: string;
  readonly recipientCount: number;
  readonly readCount: number;
};

/** Everything that one process shows, read over HTTP while nothing changes. */
export type Observed = {
  /** Receipts of acknowledged sends, by name. */
  readonly receipts: ReadonlyMap<string, Receipt>;
  readonly inboxes: ReadonlyMap<string, readonly InboxMessage[]>;
  /** Event streams from number 1. */
  readonly streams: ReadonlyMap<string, readonly InboxEvent[]>;
  readonly messages: readonly ConsoleMessage[];
  readonly people: readonly { readonly userId: string; readonly name: string }[];
  /** The userId of each change in the audit log. */
  readonly audit: readonly string[];
};

/** Compares what a process shows with what was acknowledged. An empty list means that both agree. */
export function check(ledger: Ledger, observed: Observed): readonly Finding[] {
  const findings: Finding[] = [];
  const report: Report = (wrong, what) => void findings.push({ wrong, what });
  const index = createIndex(ledger, observed);
  for (const send of ledger.sends.values()) {
    if (send.key === undefined) checkUnacknowledged(send, index, report);
    else checkAcknowledged(ledger, send, observed, index, report);
  }
  for (const [userId, events] of observed.streams) checkSequence(userId, events, report);
  for (const [userId, inbox] of observed.inboxes) checkReads(ledger, userId, inbox, index, report);
  checkUnknown(ledger, observed, report);
  checkPeople(ledger, observed, report);
  return findings;
}

type Report = (wrong: Wrong, what: string) => void;

type Holder = { readonly userId: string; readonly message: InboxMessage };

/** Lists of what was observed, by the names that the ledger uses. */
type Index = {
  readonly listed: ReadonlyMap<string, readonly ConsoleMessage[]>;
  /** Who has a message in their inbox. */
  readonly holders: ReadonlyMap<string, readonly Holder[]>;
  readonly events: ReadonlyMap<string, number>;
};

function createIndex({ nameOf }: Ledger, { messages, inboxes, streams }: Observed): Index {
  const holders = [...inboxes].flatMap(([userId, inbox]) =>
    inbox.map((message) => [message.name ?? '', { userId, message }] as const),
  );
  const events = new Map<string, number>();
  for (const [userId, stream] of streams) {
    for (const { event, messageId } of stream) {
      const key = eventKey(userId, event, nameOf.get(messageId) ?? '');
      events.set(key, (events.get(key) ?? 0) + 1);
    }
  }
  return { listed: groupPairs(messages.map((one) => [one.name ?? '', one])), holders: groupPairs(holders), events };
}

const eventKey = (userId: string, event: string, name: string) => `${event} ${readKey(userId, name)}`;

function groupPairs<T>(pairs: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [key, value] of pairs) {
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

function checkAcknowledged(ledger: Ledger, send: Send, observed: Observed, index: Index, report: Report): void {
  const { name, userIds, recall } = send;
  const isRecalled = recall === 'acknowledged';
  checkReceipt(ledger, send, observed.receipts.get(name), report);
  const { length } = index.listed.get(name) ?? [];
  if (length !== 1) report(length === 0 ? 'lost' : 'doubled', `${name} is ${length} times in the console`);
  for (const userId of userIds) {
    const found = (index.holders.get(name) ?? []).filter((holder) => holder.userId === userId);
    const isMissing = found.length === 0 && recall === undefined;
    if (isMissing) report('lost', `${name} is not in the inbox of ${userId}`);
    if (isRecalled && found.some(({ message }) => !message.recalled))
      report('lost', `the recall of ${name} is not in the inbox of ${userId}`);
    checkEvents(ledger, send, userId, index, report);
  }
  checkRecipients(send, index, report);
}

function checkReceipt(ledger: Ledger, send: Send, receipt: Receipt | undefined, report: Report): void {
  if (!receipt) report('lost', `${send.name} has no receipt`);
  else if ('refusal' in receipt) report('lost', `the receipt of ${send.name} is refused: ${receipt.refusal}`);
  else {
    checkState(send, receipt, report);
    checkReadStates(ledger, send, receipt, report);
  }
}

type Given = Exclude<Receipt, { readonly refusal: string }>;

function checkState({ name, userIds, recall }: Send, { sendStatus, list }: Given, report: Report): void {
  if (sendStatus === 'PROCESSING') report('stuck', `${name} stays PROCESSING`);
  else if (recall === 'acknowledged' && sendStatus !== 'RECALLED') report('lost', `the recall of ${name} is lost`);
  else if (recall === undefined && sendStatus !== 'SUCCESS') report('partial', `${name} is ${sendStatus}`);
  const listed = list.map(({ userId }) => userId);
  if (listed.join() !== userIds.join()) report('partial', `${name} to ${userIds} has the recipients ${listed}`);
}

function checkReadStates({ reads }: Ledger, { name, recall }: Send, { list }: Given, report: Report): void {
  for (const { userId, isRead } of list) {
    const certainty = reads.get(readKey(userId, name));
    if (!isRead && certainty === 'acknowledged' && recall === undefined)
      report('lost', `the receipt of ${name} lacks the read of ${userId}`);
    if (isRead && certainty === undefined) report('partial', `${userId} has read ${name} without doing so`);
  }
}

function checkEvents({ reads }: Ledger, { name, recall }: Send, userId: string, index: Index, report: Report): void {
  const count = (event: string) => index.events.get(eventKey(userId, event, name)) ?? 0;
  for (const event of ['message', 'read', 'recall'])
    if (count(event) > 1) report('doubled', `the stream of ${userId} has ${count(event)} events ${event} of ${name}`);
  const isRead = reads.get(readKey(userId, name)) === 'acknowledged';
  if (count('message') === 0 && recall === undefined) report('lost', `the stream of ${userId} lacks ${name}`);
  if (count('read') === 0 && isRead && recall === undefined)
    report('lost', `the stream of ${userId} lacks the read of ${name}`);
  if (count('recall') === 0 && count('message') > 0 && recall === 'acknowledged')
    report('lost', `the stream of ${userId} lacks the recall of ${name}`);
}

/** Only the recipients have a message, each of them once. */
function checkRecipients({ name, userIds }: Send, { holders }: Index, report: Report): void {
  const held = (holders.get(name) ?? []).map(({ userId }) => userId);
  for (const userId of new Set(held)) {
    const times = held.filter((one) => one === userId).length;
    if (times > 1) report('doubled', `${name} is ${times} times in the inbox of ${userId}`);
    if (!userIds.includes(userId)) report('doubled', `${name} is in the inbox of ${userId}, to whom it was not sent`);
  }
}

/** A send without an answer has happened as a whole or not at all. */
function checkUnacknowledged(send: Send, index: Index, report: Report): void {
  const { name, userIds } = send;
  const [listed, ...more] = index.listed.get(name) ?? [];
  if (more.length > 0) report('doubled', `${name} is ${more.length + 1} times in the console`);
  if (listed?.status === 'processing') {
    report('stuck', `${name} stays PROCESSING, unacknowledged`);
    return;
  }
  if (listed && listed.recipientCount !== userIds.length)
    report('partial', `${name} to ${userIds.length} has ${listed.recipientCount} recipients`);
  const expected = listed ? 1 : 0;
  for (const userId of userIds) {
    const inInbox = (index.holders.get(name) ?? []).filter((holder) => holder.userId === userId).length;
    const inStream = index.events.get(eventKey(userId, 'message', name)) ?? 0;
    if (inInbox !== expected)
      report('partial', `${name} is ${inInbox} times in the inbox of ${userId}, unacknowledged`);
    if (inStream !== expected)
      report('partial', `${name} is ${inStream} times in the stream of ${userId}, unacknowledged`);
  }
  checkRecipients(send, index, report);
}

function checkSequence(userId: string, events: readonly InboxEvent[], report: Report): void {
  for (const [i, { id }] of events.entries()) {
    const previous = events[i - 1]?.id ?? 0;
    if (id <= previous) report('doubled', `the stream of ${userId} has ${id} after ${previous}`);
    if (id > previous + 1) report('partial', `the stream of ${userId} has a gap between ${previous} and ${id}`);
  }
}

/** Inbox, stream and receipt agree about every read, and its time never changes. */
function checkReads(
  ledger: Ledger,
  userId: string,
  inbox: readonly InboxMessage[],
  index: Index,
  report: Report,
): void {
  for (const { name, readAt } of inbox) {
    if (name === undefined) continue;
    const key = readKey(userId, name);
    const isRead = readAt !== null;
    if (ledger.reads.get(key) === 'acknowledged' && !isRead && ledger.sends.get(name)?.recall === undefined)
      report('lost', `the inbox of ${userId} lacks the read of ${name}`);
    if (isRead !== index.events.has(eventKey(userId, 'read', name)))
      report('partial', `inbox and stream of ${userId} disagree about the read of ${name}`);
    const known = ledger.readAt.get(key);
    if (known !== undefined && known !== readAt) report('lost', `${userId} read ${name} at ${known}, now at ${readAt}`);
    else if (readAt !== null) ledger.readAt.set(key, readAt);
  }
}

/** Only sent messages are shown, and the console counts the reads that the receipts have. */
function checkUnknown({ sends }: Ledger, { messages, receipts }: Observed, report: Report): void {
  for (const { messageId, name, readCount } of messages) {
    if (name === undefined || !sends.has(name)) {
      report('doubled', `the console has ${messageId} (${name}), which nobody sent`);
      continue;
    }
    const receipt = receipts.get(name);
    if (!receipt || 'refusal' in receipt) continue;
    const reads = receipt.list.filter(({ isRead }) => isRead).length;
    if (reads !== readCount) report('partial', `${name} has ${reads} reads, the console counts ${readCount}`);
  }
}

function checkPeople({ people }: Ledger, observed: Observed, report: Report): void {
  const shown = groupPairs(observed.people.map(({ userId, name }) => [userId, name]));
  const entries = groupPairs(observed.audit.map((userId) => [userId, userId]));
  for (const [userId, { states, acknowledged, tried }] of people) {
    const [state = null, ...more] = shown.get(userId) ?? [];
    if (more.length > 0) report('doubled', `user ${userId} is ${more.length + 1} times in the console`);
    if (!states.includes(state)) report('lost', `user ${userId} is ${state}, not ${states.join(' or ')}`);
    const changes = entries.get(userId)?.length ?? 0;
    const happened = acknowledged + (tried > 0 && state === states.at(-1) ? tried : 0);
    if (changes < acknowledged) report('lost', `the audit log has ${changes} of ${acknowledged} changes of ${userId}`);
    else if (changes > acknowledged + tried) report('doubled', `the audit log has ${changes} changes of ${userId}`);
    else if (changes !== happened) report('partial', `user ${userId} and the audit log disagree about a change`);
  }
}
