import type { Driver } from '../../store/engine/sql.ts';
import type { Log } from '../context.ts';

/** Watches how far this machine's clock is from the database server's. */
export type SkewWatch = {
  /** Milliseconds by which this machine is ahead of the database server (negative: behind); undefined before the first measurement. */
  current(): number | undefined;
  measure(): Promise<void>;
};

/** Above this (milliseconds either way) an operator is warned: the clocks are not synchronized. */
const tolerableSkew = 1000;

/** A measurement whose query took longer, in milliseconds, is too inexact. */
const longestQuery = 1000;

/**
 * Measures how far this machine's clock is ahead of the database server's, in milliseconds, exact to half of the query's time. Returns
 * undefined where the database has no clock of its own, or answered too slowly.
 */
export async function measureSkew(driver: Driver): Promise<number | undefined> {
  const begun = Date.now();
  const started = performance.now();
  const theirs = await driver.time();
  const took = performance.now() - started;
  return theirs === undefined || took > longestQuery ? undefined : Math.round(begun + took / 2 - theirs);
}

/** Creates the watch of one process. It logs when the skew becomes too large, and when that has ended. */
export function createSkewWatch(driver: Driver, log: Log): SkewWatch {
  let current: number | undefined;
  let isWarned = false;
  return {
    current: () => current,
    async measure() {
      current = (await measureSkew(driver)) ?? current;
      const isTooLarge = Math.abs(current ?? 0) > tolerableSkew;
      if (isTooLarge === isWarned) return;
      isWarned = isTooLarge;
      const fields = { skewSeconds: (current ?? 0) / 1000 };
      if (isTooLarge)
        log.warn(fields, 'the clock of this machine differs from that of the database server: synchronize both by NTP');
      else log.info(fields, 'the clock of this machine agrees with that of the database server again');
    },
  };
}
