import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { pause } from '../pause.ts';

/** A step is followed by a pause if requests then take more than this share of the step's time. */
const quietShare = 1 / 8;

/** Turns of the event loop in which requests are looked for: the clients that were just answered need a moment. */
const turns = 3;

/**
 * The time from the beginning of a step to that of the next one, in times that its transaction took, if there is a
 * pause. The commit and what follows it take about as long as the transaction, so requests get more than four fifths of
 * the time.
 */
const pauseFactor = 14;

/** The longest pause in milliseconds, so that a slow database does not delay the job. */
const longestPause = 20;

/**
 * Waits between two steps of a long job. The requests that have arrived during the step run first. If there were many,
 * there is a pause; otherwise the next step may begin at once.
 *
 * @param started when the step began, as `performance.now()` returns it
 * @param took the milliseconds of its transaction
 */
export async function waitForRequests(started: number, took: number): Promise<void> {
  // A commit ends in the phase of the event loop in which requests arrive, so those of the next turn are the first.
  await setImmediate();
  const before = performance.eventLoopUtilization();
  for (let turn = 0; turn < turns; turn++) await setImmediate();
  const { active } = performance.eventLoopUtilization(before);
  if (active <= took * quietShare) return;
  const wait = Math.min(started + pauseFactor * took - performance.now(), longestPause);
  if (wait > 0) await pause(wait);
}
