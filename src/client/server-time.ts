/**
 * Estimates the server's clock from its responses. Send times and read windows use that clock, which may differ from
 * this machine's.
 */
import { timeHeader } from '../wire/headers.ts';

export type ServerTime = {
  /**
   * Updates the estimate from the headers of a response; `begun` and `ended` are the times of request and response by
   * the client's clock. Returns when the server answered, by its own clock. All times are epoch milliseconds.
   */
  observe(headers: Headers, begun: number, ended: number): number;
  /** Converts a time of the client's clock to the server's clock. */
  at(time: number): number;
};

/** Creates an estimate that starts with both clocks equal. */
export function createServerTime(): ServerTime {
  let ahead = 0;
  return {
    observe(headers, begun, ended) {
      const reported = parseTime(headers);
      if (!reported) return ended + ahead;
      const isWithin = reported.latest >= begun && reported.earliest <= ended;
      const middle = (begun + ended) / 2;
      ahead = isWithin ? 0 : Math.round((reported.earliest + reported.latest) / 2 - middle);
      return reported.earliest === reported.latest ? reported.earliest : ended + ahead;
    },
    at: (time) => time + ahead,
  };
}

/**
 * Reads the server's time as a range: the emulator sends it in milliseconds, other servers in the Date header in whole
 * seconds.
 */
function parseTime(headers: Headers): { readonly earliest: number; readonly latest: number } | undefined {
  const exact = Number(headers.get(timeHeader) ?? Number.NaN);
  if (exact > 0) return { earliest: exact, latest: exact };
  const seconds = Date.parse(headers.get('date') ?? '');
  return seconds > 0 ? { earliest: seconds, latest: seconds + 999 } : undefined;
}
