import { expect, test } from 'vitest';
import { createBatcher } from './batching.ts';

/** Handles items in one turn of the event loop, and returns what happened in order. */
async function handleItems(count: number): Promise<readonly string[]> {
  const log: string[] = [];
  const handle = createBatcher<number>((item) => {
    log.push(`work ${item}`);
    return () => log.push(`respond ${item}`);
  });
  for (let item = 0; item < count; item++) handle(item);
  await new Promise((resolve) => setImmediate(resolve));
  return log;
}

test('handles all requests of one event-loop turn in order, then writes all responses in order', async () => {
  expect(await handleItems(3)).toEqual(['work 0', 'work 1', 'work 2', 'respond 0', 'respond 1', 'respond 2']);
});

test('each request is handled once and in order when there are more requests than a batch can hold', async () => {
  const log = await handleItems(50);
  const plainly = Array.from({ length: 50 }, (_, item) => [`work ${item}`, `respond ${item}`]).flat();
  expect(log.toSorted()).toEqual(plainly.toSorted());
  expect(log.filter((line) => line.startsWith('respond'))).toEqual(
    plainly.filter((line) => line.startsWith('respond')),
  );
  for (let item = 0; item < 50; item++)
    expect(log.indexOf(`work ${item}`)).toBeLessThan(log.indexOf(`respond ${item}`));
});
