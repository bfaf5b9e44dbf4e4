import type { IncomingMessage } from 'node:http';
import { idempotencyHeader, leftHeader, requestIdHeader, timeHeader, tokenHeader } from '../../wire/headers.ts';
import { jsonType } from './render.ts';

/**
 * The headers of every answer of the gateway as the vendor sends them, its cross-origin ones among them, in the flat form that
 * node:http takes without looking at each. A page of another origin may also read those of `exposedHeaders`; it alone is told.
 */
export function gatewayHeaders(requestId: string, length: number, crossOrigin = false): string[] {
  const always = [
    'content-type',
    jsonType,
    'content-length',
    String(length),
    requestIdHeader,
    requestId,
    'access-control-allow-origin',
    '*',
    'access-control-allow-methods',
    'POST, GET, OPTIONS, PUT, DELETE',
    'access-control-allow-headers',
    allowedHeaders,
    'access-control-max-age',
    '172800',
  ];
  if (crossOrigin) always.push('access-control-expose-headers', exposedHeaders);
  return always;
}

const allowedHeaders = `accept, content-type, user-agent, x-requested-with, ${tokenHeader}, ${idempotencyHeader}`;
const exposedHeaders = `${requestIdHeader}, retry-after, ${timeHeader}, ${leftHeader}`;

/** The first header with a lower-case name, from the list as it came: node's object of all of them costs a microsecond. */
export function headerOf(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i] ?? '';
    if (given.length === name.length && (given === name || isSameName(given, name))) return raw[i + 1];
  }
  return undefined;
}

/** Without regard to case, and without making a text: the bit that tells `A` from `a` tells no letter or hyphen from anything that a name may hold. */
export function isSameName(given: string, lowerCase: string): boolean {
  for (let i = 0; i < given.length; i++) if ((given.charCodeAt(i) | 0x20) !== lowerCase.charCodeAt(i)) return false;
  return true;
}

/** Whether a request announces a body. */
export function hasBody({ rawHeaders }: IncomingMessage): boolean {
  return (
    headerOf(rawHeaders, 'content-length') !== undefined || headerOf(rawHeaders, 'transfer-encoding') !== undefined
  );
}
