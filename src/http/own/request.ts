import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type { z } from 'zod';
import { WireError, wireError } from '../../wire/errors.ts';
import { maxBodyBytes } from '../../wire/limits.ts';
import { parseValue } from '../../wire/schema.ts';
import { tooLarge } from '../server/bodies.ts';
import { decodeBody } from '../server/call.ts';
import { readJsonObject } from '../server/json-body.ts';
import type { Env } from './env.ts';

/** A page elsewhere can send a body of a simple type, `text/plain;json` among them, but none that really is JSON. */
const isJson = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** Reads and checks the JSON body of a call on our own surface. Throws `huizhi.badRequest`, `huizhi.tooLarge` or `huizhi.tooDeep`. */
export async function bodyOf<E extends Env, S extends z.ZodType>(c: HonoContext<E>, schema: S): Promise<z.infer<S>> {
  const text = await textOf(c);
  const type = c.req.header('content-type') ?? '';
  if (text !== '' && !isJson.test(type)) throw badRequest(`the content type is not application/json`);
  return parseValue(schema, jsonOf(text, c.req.header('content-type')));
}

/**
 * What a page of another site or port makes a browser send changes nothing, with a cookie or without: some calls need no body, and those of
 * the emulator need nobody who signs in. Browsers say themselves where a request comes from; programs do not. Throws `huizhi.forbidden`.
 */
export const fromHere: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && (site === 'cross-site' || site === 'same-site')) {
    const reason = 'a page of another site asks';
    throw wireError('huizhi.forbidden', { why: reason, fill: { reason } });
  }
  await next();
};

/** Checks the query of a call on our own surface. Throws `huizhi.badRequest`, also for a parameter given twice. */
export function queryOf<S extends z.ZodType>(c: HonoContext, schema: S): z.infer<S> {
  const values = c.req.queries();
  const twice = Object.keys(values).find((name) => (values[name]?.length ?? 0) > 1);
  if (twice !== undefined) throw badRequest(`${twice}: is given twice`);
  return parseValue(schema, c.req.query());
}

/** An error of our own surface that tells the caller its reason. */
export function badRequest(reason: string): WireError {
  return wireError('huizhi.badRequest', { why: reason, fill: { reason } });
}

/** Reads a body of up to `limit` bytes. Rejects with what `Bodies.read()` rejects with, in the words of our own surface. */
export async function textOf<E extends Env>(
  c: HonoContext<E>,
  limit = maxBodyBytes,
  bodies = c.get('bodies'),
): Promise<string> {
  const { incoming, outgoing } = c.env ?? {};
  try {
    return decodeBody(
      incoming && outgoing ? await bodies.read(incoming, outgoing, limit) : await bytesOf(c.req.raw, limit),
    );
  } catch (error) {
    throw inOwnWords(error);
  }
}

/** The body of a request without a socket. */
async function bytesOf(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function jsonOf(text: string, contentType: string | undefined) {
  try {
    return readJsonObject(text, contentType);
  } catch (error) {
    throw inOwnWords(error);
  }
}

/** The vendor's codes for a bad body belong to the vendor's paths; here they are a bad request. */
function inOwnWords(error: unknown): unknown {
  return error instanceof WireError && /^(Missing|Invalid)body$/.test(error.code) ? badRequest(error.why) : error;
}

/** Where a stream goes on: after `Last-Event-ID`, after `since`, or (undefined) with what is new. */
export function startOf(c: HonoContext, since: number | undefined): number | undefined {
  const last = c.req.header('last-event-id');
  if (last === undefined) return since;
  if (/^\d{1,15}$/.test(last)) return Number(last);
  throw badRequest('Last-Event-ID: is not a number of this stream');
}

/** Without what is undefined. */
export function defined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
