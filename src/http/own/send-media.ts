import type { Context as HonoContext } from 'hono';
import type { Context } from '../../core/context.ts';
import { readMediaBytes } from '../../core/media/read.ts';
import type { Media } from '../../core/media/upload.ts';
import { inlineTypes } from '../../wire/vendor/media.ts';
import type { Env } from './env.ts';
import { streamBody } from './stream-body.ts';

/** How a file is sent: always as a download, or shown by the browser if its type allows; and how it may be cached. */
export type MediaDelivery = { readonly fileName: string; readonly isInline: boolean; readonly cache: string };

/** The bytes of a file from `start` to `end`, both included. */
type Span = { readonly start: number; readonly end: number };

/**
 * Headers of every file. Its content comes from outside, so nothing in it may run, and the type is the one that was
 * detected.
 */
const securityHeaders = {
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'accept-ranges': 'bytes',
};

/** Sends a file, or the part of it that the request asks for. The bytes are read from the store as the client reads. */
export function sendMedia<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  media: Media,
  delivery: MediaDelivery,
): Response {
  const { size, mime } = media;
  const tag = `"${media.id}-${size}"`;
  const isShown = delivery.isInline && inlineTypes.has(mime);
  const headers = {
    ...securityHeaders,
    'content-type': isShown ? mime : 'application/octet-stream',
    'content-disposition': renderDisposition(isShown, delivery.fileName),
    'cache-control': delivery.cache,
    etag: tag,
  };
  if (c.req.header('if-none-match')?.includes(tag)) return c.body(null, 304, headers);
  const ifRange = c.req.header('if-range');
  const span = parseRange(ifRange === undefined || ifRange === tag ? c.req.header('range') : undefined, size);
  if (span === undefined) return c.body(null, 416, { ...headers, 'content-range': `bytes */${size}` });
  const length = span.end - span.start + 1;
  const isWhole = length === size;
  const range = isWhole ? {} : { 'content-range': `bytes ${span.start}-${span.end}/${size}` };
  const body = streamBody(readSpan(context, media, span), c.env?.outgoing, {
    onFailure: (err) => context.log.debug({ err }, 'a file could not be sent to its end'),
  });
  return c.body(body, isWhole ? 200 : 206, { ...headers, ...range, 'content-length': String(length) });
}

/**
 * Parses a Range header with one range. Returns the whole file for other headers, and undefined if the file does not
 * have the range.
 */
function parseRange(header: string | undefined, size: number): Span | undefined {
  const whole = { start: 0, end: size - 1 };
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '') ?? [];
  if (first === '' && last === '') return whole;
  if (first === '')
    return last === '0' || Number(last) === 0 ? undefined : { start: Math.max(0, size - Number(last)), end: size - 1 };
  const [start, end] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  if (last !== '' && Number(last) < start) return whole;
  return start >= size ? undefined : { start, end };
}

/** Renders Content-Disposition, with the name in ASCII for old clients and in UTF-8 (RFC 6266). */
function renderDisposition(isShown: boolean, name: string): string {
  const ascii = name.replaceAll(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*!]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${isShown ? 'inline' : 'attachment'}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

/** Reads a span of a file, one part at a time. */
async function* readSpan(context: Context, media: Media, { start, end }: Span): AsyncGenerator<Uint8Array> {
  for (let at = start; at <= end; ) {
    const piece = await readMediaBytes(context, media, at, end);
    at += piece.length;
    yield piece;
  }
}
