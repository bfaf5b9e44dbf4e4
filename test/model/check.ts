import { expect } from 'vitest';
import { type Event, inbox, type Message, type Model, readStatus, robots, streamOf, users } from './model.ts';
import type { Real, Told } from './real.ts';

/** Compares everything that can be observed from outside with the model. */
export async function check(model: Model, real: Real): Promise<void> {
  await checkReceipts(model, real);
  for (const user of users) {
    await checkInbox(model, real, user);
    await checkStream(model, real, user);
  }
  // The other views of the same inboxes, one person's at a time.
  const user = users[steps++ % users.length] ?? '';
  await checkUnread(model, real, user);
  await checkPages(model, real, user);
  await checkRobots(model, real, user);
}

let steps = 0;

async function requestReceipt(real: Real, robotCode: string, processQueryKey: string) {
  const query = new URLSearchParams({ robotCode, processQueryKey });
  const { status, body } = await real.robot('GET', `/v1.0/robot/oToMessages/readStatus?${query}`);
  return status === 200 ? body : body.code;
}

async function checkReceipts(model: Model, real: Real): Promise<void> {
  const answers: unknown[] = [];
  for (const { robot, key } of model.messages) answers.push(await requestReceipt(real, robot, key));
  expect(answers, 'readStatus').toEqual(model.messages.map((message) => readStatus(model, message)));
  const newest = model.messages.at(-1);
  const another = robots.find((robot) => robot !== newest?.robot) ?? '';
  if (newest) expect(await requestReceipt(real, another, newest.key)).toBe('invalid.processQueryKey');
}

function renderMessage(message: Message, user: string) {
  return {
    messageId: message.id,
    conversationId: `robot:${message.robot}`,
    robotCode: message.robot,
    robotName: `${message.robot}!`,
    sender: { kind: 'robot', name: `${message.robot}!`, userId: null },
    msgKey: message.msgKey,
    msgParam: message.recalled ? null : message.param,
    sentAt: message.sentAt,
    readAt: message.reads.get(user) ?? null,
    recalled: message.recalled,
    conversation: null,
    quote: null,
    emotions: [],
    card: null,
  };
}

async function checkInbox(model: Model, real: Real, user: string): Promise<void> {
  const expected = inbox(model, user);
  const { messages, cursor, unreadCount } = await listInbox(model, real, user);
  expect(messages, `inbox of ${user}`).toEqual(expected.map((message) => renderMessage(message, user)));
  expect([cursor, unreadCount]).toEqual([null, unreadIn(model, user).length]);
}

function unreadIn(model: Model, user: string): readonly Message[] {
  return inbox(model, user).filter(({ reads }) => !reads.has(user));
}

async function checkUnread(model: Model, real: Real, user: string): Promise<void> {
  const { body } = await real.inbox(user, 'GET', '/inbox/v1/messages?unread=true&limit=100');
  expect(body.messages).toEqual(unreadIn(model, user).map((message) => renderMessage(message, user)));
}

type Page = {
  readonly messages: readonly { messageId: string; msgParam: string }[];
  readonly cursor: string | null;
  readonly unreadCount: number;
};

/** A page of an inbox. A prune that a start has begun may still run; this waits until it has removed what is due. */
async function listInbox(model: Model, real: Real, user: string): Promise<Page> {
  const gone = new Set(model.messages.filter(({ pruned }) => pruned).map(({ param }) => param));
  for (let tries = 0; ; tries++) {
    const page = (await real.inbox(user, 'GET', '/inbox/v1/messages?limit=100')).body as unknown as Page;
    if (tries > 1000 || !page.messages.some(({ msgParam }) => gone.has(msgParam))) return learn(model, page);
    await new Promise(setImmediate);
  }
}

/** Recipients know a message by another id than its sender, and always by the same one. */
function learn(model: Model, page: Page): Page {
  for (const { messageId, msgParam } of page.messages) {
    const message = model.messages.find(({ param }) => param === msgParam);
    if (message) message.id ??= messageId;
  }
  return page;
}

async function checkPages(model: Model, real: Real, user: string): Promise<void> {
  const messages: unknown[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = cursor === '' ? 'limit=3' : `limit=3&cursor=${cursor}`;
    const page = (await real.inbox(user, 'GET', `/inbox/v1/messages?${query}`)).body as unknown as Page;
    messages.push(...page.messages);
    cursor = page.cursor;
  }
  expect(messages).toEqual(inbox(model, user).map((message) => renderMessage(message, user)));
}

async function checkRobots(model: Model, real: Real, user: string): Promise<void> {
  const { body } = await real.inbox(user, 'GET', '/inbox/v1/robots');
  const expected = robots.map((robotCode) => ({
    robotCode,
    robotName: `${robotCode}!`,
    installed: true,
    muted: model.muted.has(`${user} ${robotCode}`),
    blocked: model.blocked.has(`${user} ${robotCode}`),
    unblockable: false,
    wasMute: false,
    brief: null,
    description: null,
    quickEntries: [],
    unreadCount: unreadIn(model, user).filter(({ robot }) => robot === robotCode).length,
  }));
  expect(body.robots, `robots of ${user}`).toEqual(expected);
}

/** The stream from 0: no gap, the model's order; only events past their retention may be missing at its start. */
async function checkStream(model: Model, real: Real, user: string): Promise<void> {
  const whole = streamOf(model, user);
  const told = await real.stream(user, whole.length);
  const first = whole.length - told.length;
  expect(whole.slice(0, first).filter((one) => one.event !== 'robot' && !one.message.pruned)).toEqual([]);
  const expected = told.map((one, i) => eventFor(one, whole[first + i], first + i + 1, user));
  expect(told, `stream of ${user}`).toEqual(expected);
}

/** The expected event; of a message past its retention only that there was one. */
function eventFor(told: Told, expected: Event | undefined, id: number, user: string): Told | undefined {
  if (!expected) return undefined;
  if (expected.event === 'robot') return { id, ...expected };
  const { event, message } = expected;
  // A message that was recalled before it was listed shows its id here first.
  message.id ??= String(told.data.messageId);
  if (message.pruned && told.data.messageId === message.id) return { ...told, id };
  return { id, event, data: dataOf(event, message, user) };
}

function dataOf(event: Event['event'], message: Message, user: string): Told['data'] {
  if (event === 'message') return renderMessage(message, user);
  return event === 'recall' ? { messageId: message.id } : { messageId: message.id, readAt: message.reads.get(user) };
}
