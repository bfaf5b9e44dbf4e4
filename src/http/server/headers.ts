import { idempotencyHeader, requestIdHeader, tokenHeader } from '../../wire/headers.ts';
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
const exposedHeaders = `${requestIdHeader}, retry-after`;
