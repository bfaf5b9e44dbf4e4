import { onTestFinished } from 'vitest';
import type { Accepted, App, Dump, InboxEvent, InboxMessage, Robot, Send } from '../model.ts';
import type { Store } from '../store.ts';

/** A new, empty store of an engine. `reopen` restarts it, and `close` closes it and removes its files. */
export type Opened = { readonly store: Store; reopen(): Promise<Store>; close(): Promise<void> };

export type Open = () => Promise<Opened>;

/** Opens an empty store that is closed when the test ends. */
export async function opened(open: Open): Promise<Opened> {
  const made = await open();
  onTestFinished(() => made.close());
  return made;
}

/** The time at which the tests start, in epoch milliseconds: the start of a minute and of a day. */
export const start = Date.UTC(2026, 0, 1);

/** A time before the first partition. On every engine, messages sent then are removed one by one. */
export const early = Date.UTC(2024, 11, 1);

export const minute = 60_000;
export const day = 86_400_000;

/** An app, a robot and five users of organization 1, and one user of organization 2. */
export type World = {
  readonly store: Store;
  readonly corpId: number;
  readonly app: App;
  readonly robot: Robot;
  /** Numbers of the users by code. */
  readonly users: Readonly<Record<'ann' | 'bob' | 'cho' | 'dee' | 'eve', number>>;
  readonly foreigner: { readonly corpId: number; readonly userId: number; readonly robot: Robot };
  /** Creates a send, by default to ann and bob. */
  sending(given?: Partial<Send>): Send;
  send(given?: Partial<Send>): Promise<Accepted>;
  /** Sends and delivers a message. Resolves with its number. */
  arrive(given?: Partial<Send>): Promise<number>;
};

export const codes = ['ann', 'bob', 'cho', 'dee', 'eve'] as const;

/** Creates the world in a store. */
export async function world(store: Store): Promise<World> {
  const corpId = await organization(store, 'corp-one', codes);
  const strangers = await organization(store, 'corp-two', ['stranger']);
  const app = await anApp(store, corpId, 'app-one');
  const robot = await aRobot(store, app, 'robot-one');
  const sending = (given: Partial<Send> = {}): Send => ({
    corpId,
    robot,
    appId: app.id,
    kind: 1,
    param: '{"content":"hi"}',
    userCodes: ['ann', 'bob'],
    sentAt: start,
    ...given,
  });
  const send = async (given?: Partial<Send>) => must(await store.accept(sending(given)));
  return {
    store,
    corpId,
    app,
    robot,
    users: await numbersOf(store, corpId),
    foreigner: {
      corpId: strangers,
      userId: must((await store.findUsers(strangers, ['stranger']))[0]).id,
      robot: await aRobot(store, await anApp(store, strangers, 'app-two'), 'robot-two'),
    },
    sending,
    send,
    async arrive(given) {
      const { messageId } = await send(given);
      await store.settle(given?.corpId ?? corpId, messageId, given?.sentAt ?? start);
      return messageId;
    },
  };
}

async function organization(store: Store, code: string, people: readonly string[]): Promise<number> {
  const corpId = await store.number('organization');
  await store.putOrganization({ corpId, code, name: `${code} Ltd` });
  await store.putUsers(
    corpId,
    people.map((one) => ({ code: one, name: nameOf(one) })),
  );
  return corpId;
}

/** Returns the name of a user in the world. */
export const nameOf = (code: string) => `${code.toUpperCase()} 某`;

async function numbersOf(store: Store, corpId: number): Promise<World['users']> {
  const found = await store.findUsers(corpId, codes);
  return Object.fromEntries(found.map(({ code, id }) => [code, id])) as World['users'];
}

/** Creates an app of an organization. */
export async function anApp(store: Store, corpId: number, code: string, given: Partial<App> = {}): Promise<App> {
  const id = await store.number('app');
  const plain = {
    kind: 'internal',
    secretHash: 'x',
    generation: 1,
    permissions: ['p'],
    agentId: 1000 + id,
    uuid: `uuid-${id}`,
  } as const;
  const app: App = { corpId, id, code, ...plain, ...given };
  await store.putApp(app);
  return app;
}

/** Creates a robot of an app, installed in the app's organization. */
export async function aRobot(store: Store, app: App, code: string, given: Partial<Robot> = {}): Promise<Robot> {
  const id = await store.number('robot');
  const plain = { disabled: false, perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
  const robot: Robot = { corpId: app.corpId, id, code, name: `${code}!`, appId: app.id, ...plain, ...given };
  await store.putRobot(robot);
  await store.putInstallation(app.corpId, id);
  return robot;
}

/** Returns a value, or throws if it is undefined or null. */
export function must<T>(value: T | undefined | null): T {
  if (value === undefined || value === null) throw new Error('a value is missing that the test relies on');
  return value;
}

/** Sorts the rows of a dump, since rows of a table have no order: on Citus it differs from one query to the next. */
export function sortDump({ version, tables }: Dump) {
  const rows = Object.entries(tables).map(([name, list]) => [name, list.map((row) => JSON.stringify(row)).sort()]);
  return { version, tables: Object.fromEntries(rows) };
}

/** Reads the newest messages of an inbox. */
export async function inboxOf(store: Store, corpId: number, userId: number): Promise<readonly InboxMessage[]> {
  const before = Number.MAX_SAFE_INTEGER;
  return store.inboxes.page({ corpId, userId, before, robotId: 0, unread: false, limit: 1000 });
}

/** Reads a user's whole stream. */
export async function streamOf(store: Store, corpId: number, userId: number): Promise<readonly InboxEvent[]> {
  return store.inboxes.since(corpId, userId, 0, 100_000);
}

/** Renders the events of a stream in short: `1 message 7` is event 1, the arrival of message 7. */
export function told(events: readonly InboxEvent[]): readonly string[] {
  return events.map(({ seq, event, messageId }) => `${seq} ${event} ${messageId}`);
}

/** Counts the unread messages of a user, of all robots. */
export async function unreadOf(store: Store, corpId: number, userId: number): Promise<number> {
  const counts = await store.inboxes.unreadByRobot(corpId, userId);
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
