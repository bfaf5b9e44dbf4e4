import type { Log } from '../../core/context.ts';
import { WireError } from '../../wire/errors.ts';
import type { Call } from './call.ts';

/** Logs why a call of an authenticated app was refused. */
export type RefusalLog = (error: unknown, call: Call, app: string | undefined) => void;

/** Lines that may be written at once, and lines a second after that. */
const burst = 50;
const perSecond = 5;

/** Milliseconds until the number of lines that were left out is logged, if no other line has told it before. */
const reportAfter = 10_000;

/** A longer query is no mistake of a working program. */
const longestQuery = 2048;

/**
 * What depends on the state of the server: permissions, robots, templates, recipients, keys. What is wrong with the request alone (a missing
 * field, broken JSON) and what comes without a valid token is for the level debug: anybody could fill a log with it.
 */
const aboutState =
  /^(?:Forbidden\.|chatbotId\.|template\.|staffId\.|unknown\.send|processQueryKey\.|invalid\.processQueryKey$|huizhi\.idempotency|invalidParameter\.robotCode(?:$|\.notExsit$|\.invalid$))/;

/** At level info, in bounds: a token bucket drops what comes too fast, and the next line tells how many were dropped. */
export function createRefusalLog(log: Log, now: () => number = () => performance.now()): RefusalLog {
  let tokens = burst;
  let refilled = now();
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const takeDropped = () => {
    const count = dropped;
    dropped = 0;
    clearTimeout(timer);
    timer = undefined;
    return count;
  };
  const drop = () => {
    dropped++;
    timer ??= setTimeout(() => log.info({ dropped: takeDropped() }, 'more calls were refused'), reportAfter).unref();
  };
  return (error, { method, path, query, requestId }, app) => {
    if (app === undefined || !(error instanceof WireError)) return;
    if (!aboutState.test(error.code) || query.length > longestQuery) return;
    const time = now();
    tokens = Math.min(burst, tokens + ((time - refilled) / 1000) * perSecond);
    refilled = time;
    if (tokens < 1) return drop();
    tokens--;
    const more = dropped > 0 ? { dropped: takeDropped() } : {};
    log.info({ requestId, app, method, path, code: error.code, why: error.why, ...more }, 'refused a call');
  };
}
