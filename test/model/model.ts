/**
 * A simple model of huizhi: plain lists in memory, every rule implemented again as simply as possible. The test
 * compares the product with it after every step.
 */

export const users = ['u1', 'u2', 'u3'] as const;
export const robots = ['r1', 'r2'] as const;
export const msgKeys = ['sampleText', 'sampleMarkdown'] as const;

/** Maximum number of messages of robot r2 to one user in a minute. */
export const perMinute = 2;

const minute = 60_000;
const hour = 60 * minute;
export const readWindow = 24 * hour;
export const retention = readWindow;
const idempotencyWindow = 24 * hour;

export type Mode =
  | { readonly mode: 'instant' | 'hold' | 'timeout' }
  | { readonly mode: 'delay'; readonly minutes: number };

export type Message = {
  readonly number: number;
  readonly robot: string;
  readonly msgKey: string;
  readonly param: string;
  readonly sentAt: number;
  readonly recipients: readonly string[];
  readonly reads: Map<string, number>;
  /** The key that the sender got. */
  key: string;
  /** The id that recipients see, once one of them has listed it. */
  id: string | undefined;
  state: 'queued' | 'unknown' | 'delivered';
  recalled: boolean;
  pruned: boolean;
};

export type Event =
  | { readonly event: 'message' | 'read' | 'recall'; readonly message: Message }
  | { readonly event: 'robot'; readonly data: Readonly<Record<string, unknown>> };

/** What a send returns besides its key. */
export type Sent = {
  readonly invalid: readonly string[];
  readonly filtered: readonly string[];
  readonly limited: readonly string[];
  readonly message: Message;
};

export type Send = {
  readonly robot: string;
  readonly userIds: readonly string[];
  readonly msgKey: string;
  readonly idempotencyKey: string | undefined;
};

export type Model = {
  now: number;
  nextSweep: number;
  mode: Mode;
  readonly messages: Message[];
  readonly streams: Map<string, Event[]>;
  readonly names: Map<string, string>;
  readonly muted: Set<string>;
  readonly blocked: Set<string>;
  readonly templates: Map<string, 'active' | 'stopped' | 'removed'>;
  readonly flow: Map<string, number>;
  readonly answers: Map<string, Kept>;
};

export function createModel(now: number): Model {
  return {
    now,
    nextSweep: now + hour,
    mode: { mode: 'instant' },
    messages: [],
    streams: new Map(users.map((user) => [user, []])),
    names: new Map(users.map((user) => [user, `${user} 名`])),
    muted: new Set(),
    blocked: new Set(),
    templates: new Map(),
    flow: new Map(),
    answers: new Map(),
  };
}

export const streamOf = (model: Model, user: string): Event[] => model.streams.get(user) ?? [];

/** The response stored for an idempotency key, and the content of its send. */
type Kept = { readonly sent: Sent; readonly at: number; readonly content: string };

function keptAnswer(model: Model, key: string | undefined): Kept | undefined {
  const kept = key === undefined ? undefined : model.answers.get(key);
  return kept && model.now - kept.at < idempotencyWindow ? kept : undefined;
}

const contentOf = ({ robot, msgKey, userIds }: Send) =>
  JSON.stringify([robot, msgKey, [...new Set(userIds)].toSorted()]);

/** The msgParam of a send: different for each message; a repeat has that of the first send. */
export function paramOf(model: Model, { idempotencyKey }: Send): string {
  const number = model.messages.length;
  const fresh = JSON.stringify({ title: 't', text: `#${number}`, content: `#${number} 曲` });
  return keptAnswer(model, idempotencyKey)?.sent.message.param ?? fresh;
}

/** Returns the error code of a send, or its response. */
export function send(model: Model, given: Send): string | Sent {
  const { robot, msgKey, idempotencyKey } = given;
  if (given.userIds.length === 0) return 'invalidParameter.userIds.empty';
  const template = templateError(model, robot, msgKey);
  if (template) return template;
  const earlier = keptAnswer(model, idempotencyKey);
  if (earlier) return earlier.content === contentOf(given) ? earlier.sent : 'huizhi.idempotencyMismatch';
  const codes = [...new Set(given.userIds)];
  const known = codes.filter((code) => model.names.has(code));
  if (known.length === 0) return 'staffId.notExisted';
  const filtered = known.filter((user) => model.blocked.has(`${user} ${robot}`));
  const heard = known.filter((user) => !filtered.includes(user));
  const limited = robot === 'r2' ? heard.filter((user) => isOverLimit(model, user)) : [];
  const number = model.messages.length;
  const message: Message = {
    number,
    robot,
    msgKey,
    param: paramOf(model, given),
    sentAt: model.now,
    recipients: heard.filter((user) => !limited.includes(user)),
    reads: new Map(),
    key: '',
    id: undefined,
    state: 'queued',
    recalled: false,
    pruned: false,
  };
  model.messages.push(message);
  const sent = { invalid: codes.filter((code) => !known.includes(code)), filtered, limited, message };
  if (idempotencyKey !== undefined)
    model.answers.set(idempotencyKey, { sent, at: model.now, content: contentOf(given) });
  attempt(model, message);
  return sent;
}

