import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { idempotencyHeader, leftHeader, requestIdHeader, timeHeader, tokenHeader } from '../../wire/headers.ts';
import { jsonType } from './render.ts';

/**
 * Returns the headers that every response of the vendor's gateway carries, including the CORS headers, as a flat list
 * of names and values, which node:http writes without checking each of them. A cross-origin request also gets
 * `access-control-expose-headers`.
 */
export function renderHeaders(requestId: string, length: number, crossOrigin = false): string[] {
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

/** Formats a status line and a flat list of names and values as the head of a response. */
export function formatHead(status: number, flat: readonly string[]): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;
  for (let i = 0; i < flat.length; i += 2) head += `${flat[i]}: ${flat[i + 1]}\r\n`;
  return `${head}\r\n`;
}

let second = -1;
let date = '';

/** Returns the current time for a `Date` header, rendered once a second. */
export function renderDate(): string {
  const now = Math.floor(Date.now() / 1000);
  if (now !== second) date = new Date(now * 1000).toUTCString();
  second = now;
  return date;
}

/**
 * Returns the first header with a name (given in lower case) from `rawHeaders`. Building node's `headers` object would
 * cost a microsecond.
 */
export function findHeader(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const given = raw[i] ?? '';
    if (given.length === name.length && (given === name || isSameName(given, name))) return raw[i + 1];
  }
  return undefined;
}

/** Returns headers that are given once as an object with names in lower case. */
export function toHeaderObject(raw: readonly string[]): Readonly<Record<string, string>> {
  const object: Record<string, string> = {};
  for (let i = 0; i < raw.length; i += 2) object[(raw[i] ?? '').toLowerCase()] = raw[i + 1] ?? '';
  return object;
}

/**
 * Compares header names of equal length without regard to case, and without allocating a string. Setting bit 0x20 maps
 * `A` to `a`, and maps no other valid character of a header name to a letter or a hyphen.
 */
export function isSameName(given: string, lowerCase: string): boolean {
  for (let i = 0; i < given.length; i++) if ((given.charCodeAt(i) | 0x20) !== lowerCase.charCodeAt(i)) return false;
  return true;
}

/** Whether a request announces a body. */
export function hasBody({ rawHeaders }: IncomingMessage): boolean {
  return (
    findHeader(rawHeaders, 'content-length') !== undefined || findHeader(rawHeaders, 'transfer-encoding') !== undefined
  );
}
