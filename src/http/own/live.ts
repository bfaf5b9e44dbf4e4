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

/** A comment now and then keeps proxies from closing a quiet stream, and finds out that the other end is gone. */
const heartbeat = 20_000;

/** A numbered stream: whom it belongs to, its newest number, and what it holds after a number. */
type Source = {
  readonly corpId: number;
  readonly userId: number;
  readonly follower: Follower;
  last(): Promise<number>;
  /** After a number or a place. `isAll` when there was no more; `last` is the place that was reached, whether or not its event is of interest. */
  since(after: number): Promise<{ events: readonly ShownEvent[]; last: number; isAll: boolean }>;
};

/** Who follows: the key under which that is doubted, the time at which it ends by itself, and whether it is still allowed. */
type Follower = {
  readonly key: string;
  readonly until: number | undefined;
  isAdmitted(): Promise<boolean>;
};

/** A person's stream as server-sent events. */
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

/** What happens in an organization, of one message or of all, as server-sent events. */
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
 * The events carry their numbers as ids; what is new and what was missed are read from the store in the same way, so a follower that
 * comes back with its last number has no gap and nothing twice. A stream ends when its follower may follow no longer.
 *
 * @param since the number after which to begin, or undefined for what comes from now on
 */
async function stream<E extends Env>(c: HonoContext<E>, context: Context, since: number | undefined, source: Source) {
  // Nobody listens to the answer of HEAD, so nobody would ever leave.
  if (c.req.method === 'HEAD')
    return c.body(null, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const bell = createBell();
  const line = createLine(c);
  // Followed before the end is looked up, so that nothing can fall between.
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
      // To a reader who is behind it would only pile up.
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
  // Hono asks caches to look again; what one person reads is not for them at all.
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Follows the stream and whatever may end it; answers what ends that. */
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

/** The connection below a stream. Who does not read holds up what is written, and would never see the end. */
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
  // A number beyond the end is from before a restore; whoever waited for it would miss all that comes until then.
  return Math.min(since ?? last, last);
}

type Tell = (message: SSEMessage) => Promise<void>;

async function follow(source: Source, tell: Tell, start: number, bell: Bell): Promise<void> {
  let after = start;
  const isOver = async () => bell.ended() || (bell.doubted() && !(await source.follower.isAdmitted()));
  while (!(await isOver())) {
    const { events, last, isAll } = await source.since(after);
    for (const { seq: id, event, data } of events) {
      // A reader who takes his time may have to leave in the middle of a page.
      if (await isOver()) return;
      await tell({ id: String(id), event, data: JSON.stringify(data) });
    }
    after = last;
    // Between two pages others have their turn: from a store that answers at once, a long way would be gone in one go.
    await (isAll ? bell.next() : new Promise((resolve) => setImmediate(resolve)));
  }
}

/** Remembers that it rang while nobody was listening. */
type Bell = {
  ring(ended: boolean): void;
  /** Rings, and asks whether the follower may stay. */
  doubt(): void;
  next(): Promise<void>;
  ended(): boolean;
  /** Whether there is a doubt that nobody has looked into; from the beginning there is one, since much may have happened before the bell was hung. */
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