function isOverLimit(model: Model, user: string): boolean {
  const slot = `${user} ${Math.floor(model.now / minute)}`;
  const count = (model.flow.get(slot) ?? 0) + 1;
  if (count > perMinute) return true;
  model.flow.set(slot, count);
  return false;
}

function templateError(model: Model, robot: string, msgKey: string): string | undefined {
  const state = model.templates.get(`${robot} ${msgKey}`);
  if (state === 'removed') return 'template.not.existed';
  return state === 'stopped' ? 'template.stopped' : undefined;
}

function isPending({ state, pruned }: Message): boolean {
  return state !== 'delivered' && !pruned;
}

function dueAt({ mode }: Model, { sentAt }: Message): number {
  return mode.mode === 'delay' ? sentAt + mode.minutes * minute : sentAt;
}

/** The outcome of a delivery attempt at this time. */
function attempt(model: Model, message: Message): void {
  const { mode } = model.mode;
  if (mode === 'timeout' && message.state === 'queued') message.state = 'unknown';
  if (mode === 'hold' || mode === 'timeout' || dueAt(model, message) > model.now) return;
  message.state = 'delivered';
  if (!message.recalled)
    for (const user of message.recipients) streamOf(model, user).push({ event: 'message', message });
}

/** Sets the delivery mode, and attempts all that wait. */
export function setMode(model: Model, mode: Mode): void {
  model.mode = mode;
  for (const message of model.messages.filter(isPending)) attempt(model, message);
}

/** Marks messages read by one user, in this order; returns how many were unread. */
export function read(model: Model, user: string, messages: readonly Message[]): number {
  const fresh = [...new Set(messages)].filter(
    (message) =>
      message.state === 'delivered' &&
      !message.recalled &&
      !message.pruned &&
      message.recipients.includes(user) &&
      !message.reads.has(user),
  );
  for (const message of fresh) {
    message.reads.set(user, model.now);
    streamOf(model, user).push({ event: 'read', message });
  }
  return fresh.length;
}

/** Recalls messages of one robot; returns the result of each key. */
export function recall(model: Model, robot: string, messages: readonly Message[]): ReadonlyMap<string, string> {
  const outcomes = new Map<string, string>();
  for (const message of new Set(messages)) {
    outcomes.set(message.key, recallError(model, robot, message) ?? 'recalled');
    if (outcomes.get(message.key) !== 'recalled' || message.recalled) continue;
    message.recalled = true;
    if (message.state !== 'delivered') continue;
    for (const user of message.recipients) streamOf(model, user).push({ event: 'recall', message });
  }
  return outcomes;
}

function recallError(model: Model, robot: string, message: Message): string | undefined {
  if (message.robot !== robot) return 'not.allowed.robotCode';
  return model.now - message.sentAt > readWindow ? 'robot.processQueryKey.expired' : undefined;
}

/** Advances the clock: runs the deliveries that fall due and the hourly sweeps, in order. */
export function advance(model: Model, milliseconds: number): void {
  const end = model.now + milliseconds;
  for (;;) {
    const next = model.messages.filter((message) => isPending(message) && model.mode.mode === 'delay');
    const due = Math.min(model.nextSweep, ...next.map((message) => dueAt(model, message)));
    if (due > end) break;
    model.now = due;
    for (const message of next) if (dueAt(model, message) === due) attempt(model, message);
    if (due === model.nextSweep) {
      sweep(model);
      model.nextSweep += hour;
    }
  }
  model.now = end;
}

function sweep(model: Model): void {
  for (const message of model.messages) message.pruned ||= message.sentAt < model.now - retention;
}

/** Ends the process and starts another one: waiting messages are delivered in the order of their sends. */
export function restart(model: Model): void {
  setMode(model, { mode: 'instant' });
  model.nextSweep = model.now + hour;
  sweep(model);
}

/** Returns the expected readStatus: an error code, or the body. */
export function readStatus(model: Model, message: Message): string | object {
  if (model.now - message.sentAt > readWindow) return 'processQueryKey.expireTime';
  const template = templateError(model, message.robot, message.msgKey);
  if (template) return template;
  if (message.state === 'unknown' && !message.recalled) return 'unknown.send.result';
  const sendStatus = message.recalled ? 'RECALLED' : message.state === 'delivered' ? 'SUCCESS' : 'PROCESSING';
  return { sendStatus, messageReadInfoList: message.recipients.map((user) => readInfo(model, message, user)) };
}

function readInfo(model: Model, { reads }: Message, userId: string): object {
  const name = model.names.get(userId);
  const at = reads.get(userId);
  if (at === undefined) return { name, userId, readStatus: 'UNREAD' };
  return { name, userId, readStatus: 'READ', readTimestamp: Math.floor(at / 1000) };
}

/** A user's inbox, newest arrival first. */
export function inbox(model: Model, user: string): readonly Message[] {
  const arrivals = streamOf(model, user).flatMap((one) => (one.event === 'message' ? [one.message] : []));
  return arrivals.filter(({ recalled, pruned }) => !recalled && !pruned).reverse();
}
