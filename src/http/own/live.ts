import type { Context as HonoContext } from 'hono';
import { type SSEMessage, streamSSE } from 'hono/streaming';
import { personKey } from '../../core/access/admissions.ts';
import { isSignedIn, type Session } from '../../core/access/sessions.ts';
import { findMessageNumber, listOrganizationEvents } from '../../core/console/message-detail.ts';
import type { Organization } from '../../core/console/message-list.ts';
import { isOperator, keysOf, type Operator } from '../../core/console/operators.ts';
import type { Context } from '../../core/context.ts';
import { everybody } from '../../core/events.ts';
import { listEventsSince, type ShownEvent } from '../../core/inbox/inbox.ts';
import type { InboxCardEvent } from '../../wire/own/cards.ts';
import type { Env } from './env.ts';

const pageSize = 100;

/**
 * Milliseconds between comments on a stream. They keep proxies from closing a quiet stream, and detect that the client
 * is gone.
 */
const heartbeat = 20_000;

/** A stream of numbered events, of a user or of a whole organization (`userId` is `everybody`). */
type Source = {
  readonly corpId: number;
  readonly userId: number;
  readonly subscriber: Subscriber;
  /** Returns the position of the newest event. */
  last(): Promise<number>;
  /**
   * Returns a page of events after a position. `last` is the position that was reached, even if its event was filtered
   * out; `isAll` is true if there are no further events.
   */
  since(after: number): Promise<{ events: readonly ShownEvent[]; last: number; isAll: boolean }>;
  /** Calls `hinted` with events that have no number and are not repeated. Returns a function that ends this. */
  watch?(hinted: (hint: Hint) => void): () => void;
};

/** An event without a number. A later one with the same key replaces it if it has not been sent. */
type Hint = { readonly key: string; readonly event: string; readonly data: object };

/** Maximum number of hints that wait for a slow client; further ones are dropped. */
const maxHints = 1000;

/**
 * The subscriber of a stream: the keys under which re-checks of its authorization are requested, the time (epoch ms) at
 * which the session expires, and the check itself.
 */
type Subscriber = {
  readonly keys: readonly string[];
  readonly until: number | undefined;
  isAuthorized(): Promise<boolean>;
};

/** Sends a user's inbox events as server-sent events. `since` is as for `stream`. */
export async function streamInbox(c: HonoContext<Env>, context: Context, session: Session, since: number | undefined) {
  const { corpId, userId } = session;
  return streamEvents(c, context, since, {
    corpId,
    userId,
    subscriber: {
      keys: [personKey(session)],
      until: session.expiresAt,
      isAuthorized: () => isSignedIn(context, session),
    },
    last: async () => context.store.inboxes.end(corpId, userId),
    async since(after) {
      const events = await listEventsSince(context, session, after, pageSize);
      return { events, last: events.at(-1)?.position ?? after, isAll: events.length < pageSize };
    },
    watch: (hinted) =>
      context.cards.subscribe(corpId, userId, ({ code: cardId, revision }) =>
        hinted({ key: cardId, event: 'card', data: { cardId, revision } satisfies InboxCardEvent }),
      ),
  });
}

/**
 * Sends the events of an organization as server-sent events, of all messages or only of `messageId`. `since` is as for
 * `stream`.
 */
export async function streamOrganization<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  organization: Organization,
  messageId: string | undefined,
  since: number | undefined,
  operator: Operator,
) {
  const { corpId } = organization;
  const only = messageId === undefined ? undefined : await findMessageNumber(context, organization, messageId);
  return streamEvents(c, context, since, {
    corpId,
    userId: everybody,
    subscriber: {
      keys: keysOf(operator),
      until: operator.expiresAt,
      isAuthorized: () => isOperator(context, operator),
    },
    last: async () => context.store.operator.lastEvent(corpId),
    since: (after) => listOrganizationEvents(context, organization, after, only, pageSize),
  });
}

/**
 * Sends a source as server-sent events whose ids are the event numbers. New events and missed events are read from the
 * store in the same way, so a client that reconnects with its last id gets every event exactly once. The stream ends
 * when its subscriber is no longer authorized.
 *
 * @param since the event number after which to start, or undefined for new events only
 */
