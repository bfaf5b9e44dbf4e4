import { clear, createStore, get, set, update } from 'idb-keyval';
import type { InboxUser, InboxWhoAnswer } from '../../../src/client/answers.ts';
import { mediaCache } from '../../worker/shared.ts';
import type { KeptReads } from '../state/reads.ts';
import { type KeptState, type State, toKept } from '../state/state.ts';
import type { Manner } from '../thread/viewing.ts';

/** The session of a page, as the server has described it. */
export type KeptSession = { readonly user: InboxUser; readonly pictures: InboxWhoAnswer['remotePictures'] };

/** What this browser keeps of the inbox of a user. */
export type KeptInbox = {
  /** What was there when the page was opened without a connection. */
  readonly first: KeptState | undefined;
  /** Reads that the server has not confirmed. */
  readsOf(kind: 'messages' | 'dings', confirmed: Promise<void>): KeptReads;
  /** Keeps what the store has, from its first load on. Returns a function that stops this. */
  follow(store: Observed): () => void;
};

type Observed = { state(): State; subscribe(listener: () => void): () => void };
type Entries = readonly (readonly [string, Manner])[];

/** Milliseconds between a change and its write; changes arrive in bursts. */
const pause = 500;

const database = openDatabase();
const sessionKey = 'session';
const keyOf = (what: string, { corpId, userId }: InboxUser) => JSON.stringify([what, corpId, userId]);

/** A database that the browser blocks keeps nothing: the inbox works without one. */
function openDatabase() {
  try {
    return createStore('huizhi-inbox', 'kept');
  } catch {
    return undefined;
  }
}

/** Counts up when everything is cleared, so that a write that was under way does not bring it back. */
let epoch = 0;

async function read<T>(key: string): Promise<T | undefined> {
  return database && get<T>(key, database).catch(() => undefined);
}

async function write(key: string, value: unknown): Promise<void> {
  if (database) await set(key, value, database).catch(() => {});
}

/** Keeps whose session this is. What another user has left is removed. */
export async function keepSession(session: KeptSession): Promise<void> {
  const known = await read<KeptSession>(sessionKey);
  if (known && keyOf('', known.user) !== keyOf('', session.user)) await clearKept();
  await write(sessionKey, session);
}

/** Returns the session and the inbox that a page without a connection can show. */
export async function readKept(): Promise<{ session: KeptSession; inbox: KeptState } | undefined> {
  const session = await read<KeptSession>(sessionKey);
  const inbox = session && (await read<KeptState>(keyOf('inbox', session.user)));
  return session && inbox && { session, inbox };
}

/** Removes everything: at a sign-out, and when the session has ended. */
export async function clearKept(): Promise<void> {
  epoch += 1;
  if (database) await clear(database).catch(() => {});
  await globalThis.caches?.delete(mediaCache).catch(() => false);
}

export function openKept(user: InboxUser, first: KeptState | undefined): KeptInbox {
  return {
    first,
    readsOf: (kind, confirmed) => keepReads(keyOf(kind, user), confirmed),
    follow: (store) => keepStore(keyOf('inbox', user), store),
  };
}

function keepReads(key: string, confirmed: Promise<void>): KeptReads {
  const change = (edit: (entries: Entries) => Entries) => {
    const begun = epoch;
    const next = (entries: Entries = []) => (begun === epoch ? edit(entries) : []);
    if (database) update<Entries>(key, next, database).catch(() => {});
  };
  return {
    earlier: confirmed.then(async () => (await read<Entries>(key)) ?? []),
    add: (id, manner) => change((entries) => [...entries, [id, manner]]),
    remove: (ids) => change((entries) => entries.filter(([id]) => !ids.includes(id))),
  };
}

function keepStore(key: string, { state, subscribe }: Observed): () => void {
  const begun = epoch;
  let timer: number | undefined;
  const keep = () => {
    timer = undefined;
    if (begun === epoch) void write(key, toKept(state()));
  };
  const unsubscribe = subscribe(() => {
    // What was kept is not written again before the server has answered.
    if (state().phase === 'ready' && state().isConnected) timer ??= window.setTimeout(keep, pause);
  });
  return () => {
    unsubscribe();
    clearTimeout(timer);
  };
}
