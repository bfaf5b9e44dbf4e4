import type { Driver } from '../../store/engine/sql.ts';
import type { Log } from '../context.ts';

/** Monitors the difference between this machine's clock and the database server's. */
export type SkewWatch = {
  /**
   * Milliseconds by which this machine is ahead of the database server (negative: behind); undefined before the first
   * measurement.
   */
  current(): number | undefined;
  /** Measures again, and logs if the skew becomes too large or acceptable again. */
  measure(): Promise<void>;
};

/** Milliseconds. A larger skew in either direction is logged as a warning: the clocks are not synchronized. */
const maxSkew = 1000;

/** Milliseconds. A measurement whose query takes longer is discarded as too inaccurate. */
const maxQueryTime = 1000;

/**
 * Measures how far this machine's clock is ahead of the database server's, in milliseconds, with an error of up to half
 * the duration of the query. Returns undefined if the database has no clock of its own, or the query took too long.
 */
export async function measureSkew(driver: Driver): Promise<number | undefined> {
  const begun = Date.now();
  const started = performance.now();
  const theirs = await driver.time();
  const took = performance.now() - started;
  return theirs === undefined || took > maxQueryTime ? undefined : Math.round(begun + took / 2 - theirs);
}

/** Creates the monitor of one process. */
export function createSkewWatch(driver: Driver, log: Log): SkewWatch {
  let current: number | undefined;
  let isWarned = false;
  return {
    current: () => current,
    async measure() {
      current = (await measureSkew(driver)) ?? current;
      const isTooLarge = Math.abs(current ?? 0) > maxSkew;
      if (isTooLarge === isWarned) return;
      isWarned = isTooLarge;
      const fields = { skewSeconds: (current ?? 0) / 1000 };
      if (isTooLarge)
        log.warn(fields, 'the clock of this machine differs from that of the database server: synchronize both by NTP');
      else log.info(fields, 'the clock of this machine agrees with that of the database server again');
    },
  };
}