async function streamEvents<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  since: number | undefined,
  source: Source,
) {
  // A HEAD response has no body, so a stream would never notice that the client is gone.
  if (c.req.method === 'HEAD')
    return c.body(null, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const signal = createSignal();
  const connection = createConnection(c);
  // Subscribe before reading the end of the stream, so that no event between the two is lost.
  const unsubscribe = subscribe(
    context,
    source,
    (ended) => {
      if (ended) connection.destroyIfBusy();
      signal.wake(ended);
    },
    signal,
  );
  const hints = new Map<string, Hint>();
  const unwatch = source.watch?.((hint) => {
    if (hints.size < maxHints || hints.has(hint.key)) hints.set(hint.key, hint);
    signal.hint();
  });
  const start = await findStart(source, since).catch((error: unknown) => {
    unwatch?.();
    unsubscribe();
    throw error;
  });
  c.header('x-accel-buffering', 'no');
  const response = streamSSE(c, async (stream) => {
    const timer = setInterval(() => {
      // If the client does not read, comments would only pile up.
      if (!connection.isBusy()) void stream.write(': \n\n');
      if (context.admissions.mayMiss) signal.recheck();
    }, heartbeat);
    timer.unref();
    stream.onAbort(() => signal.wake(true));
    try {
      await stream.write(`retry: 1000\n: from ${start}\n\n`);
      await sendEvents(source, (message) => connection.track(stream.writeSSE(message)), start, signal, hints);
    } catch (err) {
      context.log.error({ err }, 'an event stream failed');
    } finally {
      clearInterval(timer);
      unwatch?.();
      unsubscribe();
    }
  });
  // Hono sets `no-cache`, which still allows caches to store the response.
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Subscribes to the stream and to everything that may end it. Returns a function that unsubscribes. */
function subscribe(
  { events, admissions, clock }: Context,
  { corpId, userId, subscriber }: Source,
  wake: (ended: boolean) => void,
  signal: Signal,
): () => void {
  const ends = [
    events.subscribe(corpId, userId, wake),
    ...subscriber.keys.map((key) => admissions.watch(key, signal.recheck)),
    ...(subscriber.until === undefined ? [] : [clock.at(subscriber.until, signal.recheck)]),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Tracks whether a write to the connection is pending. If the client does not read, the write never completes and the
 * stream could not end normally, so the connection has to be destroyed.
 */
function createConnection<E extends Env>(c: HonoContext<E>) {
  let isBusy = false;
  return {
    async track(writing: Promise<void>) {
      isBusy = true;
      await writing;
      isBusy = false;
    },
    isBusy: () => isBusy,
    destroyIfBusy() {
      if (isBusy) c.env?.outgoing?.destroy();
    },
  };
}

async function findStart(source: Source, since: number | undefined): Promise<number> {
  const last = await source.last();
  // A number beyond the end is from before the database was restored. Waiting for it would skip all events up to it.
  return Math.min(since ?? last, last);
}

type Send = (message: SSEMessage) => Promise<void>;

async function sendEvents(
  source: Source,
  send: Send,
  start: number,
  signal: Signal,
  hints: Map<string, Hint>,
): Promise<void> {
  let after = start;
  const isOver = async () => signal.isEnded() || (signal.takeRecheck() && !(await source.subscriber.isAuthorized()));
  while (!(await isOver())) {
    // A hint alone is no reason to read events.
    const { events, last, isAll } = signal.takeGrown() ? await source.since(after) : { ...nothing, last: after };
    if (!isAll) signal.wake(false);
    for (const { seq: id, event, data } of events) {
      // A slow client may lose its authorization in the middle of a page.
      if (await isOver()) return;
      await send({ id: String(id), event, data: JSON.stringify(data) });
    }
    after = last;
    for (const [key, { event, data }] of hints) {
      hints.delete(key);
      await send({ event, data: JSON.stringify(data) });
    }
    // Yield to other work between two pages: a store that returns synchronously would otherwise block the event loop
    // for all of them.
    await (isAll ? signal.wait() : new Promise((resolve) => setImmediate(resolve)));
  }
}

const nothing = { events: [], isAll: true };

/** Wakes the loop of a stream. A signal sent while the loop is busy is not lost: the next wait returns at once. */
type Signal = {
  wake(ended: boolean): void;
  /** Wakes the loop to send hints. */
  hint(): void;
  /** Returns whether the stream may have grown since the last call. True the first time. */
  takeGrown(): boolean;
  /** Wakes the loop and requests a re-check of the authorization. */
  recheck(): void;
  wait(): Promise<void>;
  isEnded(): boolean;
  /**
   * Returns whether a re-check was requested, and clears the request. True the first time, because the authorization
   * may have ended before the subscription.
   */
  takeRecheck(): boolean;
};

function createSignal(): Signal {
  let isSignaled = false;
  let isOver = false;
  let needsRecheck = true;
  let isGrown = true;
  let wake: (() => void) | undefined;
  return {
    wake(ended) {
      isSignaled = true;
      isGrown = true;
      isOver ||= ended;
      wake?.();
    },
    hint() {
      isSignaled = true;
      wake?.();
    },
    takeGrown() {
      const was = isGrown;
      isGrown = false;
      return was;
    },
    recheck() {
      needsRecheck = true;
      isSignaled = true;
      wake?.();
    },
    async wait() {
      if (!isSignaled && !isOver) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      isSignaled = false;
      wake = undefined;
    },
    isEnded: () => isOver,
    takeRecheck() {
      const was = needsRecheck;
      needsRecheck = false;
      return was;
    },
  };
}
