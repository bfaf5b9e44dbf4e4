import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { idempotencyHeader, leftHeader, requestIdHeader, timeHeader, tokenHeader } from '../../wire/headers.ts';
import { jsonType } from './render.ts';

/**
 * Returns the headers that every response of the vendor's gateway carries, including the CORS headers, as a flat list
 * of names and values, which node:http writes without checking each of them. A cross-origin request also gets
 * `access-control-expose-headers`.
 */
export function renderHeaders(requestId: string, length: number, crossOrigin = false): string[] {
  const always = [...typeHeader, 'content-length', String(length), requestIdHeader, requestId, ...corsHeaders];
  if (crossOrigin) always.push(...exposeHeader);
  return always;
}

const allowedHeaders = `accept, content-type, user-agent, x-requested-with, ${tokenHeader}, ${idempotencyHeader}`;
const exposedHeaders = `${requestIdHeader}, retry-after, ${timeHeader}, ${leftHeader}`;

const typeHeader = ['content-type', jsonType];
const corsHeaders = [
  ...['access-control-allow-origin', '*'],
  ...['access-control-allow-methods', 'POST, GET, OPTIONS, PUT, DELETE'],
  ...['access-control-allow-headers', allowedHeaders],
  ...['access-control-max-age', '172800'],
];
const exposeHeader = ['access-control-expose-headers', exposedHeaders];

/** Formats a status line and a flat list of names and values as the head of a response. */
export function formatHead(status: number, flat: readonly string[]): string {
  return `${formatStatus(status)}${formatLines(flat)}\r\n`;
}

const formatStatus = (status: number) => `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n`;

function formatLines(flat: readonly string[]): string {
  let lines = '';
  for (let i = 0; i < flat.length; i += 2) lines += `${flat[i]}: ${flat[i + 1]}\r\n`;
  return lines;
}

const lengthStart = `${formatLines(typeHeader)}content-length: `;
const okStart = flatten(formatStatus(200) + lengthStart);
const corsLines = flatten(`\r\n${formatLines(corsHeaders)}`);
const corsAndExposeLines = corsLines + formatLines(exposeHeader);

/**
 * Formats the beginning of a response: the status line and what `renderHeaders` returns. It concatenates a few long
 * texts, because V8 walks all parts of a text when it is written: many short ones take twice as long.
 */
export function formatStart(status: number, requestId: string, length: number, crossOrigin: boolean): string {
  const start = status === 200 ? okStart : formatStatus(status) + lengthStart;
  return `${start}${length}\r\n${requestIdHeader}: ${requestId}${crossOrigin ? corsAndExposeLines : corsLines}`;
}

let end = '';
let endSecond = -1;
let endTimeout = -1;

/** Formats the headers with which node:http ends those of a response on a connection that stays open. */
export function formatEnd(keepAliveTimeout: number): string {
  const second = Math.floor(Date.now() / 1000);
  if (second === endSecond && keepAliveTimeout === endTimeout) return end;
  const date = new Date(second * 1000).toUTCString();
  const timeout = Math.floor(keepAliveTimeout / 1000);
  end = flatten(`Date: ${date}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${timeout}\r\n\r\n`);
  [endSecond, endTimeout] = [second, keepAliveTimeout];
  return end;
}

/**
 * V8 represents a concatenation as a tree until a character is read. Flattening it once avoids walking the tree for
 * each response.
 */
export function flatten(text: string): string {
  text.charCodeAt(0);
  return text;
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
