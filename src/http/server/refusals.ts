import type { Log } from '../../core/context.ts';
import { WireError } from '../../wire/errors.ts';
import type { Call } from './call.ts';
import { cutWhy } from './render.ts';

/** Logs why a call of an authenticated app was refused. */
export type RefusalLog = (error: unknown, call: Call, app: string | undefined) => void;

/** Size of the token bucket in log lines, and lines added to it each second. */
const burst = 50;
const perSecond = 5;

/** Milliseconds until the number of dropped lines is logged, unless another line reports it earlier. */
const reportAfter = 10_000;

/** Characters. Refusals with a longer query are not logged: no working program sends one. */
const longestQuery = 2048;

/**
 * Error codes that depend on the server's state: permissions, robots, templates, recipients, groups, keys, quotas. Requests that are
 * malformed in themselves (a missing field, broken JSON), or have no valid token, are logged at level debug only,
 * because anybody could flood the log with them.
 */
const stateCodes =
  /^(?:Forbidden\.|chatbotId\.|template\.|staffId\.|unknown\.send|processQueryKey\.|resource\.|conversation\.|group\.|illegal\.|invalideChatId$|member\.notFound$|permession\.|reject$|unauthorized$|bot\.|invalid\.(?:processQueryKey|openConversationId|chatbotId)$|huizhi\.idempotency|invalidParameter\.robotCode(?:$|\.notExsit$|\.invalid$|\.auth$)|miss\.staffId$|send\.ding|recall\.ding|ding\.|toomuch|invalidRequest\.robot)/;

/**
 * Logs refusals at level info. A token bucket limits the rate, and the next line reports how many lines were dropped.
 */
export function createRefusalLog(log: Log, now: () => number = () => performance.now()): RefusalLog {
  let tokens = burst;
  let refilled = now();
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const resetDropped = () => {
    const count = dropped;
    dropped = 0;
    clearTimeout(timer);
    timer = undefined;
    return count;
  };
  const drop = () => {
    dropped++;
    timer ??= setTimeout(() => log.info({ dropped: resetDropped() }, 'more calls were refused'), reportAfter).unref();
  };
  return (error, { method, path, query, requestId }, app) => {
    if (app === undefined || !(error instanceof WireError)) return;
    if (!stateCodes.test(error.code) || query.length > longestQuery) return;
    const time = now();
    tokens = Math.min(burst, tokens + ((time - refilled) / 1000) * perSecond);
    refilled = time;
    if (tokens < 1) return drop();
    tokens--;
    const more = dropped > 0 ? { dropped: resetDropped() } : {};
    log.info({ requestId, app, method, path, code: error.code, why: cutWhy(error.why), ...more }, 'refused a call');
  };
}
