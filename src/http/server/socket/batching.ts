/**
 * Returns a function that batches the requests of one event-loop turn: it runs all handlers, then writes all responses.
 * A batch never waits for more requests.
 *
 * Why: if requests are handled one by one, the kernel runs between reading, handling and writing each of them. Its code
 * evicts ours from the processor's caches, and each response wakes the peer separately. Measured with 64 connections,
 * batching raised readStatus from 24,000 to 37,000 requests a second for random keys, and from 52,000 to 60,000 for a
 * small set of keys.
 *
 * @param work handles one request, and returns a function that writes its response
 */
export function createBatcher<T>(work: (item: T) => () => void): (item: T) => void {
  let batch: T[] = [];
  let scheduled = false;
  const handle = () => {
    const items = batch;
    batch = [];
    for (const respond of items.map(work)) respond();
  };
  const handleRest = () => {
    scheduled = false;
    handle();
  };
  return (item) => {
    batch.push(item);
    if (batch.length >= maxBatch) return handle();
    if (scheduled) return;
    scheduled = true;
    setImmediate(handleRest);
  };
}

/**
 * Requests in a batch. With 8 the gain is smaller; with 32 and more the peer runs out of work while it waits for the
 * batch.
 */
const maxBatch = 16;
