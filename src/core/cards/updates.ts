import type { Card } from '../../store/cards/cards.ts';
import type { CardVerbs } from '../../store/cards/verbs.ts';
import type { Log } from '../log.ts';

/** A card that has changed. */
export type CardHint = Pick<Card, 'corpId' | 'id' | 'code' | 'revision'>;

/**
 * Notifies open pages of changed cards. Changes of cards enter neither inboxes nor the events of organizations: a page
 * gets a hint and reads the newest card. The hints of one card are merged to one in 500 ms, as are the writes that make its
 * changes durable.
 */
export type CardUpdates = {
  /** Called after each change of a card by this process. */
  changed(card: CardHint): void;
  /** Calls the listener after each change of a card by this process. Returns a function that removes it. */
  watch(listener: () => void): () => void;
  /** Calls the listener with changes of cards that were delivered to a user. Returns a function that ends this. */
  subscribe(corpId: number, userId: number, listener: (hint: CardHint) => void): () => void;
  /** Handles a notification of another process; without a text, notifications may have been lost. */
  receive(text?: string): void;
  /** Makes all changes durable. */
  close(): Promise<void>;
};

export type CardUpdatesParts = {
  readonly cards: Pick<CardVerbs, 'viewers' | 'sync' | 'changedSince'>;
  readonly now: () => number;
  /** Notifies the other processes. */
  readonly publish: (text: string) => void;
  readonly log: Log;
};

/** Milliseconds of the machine's clock in which hints and writes are merged. */
const mergeTime = 500;

/** After notifications were lost, changes of the last `lostTime` milliseconds are read again, of at most `mostLost` cards. */
const lostTime = 60_000;
const mostLost = 500;

/** Creates the updates of one process. */
export function createCardUpdates({ cards, now, publish, log }: CardUpdatesParts): CardUpdates {
  const work = createWork(log);
  const listeners = createListeners();
  const watchers = new Set<() => void>();
  const notify = (hint: CardHint) => {
    const userIds = listeners.users(hint.corpId);
    if (userIds.length === 0) return;
    work.run(async () => {
      const viewers = await cards.viewers(hint.corpId, hint.id, userIds);
      spread(viewers, (userId) => listeners.call(hint, userId));
    });
  };
  const merged = createMerged({
    notify(hint) {
      publish(formatHint(hint));
      notify(hint);
    },
    sync: (hint) => work.run(() => cards.sync(hint)),
  });
  return {
    changed({ corpId, id, code, revision }) {
      for (const wake of watchers) wake();
      merged.add({ corpId, id, code, revision });
    },
    watch(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    subscribe: listeners.add,
    receive(text) {
      const hint = text === undefined ? undefined : parseHint(text);
      if (hint) notify(hint);
      else if (text === undefined) work.run(() => findLost(cards, listeners.organizations(), now() - lostTime, notify));
    },
    async close() {
      merged.close();
      await work.ended();
    },
  };
}

/** Milliseconds between two slices of the people who are told of a change, and the most slices. */
const sliceTime = 10;
const mostSlices = 40;
const smallestSlice = 5;

/** Calls a function for each of many people, a few at a time: all of them read the card at once when they are told. */
function spread(userIds: readonly number[], tell: (userId: number) => void): void {
  const size = Math.max(smallestSlice, Math.ceil(userIds.length / mostSlices));
  for (const userId of userIds.slice(0, size)) tell(userId);
  if (userIds.length > size) setTimeout(spread, sliceTime, userIds.slice(size), tell).unref();
}

/** Runs work that nobody waits for. A failure is only logged. */
function createWork(log: Log) {
  const running = new Set<Promise<void>>();
  return {
    run(work: () => Promise<void>) {
      const done = work().catch((err: unknown) => log.warn({ err }, 'a change of a card could not be passed on'));
      running.add(done);
      void done.finally(() => running.delete(done));
    },
    async ended() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** The listeners of a process, by organization and user. */
function createListeners() {
  const all = new Map<number, Map<number, Set<(hint: CardHint) => void>>>();
  return {
    organizations: () => [...all.keys()],
    users: (corpId: number) => [...(all.get(corpId)?.keys() ?? [])],
    call(hint: CardHint, userId: number) {
      for (const listener of all.get(hint.corpId)?.get(userId) ?? []) listener(hint);
    },
    add(corpId: number, userId: number, listener: (hint: CardHint) => void) {
      const users = all.get(corpId) ?? new Map<number, Set<(hint: CardHint) => void>>();
      all.set(corpId, users);
      const own = users.get(userId) ?? new Set();
      users.set(userId, own.add(listener));
      return () => {
        if (!own.delete(listener) || own.size > 0 || users.get(userId) !== own) return;
        users.delete(userId);
        if (users.size === 0 && all.get(corpId) === users) all.delete(corpId);
      };
    },
  };
}

/** A card that has changed within the last 500 ms. */
type Recent = { hint: CardHint; isNew: boolean; readonly timer: NodeJS.Timeout };

/** Passes on the first change of a card at once, and the last one of each further 500 ms. */
function createMerged(on: { readonly notify: (hint: CardHint) => void; readonly sync: (hint: CardHint) => void }) {
  const recent = new Map<string, Recent>();
  const end = (key: string) => {
    const entry = recent.get(key);
    if (!entry) return;
    on.sync(entry.hint);
    if (!entry.isNew) return void recent.delete(key);
    entry.isNew = false;
    on.notify(entry.hint);
    entry.timer.refresh();
  };
  return {
    add(hint: CardHint) {
      const key = `${hint.corpId}/${hint.id}`;
      const entry = recent.get(key);
      if (entry) return void Object.assign(entry, { hint, isNew: true });
      recent.set(key, { hint, isNew: false, timer: setTimeout(end, mergeTime, key).unref() });
      on.notify(hint);
    },
    close() {
      for (const { timer, hint } of recent.values()) {
        clearTimeout(timer);
        on.sync(hint);
      }
      recent.clear();
    },
  };
}

async function findLost(
  cards: CardUpdatesParts['cards'],
  corpIds: readonly number[],
  since: number,
  notify: (hint: CardHint) => void,
): Promise<void> {
  for (const corpId of corpIds) for (const card of await cards.changedSince(corpId, since, mostLost)) notify(card);
}

/** Formats a hint for other processes, without colons. */
function formatHint({ corpId, id, revision, code }: CardHint): string {
  return `${corpId}/${id}/${revision}/${code}`;
}

function parseHint(text: string): CardHint | undefined {
  const [, corpId, id, revision, code] = /^(\d+)\/(\d+)\/(\d+)\/([\w-]+)$/.exec(text) ?? [];
  return code === undefined ? undefined : { corpId: Number(corpId), id: Number(id), revision: Number(revision), code };
}
