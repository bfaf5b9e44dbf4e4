import { maskTokenPath } from '../../core/access/masked.ts';
import type { Log } from '../../core/context.ts';

/** One answered request. */
export type AnsweredRequest = {
  readonly method: string;
  /** The pattern of the route, or `unknown`. */
  readonly route: string;
  readonly path: string;
  /** The query string without its question mark. */
  readonly query: string;
  readonly status: number;
  readonly seconds: number;
  /** Length of the body in bytes; undefined for an event stream or a WebSocket, which is logged when it begins. */
  readonly bytes: number | undefined;
  /** Undefined for a WebSocket, whose response has none. */
  readonly requestId: string | undefined;
  /** The network address of the client, behind the proxies that the operator trusts. */
  readonly address: string;
};

export type AccessLog = (answered: AnsweredRequest) => void;

/**
 * Query parameters whose values are logged. Any other parameter may hold a secret (a token, a code, a key) and is
 * redacted.
 */
const shownParameters = new Set(['robotCode', 'limit', 'unread', 'since', 'state', 'status', 'kind', 'lang']);

/** Creates an access log: one line at level info for each answered request. */
export function createAccessLog(log: Log): AccessLog {
  return ({ path, query, seconds, ...rest }) => {
    const masked = maskTokenPath(path);
    const url = query === '' ? masked : `${masked}?${maskQuery(query)}`;
    log.info({ ...rest, path: url, durationMs: Math.round(seconds * 1_000_000) / 1000 }, 'answered');
  };
}

/** Only this many characters of a query string are logged. */
const longestQuery = 512;

/** Names of parameters that are logged. Any other name may be a misplaced secret. */
const shownName = /^[a-z][a-z._-]{0,31}$/i;

function maskQuery(query: string): string {
  const pairs = query.slice(0, longestQuery).split('&');
  return pairs
    .map((pair) => {
      const [name = ''] = pair.split('=', 1);
      if (shownParameters.has(name)) return pair;
      return name === pair ? '[redacted]' : `${shownName.test(name) ? name : '[redacted]'}=[redacted]`;
    })
    .join('&');
}
