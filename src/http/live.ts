import type { Context as HonoContext } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { Context } from '../core/context.ts';
import { everybody } from '../core/events.ts';
import { eventsSince, type ShownEvent } from '../core/inbox.ts';
import { organizationEvents } from '../core/message-detail.ts';
import type { Organization } from '../core/message-list.ts';
import type { Session } from '../core/sessions.ts';
import type { Env } from './env.ts';

const pageSize = 100;

/** A comment now and then keeps proxies from closing a quiet stream, and finds out that the other end is gone. */
const heartbeat = 20_000;

/** A numbered stream: whom it belongs to, its newest number, and what it holds after a number. */
type Source = {
  readonly corpId: number;
  readonly userId: number;
  last(): Promise<number>;
  /** `isAll` when there was no more to read; `last` is the number that was reached, whether or not its event is of interest. */
  since(seq: number): Promise<{ events: readonly ShownEvent[]; last: number; isAll: boolean }>;
};

/** A person's stream as server-sent events. */
export async function eventStream(c: HonoContext<Env>, context: Context, session: Session, since: number | undefined) {
  const { corpId, userId } = session;
  return stream(c, context, since, {
    corpId,
    userId,
    last: async () => (await context.store.inboxEnds(corpId, userId)).last,
    async since(seq) {
      const events = await eventsSince(context, session, seq, pageSize);
      return { events, last: events.at(-1)?.seq ?? seq, isAll: events.length < pageSize };
    },
  });
}

/** What happens in an organization, of one message or of all, as server-sent events. */
export async function organizationStream<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  organization: Organization,
  messageId: string | undefined,
  since: number | undefined,
) {
  const { corpId } = organization;
  return stream(c, context, since, {
    corpId,
    userId: everybody,
    last: async () => context.store.operator.lastEvent(corpId),
    since: (seq) => organizationEvents(context, organization, seq, messageId, pageSize),
  });
}

/**
 * The events carry their numbers as ids; what is new and what was missed are read from the store in the same way, so a follower that
 * comes back with its last number has no gap and nothing twice.
 *
 * @param since the number after which to begin, or undefined for what comes from now on
 */
async function stream<E extends Env>(c: HonoContext<E>, context: Context, since: number | undefined, source: Source) {
  const bell = createBell();
  // Followed before the end is looked up, so that nothing can fall between.
  const leave = context.events.follow(source.corpId, source.userId, bell.ring);
  const start = await startOf(source, since).catch((error: unknown) => {
    leave();
    throw error;
  });
  c.header('x-accel-buffering', 'no');
  const response = streamSSE(c, async (stream) => {
    const timer = setInterval(() => void stream.write(': \n\n'), heartbeat);
    timer.unref();
    stream.onAbort(() => bell.ring(true));
    try {
      await stream.write(`retry: 1000\n: from ${start}\n\n`);
      await follow(source, stream, start, bell);
    } catch (err) {
      context.log.error({ err }, 'an event stream broke off');
    } finally {
      clearInterval(timer);
      leave();
    }
  });
  // Hono asks caches to look again; what one person reads is not for them at all.
  response.headers.set('cache-control', 'no-store');
  return response;
}

async function startOf(source: Source, since: number | undefined): Promise<number> {
  const last = await source.last();
  // A number beyond the end is from before a restore; whoever waited for it would miss all that comes until then.
  return Math.min(since ?? last, last);
}

async function follow(source: Source, stream: SSEStreamingApi, start: number, bell: Bell): Promise<void> {
  let seq = start;
  while (!bell.ended()) {
    const { events, last, isAll } = await source.since(seq);
    for (const { seq: id, event, data } of events) {
      await stream.writeSSE({ id: String(id), event, data: JSON.stringify(data) });
    }
    seq = last;
    if (isAll) await bell.next();
  }
}

/** Remembers that it rang while nobody was listening. */
type Bell = { ring(ended: boolean): void; next(): Promise<void>; ended(): boolean };

function createBell(): Bell {
  let rang = false;
  let over = false;
  let wake: (() => void) | undefined;
  return {
    ring(ended) {
      rang = true;
      over ||= ended;
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
  };
}
