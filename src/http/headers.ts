import { idempotencyHeader, requestIdHeader, tokenHeader } from '../wire/headers.ts';
import { jsonType } from './render.ts';

/**
 * The headers of every answer of the gateway as the vendor sends them, its cross-origin ones among them, in the flat form that
 * node:http takes without looking at each.
 */
export function gatewayHeaders(requestId: string, length: number): string[] {
  return [
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
}

const allowedHeaders = `accept, content-type, user-agent, x-requested-with, ${tokenHeader}, ${idempotencyHeader}`;
