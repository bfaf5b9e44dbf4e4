import type { Pending } from '../../store/model.ts';
import type { Store } from '../../store/store.ts';
import type { Log } from '../context.ts';
import type { Deliverer } from './deliver.ts';

/** Delivers messages that belong to this process although it does not know that their commit succeeded. */
export type DeliverySweep = {
  /** Scans once. A message is delivered only when two scans in a row have found it. */
  scan(): Promise<void>;
  close(): Promise<void>;
};

/** Milliseconds between two scans, by the machine's clock, because a frozen clock must not stop them. */
const interval = 1000;

const pageSize = 500;

/** Maximum number of pages that one scan reads; the next scan continues after them. */
const maxPages = 20;

type Parts = { readonly store: Store; readonly deliverer: Deliverer; readonly log: Log };
type Position = { readonly corpId: number; readonly messageId: number };

const beginning: Position = { corpId: 0, messageId: 0 };

/**
 * Starts the sweep. If the database's reply to a commit is lost, a message may have been accepted, or taken over from
 * another process, without this process knowing it. Such a message is undelivered and belongs to this process, but its
 * deliverer does not handle it. A scan is one query of the partial index of undelivered messages, which is usually
 * empty or short. Requiring two scans excludes messages whose commit is just being acknowledged. If a message is
 * delivered twice all the same, it is settled once.
 */
export function startDeliverySweep({ store, deliverer, log }: Parts): DeliverySweep {
  // Unhandled messages of the previous pass over the table, and of the current one so far. A pass may take several
  // scans.
  let suspects: ReadonlySet<number> = new Set();
  let pass = new Set<number>();
  let position = beginning;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const scanOnce = async () => {
    const stuck: Pending[] = [];
    for (let page = 0; page < maxPages && !closed; page++) {
      const messages = await store.pending(position, pageSize);
      const unhandled = messages.filter(({ messageId }) => !deliverer.isHandling(messageId));
      for (const { messageId } of unhandled) pass.add(messageId);
      stuck.push(...unhandled.filter(({ messageId }) => suspects.has(messageId)));
      const last = messages.length < pageSize ? undefined : messages.at(-1);
      position = last ?? beginning;
      if (last) continue;
      [suspects, pass] = [pass, new Set()];
      break;
    }
    if (stuck.length === 0 || closed) return;
    log.warn({ messages: stuck.length }, 'delivering messages that nothing else would deliver');
    for (const message of stuck) deliverer.deliver(message);
  };
  const scan = () => {
    running = running
      .then(scanOnce)
      .catch((err: unknown) => log.debug({ err }, 'cannot look for undelivered messages, and will try again'));
    return running;
  };
  const schedule = () => {
    if (closed) return;
    timer = setTimeout(() => void scan().then(schedule), interval);
    timer.unref();
  };
  schedule();
  return {
    scan: scan,
    async close() {
      closed = true;
      clearTimeout(timer);
      await running;
    },
  };
}
