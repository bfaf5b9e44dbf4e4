import type { Pending } from '../store/model.ts';
import type { Store } from '../store/store.ts';
import type { Log } from './context.ts';
import type { Deliverer } from './deliver.ts';

/** Delivers messages of this process that were committed without this process knowing it. */
export type DeliverySweep = {
  /** Looks once. A message has to be found by two looks in a row before it is delivered. */
  look(): Promise<void>;
  close(): Promise<void>;
};

/** Milliseconds of the machine between two looks; a frozen clock must not stop them. */
const interval = 1000;

const pageSize = 500;

/** Pages that one look reads at most; the next look goes on behind them. */
const maxPages = 20;

type Parts = { readonly store: Store; readonly deliverer: Deliverer; readonly log: Log };
type Position = { readonly corpId: number; readonly messageId: number };

const beginning: Position = { corpId: 0, messageId: 0 };

/**
 * Starts the sweep. If the answer to a commit is lost, a message may be accepted, or taken over from another process, without this
 * process knowing it. Such a message is undelivered and belongs to this process, but the deliverer does not handle it. A look is one
 * query of the partial index of undelivered messages, which is empty or short. The second look excludes messages whose commit is about
 * to be acknowledged; a message that is delivered twice all the same is settled once.
 */
export function startDeliverySweep({ store, deliverer, log }: Parts): DeliverySweep {
  // Unhandled messages of the walk before this one, and of this one so far; a walk may take several looks.
  let suspects: ReadonlySet<number> = new Set();
  let walk = new Set<number>();
  let position = beginning;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const lookOnce = async () => {
    const stuck: Pending[] = [];
    for (let page = 0; page < maxPages && !closed; page++) {
      const messages = await store.pending(position, pageSize);
      const unhandled = messages.filter(({ messageId }) => !deliverer.isHandling(messageId));
      for (const { messageId } of unhandled) walk.add(messageId);
      stuck.push(...unhandled.filter(({ messageId }) => suspects.has(messageId)));
      const last = messages.length < pageSize ? undefined : messages.at(-1);
      position = last ?? beginning;
      if (last) continue;
      [suspects, walk] = [walk, new Set()];
      break;
    }
    if (stuck.length === 0 || closed) return;
    log.warn({ messages: stuck.length }, 'delivering messages that nothing else would deliver');
    for (const message of stuck) deliverer.deliver(message);
  };
  const look = () => {
    running = running
      .then(lookOnce)
      .catch((err: unknown) => log.debug({ err }, 'cannot look for undelivered messages, and will try again'));
    return running;
  };
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => void look().then(schedule), interval);
    timer.unref();
  };
  schedule();
  return {
    look,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
