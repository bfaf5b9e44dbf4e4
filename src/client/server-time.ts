/** The server's clock, as far as its answers show it: sends and windows are measured by it, and machines may disagree about the time. */
import { timeHeader } from '../wire/headers.ts';

export type ServerTime = {
  /**
   * Takes the time from the headers of an answer whose request took from `begun` to `ended` by the client's clock. Returns when the server
   * answered, by its own clock, in epoch milliseconds.
   */
  observe(headers: Headers, begun: number, ended: number): number;
  /** The server's time at a time of the client's clock. */
  at(time: number): number;
};

/** Until an answer says otherwise both clocks agree. */
export function createServerTime(): ServerTime {
  let ahead = 0;
  return {
    observe(headers, begun, ended) {
      const told = timeIn(headers);
      if (!told) return ended + ahead;
      const isWithin = told.latest >= begun && told.earliest <= ended;
      const middle = (begun + ended) / 2;
      ahead = isWithin ? 0 : Math.round((told.earliest + told.latest) / 2 - middle);
      return told.earliest === told.latest ? told.earliest : ended + ahead;
    },
    at: (time) => time + ahead,
  };
}

/** The emulator tells its time to the millisecond, others in whole seconds, rounded down. */
function timeIn(headers: Headers): { readonly earliest: number; readonly latest: number } | undefined {
  const exact = Number(headers.get(timeHeader) ?? Number.NaN);
  if (exact > 0) return { earliest: exact, latest: exact };
  const seconds = Date.parse(headers.get('date') ?? '');
  return seconds > 0 ? { earliest: seconds, latest: seconds + 999 } : undefined;
}
