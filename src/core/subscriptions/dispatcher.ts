import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { Context } from '../context.ts';
import type { Dispatcher } from './dispatcher-type.ts';
import { startWorker, type Worker } from './worker.ts';

/** Milliseconds, by the machine's clock, until the next check after a worker or a check has failed. */
const retryDelay = 1000;

/** Creates the dispatcher of one process. Nothing is delivered before the first check. */
export function createDispatcher(getContext: () => Context): Dispatcher {
  const workers = new Map<string, Worker>();
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const start = (key: string, subscription: Subscription) => {
    const context = getContext();
    const worker = startWorker(context, subscription, (error) => {
      if (workers.get(key) !== worker) return;
      workers.delete(key);
      if (error === undefined) return void check();
      context.log.error({ err: error, endpoint: subscription.code }, 'cannot deliver events, and will try again');
      retry();
    });
    workers.set(key, worker);
  };
  const retry = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), retryDelay);
    timer.unref();
  };
  const checkOnce = async () => {
    if (isClosed) return;
    const { store } = getContext();
    const owned = await store.subscriptions.owned(store.processes.own());
    const wanted = new Map(owned.map((one) => [`${one.corpId}/${one.id}`, one]));
    for (const [key, worker] of findOutdated(workers, wanted)) {
      workers.delete(key);
      await worker.close();
    }
    for (const [key, subscription] of wanted) if (!isClosed && !workers.has(key)) start(key, subscription);
  };
  const check = () => {
    running = running.then(checkOnce).catch((err: unknown) => {
      getContext().log.warn({ err }, 'cannot read the subscriptions to events, and will try again');
      retry();
    });
    return running;
  };
  return {
    check,
    async pause() {
      await running;
      await stopAll(workers);
    },
    async idle() {
      await running;
      await Promise.all([...workers.values()].map((worker) => worker.idle()));
    },
    oldest: () => findOldest([...workers.values()]),
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await running;
      await stopAll(workers);
    },
  };
}

function findOldest(workers: readonly Worker[]): number | undefined {
  const times = workers.flatMap((worker) => worker.oldest() ?? []);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Returns the workers whose subscriptions have changed, or are no longer delivered by this process. */
function findOutdated(workers: ReadonlyMap<string, Worker>, wanted: ReadonlyMap<string, Subscription>) {
  return [...workers].filter(([key, { subscription }]) => {
    const now = wanted.get(key);
    return now?.revision !== subscription.revision || now.owner !== subscription.owner;
  });
}

async function stopAll(workers: Map<string, Worker>): Promise<void> {
  const all = [...workers.values()];
  workers.clear();
  await Promise.all(all.map((worker) => worker.close()));
}
