import type { Log } from '../../core/context.ts';
import { type Errcode, OldHostError } from '../../wire/error-table/errcode.ts';
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

/** The errcodes of the old host that depend on the request alone, or have a line in the log already. */
const requestErrcodes: readonly Errcode[] = [-1, 22, 40, 41, 404, 40004, 40005, 40006, 40035, 43001, 43002, 43008];

/** Whether an error depends on the server's state, and what identifies it. */
function describeRefusal(error: unknown): { readonly code: string; readonly why: string } | undefined {
  if (error instanceof WireError) return stateCodes.test(error.code) ? error : undefined;
  if (!(error instanceof OldHostError) || requestErrcodes.includes(error.errcode)) return undefined;
  const { errcode, why, details } = error;
  return { code: ['errcode', errcode, details.subcode].filter((part) => part !== undefined).join(' '), why };
}

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
    if (app === undefined || query.length > longestQuery) return;
    const refusal = describeRefusal(error);
    if (!refusal) return;
    const time = now();
    tokens = Math.min(burst, tokens + ((time - refilled) / 1000) * perSecond);
    refilled = time;
    if (tokens < 1) return drop();
    tokens--;
    const more = dropped > 0 ? { dropped: resetDropped() } : {};
    log.info({ requestId, app, method, path, code: refusal.code, why: cutWhy(refusal.why), ...more }, 'refused a call');
  };
}
