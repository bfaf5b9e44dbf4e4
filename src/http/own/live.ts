import type { Context as HonoContext } from 'hono';
import { type SSEMessage, streamSSE } from 'hono/streaming';
import { personKey } from '../../core/access/admissions.ts';
import { isSignedIn, type Session } from '../../core/access/sessions.ts';
import { messageNumber, organizationEvents } from '../../core/console/message-detail.ts';
import type { Organization } from '../../core/console/message-list.ts';
import { isOperator, type Operator } from '../../core/console/operators.ts';
import type { Context } from '../../core/context.ts';
import { everybody } from '../../core/events.ts';
import { eventsSince, type ShownEvent } from '../../core/inbox.ts';
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
  readonly follower: Follower;
  /** Returns the position of the newest event. */
  last(): Promise<number>;
  /**
   * Returns a page of events after a position. `last` is the position that was reached, even if its event was filtered
   * out; `isAll` is true if there are no further events.
   */
  since(after: number): Promise<{ events: readonly ShownEvent[]; last: number; isAll: boolean }>;
};

/**
 * The subscriber of a stream: the key under which re-checks of its authorization are requested, the time (epoch ms) at
 * which the session expires, and the check itself.
 */
type Follower = {
  readonly key: string;
  readonly until: number | undefined;
  isAdmitted(): Promise<boolean>;
};

/** Sends a user's inbox events as server-sent events. `since` is as for `stream`. */
export async function eventStream(c: HonoContext<Env>, context: Context, session: Session, since: number | undefined) {
  const { corpId, userId } = session;
  return stream(c, context, since, {
    corpId,
    userId,
    follower: {
      key: personKey(session),
      until: session.expiresAt,
      isAdmitted: () => isSignedIn(context, session),
    },
    last: async () => context.store.inboxEnd(corpId, userId),
    async since(after) {
      const events = await eventsSince(context, session, after, pageSize);
      return { events, last: events.at(-1)?.place ?? after, isAll: events.length < pageSize };
    },
  });
}

/**
 * Sends the events of an organization as server-sent events, of all messages or only of `messageId`. `since` is as for
 * `stream`.
 */
export async function organizationStream<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  organization: Organization,
  messageId: string | undefined,
  since: number | undefined,
  operator: Operator,
) {
  const { corpId } = organization;
  const only = messageId === undefined ? undefined : messageNumber(context, organization, messageId);
  return stream(c, context, since, {
    corpId,
    userId: everybody,
    follower: {
      key: operator.actor,
      until: operator.expiresAt,
      isAdmitted: () => isOperator(context, operator),
    },
    last: async () => context.store.operator.lastEvent(corpId),
    since: (after) => organizationEvents(context, organization, after, only, pageSize),
  });
}

/**
 * Sends a source as server-sent events whose ids are the event numbers. New events and missed events are read from the
 * store in the same way, so a client that reconnects with its last id gets every event exactly once. The stream ends
 * when its subscriber is no longer authorized.
 *
 * @param since the event number after which to start, or undefined for new events only
 */
async function stream<E extends Env>(c: HonoContext<E>, context: Context, since: number | undefined, source: Source) {
  // A HEAD response has no body, so a stream would never notice that the client is gone.
  if (c.req.method === 'HEAD')
    return c.body(null, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const bell = createBell();
  const line = createLine(c);
  // Subscribe before reading the end of the stream, so that no event between the two is lost.
  const leave = attend(
    context,
    source,
    (ended) => {
      if (ended) line.cut();
      bell.ring(ended);
    },
    bell,
  );
  const start = await startOf(source, since).catch((error: unknown) => {
    leave();
    throw error;
  });
  c.header('x-accel-buffering', 'no');
  const response = streamSSE(c, async (stream) => {
    const timer = setInterval(() => {
      // If the client does not read, comments would only pile up.
      if (!line.isBusy()) void stream.write(': \n\n');
      if (context.admissions.mayMiss) bell.doubt();
    }, heartbeat);
    timer.unref();
    stream.onAbort(() => bell.ring(true));
    try {
      await stream.write(`retry: 1000\n: from ${start}\n\n`);
      await follow(source, (message) => line.busy(stream.writeSSE(message)), start, bell);
    } catch (err) {
      context.log.error({ err }, 'an event stream broke off');
    } finally {
      clearInterval(timer);
      leave();
    }
  });
  // Hono sets `no-cache`, which still allows caches to store the response.
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Subscribes to the stream and to everything that may end it. Returns a function that unsubscribes. */
function attend(
  { events, admissions, clock }: Context,
  { corpId, userId, follower }: Source,
  wake: (ended: boolean) => void,
  bell: Bell,
): () => void {
  const ends = [
    events.follow(corpId, userId, wake),
    admissions.watch(follower.key, bell.doubt),
    ...(follower.until === undefined ? [] : [clock.at(follower.until, bell.doubt)]),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/**
 * Tracks whether a write to the connection is pending. If the client does not read, the write never completes and the
 * stream could not end normally, so the connection has to be destroyed.
 */
function createLine<E extends Env>(c: HonoContext<E>) {
  let isBusy = false;
  return {
    async busy(writing: Promise<void>) {
      isBusy = true;
      await writing;
      isBusy = false;
    },
    isBusy: () => isBusy,
    cut() {
      if (isBusy) c.env?.outgoing?.destroy();
    },
  };
}

async function startOf(source: Source, since: number | undefined): Promise<number> {
  const last = await source.last();
  // A number beyond the end is from before the database was restored. Waiting for it would skip all events up to it.
  return Math.min(since ?? last, last);
}

type Tell = (message: SSEMessage) => Promise<void>;

async function follow(source: Source, tell: Tell, start: number, bell: Bell): Promise<void> {
  let after = start;
  const isOver = async () => bell.ended() || (bell.doubted() && !(await source.follower.isAdmitted()));
  while (!(await isOver())) {
    const { events, last, isAll } = await source.since(after);
    for (const { seq: id, event, data } of events) {
      // A slow client may lose its authorization in the middle of a page.
      if (await isOver()) return;
      await tell({ id: String(id), event, data: JSON.stringify(data) });
    }
    after = last;
    // Yield to other work between two pages: a store that returns synchronously would otherwise block the event loop
    // for all of them.
    await (isAll ? bell.next() : new Promise((resolve) => setImmediate(resolve)));
  }
}

/** Wakes the loop of a stream. A signal sent while the loop is busy is not lost: the next wait returns at once. */
type Bell = {
  ring(ended: boolean): void;
  /** Wakes the loop and requests a re-check of the authorization. */
  doubt(): void;
  next(): Promise<void>;
  ended(): boolean;
  /**
   * Returns whether a re-check was requested, and clears the request. True the first time, because the authorization
   * may have ended before the subscription.
   */
  doubted(): boolean;
};

function createBell(): Bell {
  let rang = false;
  let over = false;
  let inDoubt = true;
  let wake: (() => void) | undefined;
  return {
    ring(ended) {
      rang = true;
      over ||= ended;
      wake?.();
    },
    doubt() {
      inDoubt = true;
      rang = true;
      wake?.();
    },
    async next() {
      if (!rang && !over) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      rang = false;
      wake = undefined;
    },
    ended: () => over,
    doubted() {
      const was = inDoubt;
      inDoubt = false;
      return was;
    },
  };
}
