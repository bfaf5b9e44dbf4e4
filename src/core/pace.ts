import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { pause } from './pause.ts';

/** A step is followed by a pause if requests then take more than this share of the step's time. */
const quietShare = 1 / 8;

/** A pause is this many times as long as the step before it, so that requests get most of the time. */
const pauseFactor = 4;

/** The longest pause in milliseconds, so that a slow disk does not delay the job. */
const longestPause = 12;

/**
 * Waits between two steps of a long job. The requests that have arrived during the step run first. If there were many,
 * the wait is a multiple of the step; otherwise the next step may begin at once.
 *
 * @param took the milliseconds that the step took
 */
export async function waitForRequests(took: number): Promise<void> {
  const before = performance.eventLoopUtilization();
  await setImmediate();
  const { active } = performance.eventLoopUtilization(before);
  if (active > took * quietShare) await pause(Math.min(pauseFactor * took, longestPause));
}
