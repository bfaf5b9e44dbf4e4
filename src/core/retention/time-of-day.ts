/** A time of day in the zone of this machine, in minutes after midnight, on each day or on each of a number of days. */
export type Daily = { readonly minutes: number; readonly days: number };

/**
 * Returns when something is due that has last run at a time: at the time of day, so many days after the day of which the
 * last run was. On a day that skips the time of day, that is as much later as the clocks go forward; on a day that has it
 * twice, it is the first one. So each day has it once. All times are in epoch milliseconds.
 */
export function findNextDaily(last: number, { minutes, days }: Daily): number {
  const day = new Date(last);
  const begun = timeOn(day, 0, minutes) <= last ? 0 : -1;
  return timeOn(day, begun + days, minutes);
}

/** Returns a time of day some days after a day. */
function timeOn(day: Date, after: number, minutes: number): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + after, 0, minutes).getTime();
}
