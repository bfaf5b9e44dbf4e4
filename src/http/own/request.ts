import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import { matchedRoutes } from 'hono/route';
import type { z } from 'zod';
import { huizhiError, WireError } from '../../wire/errors.ts';
import { maxBodyBytes, maxEventNumber } from '../../wire/limits.ts';
import { parseValue, strictObject } from '../../wire/schema.ts';
import { tooLargeError } from '../server/body/bodies.ts';
import { readJsonObject } from '../server/body/json-body.ts';
import { decodeBody } from '../server/call.ts';
import type { Env } from './env.ts';

/**
 * Matches real JSON content types only. Without a CORS preflight a foreign page can send "simple" types such as
 * `text/plain;json`, which must not match.
 */
const isJson = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * Parses the JSON body of a call on our own surfaces by a schema. Throws `huizhi.badRequest`, `huizhi.tooLarge` or
 * `huizhi.tooDeep`.
 */
export async function parseBody<E extends Env, S extends z.ZodType>(c: HonoContext<E>, schema: S): Promise<z.infer<S>> {
  return parseText(c, await readText(c), schema);
}

function parseText<E extends Env, S extends z.ZodType>(c: HonoContext<E>, text: string, schema: S): z.infer<S> {
  const type = c.req.header('content-type') ?? '';
  if (text !== '' && !isJson.test(type))
    throw huizhiError('huizhi.badRequest', `the content type is not application/json`);
  return parseValue(schema, parseJson(text, c.req.header('content-type')));
}

/**
 * Refuses writing requests that a browser sends on behalf of a page of another site or port, with or without a cookie:
 * some calls need no body, and the emulator's calls need no sign-in. Browsers declare the origin in `Sec-Fetch-Site`;
 * programs do not send it. Throws `huizhi.forbidden`.
 */
export const refuseCrossSite: MiddlewareHandler = async (c, next) => {
  const site = c.req.header('sec-fetch-site');
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD' && (site === 'cross-site' || site === 'same-site')) {
    const reason = 'the request comes from a page of another site';
    throw huizhiError('huizhi.forbidden', reason);
  }
  await next();
};

/**
 * Parses the query of a call on our own surfaces by a schema. Throws `huizhi.badRequest`, also for a repeated
 * parameter.
 */
export function parseQuery<S extends z.ZodType>(c: HonoContext, schema: S): z.infer<S> {
  const parsed = parseValue(schema, c.req.query(), 'the query');
  const values = c.req.queries();
  const repeated = Object.keys(values).find((name) => (values[name]?.length ?? 0) > 1);
  if (repeated !== undefined) throw huizhiError('huizhi.badRequest', `${repeated}: is given twice`);
  return parsed;
}

const noMembers = strictObject({});

/**
 * Refuses a query or a body with members on calls that are documented without one: the caller probably expects an
 * effect that the call does not have. An empty body and an empty object are accepted. Throws like `parseQuery` and
 * `parseBody`.
 */
export const refuseUnknownInput: MiddlewareHandler<Env> = async (c, next) => {
  const hasQuery = c.req.url.includes('?');
  if (!hasQuery && !mayHaveBody(c)) return next();
  // Loaded here, because the descriptions of all calls would delay every start.
  const { acceptedByCall } = await import('../../wire/openapi/document.ts');
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
  // `matchedRoutes` also lists middleware. The first entry with a documented call is the handler that runs.
  const [accepted] = matchedRoutes(c).flatMap(({ path }) => acceptedByCall.get(`${method} ${toPattern(path)}`) ?? []);
  if (accepted?.hasQuery === false) parseQuery(c, noMembers);
  if (accepted?.hasBody === false && mayHaveBody(c)) {
    const text = await readText(c);
    if (text.trim() !== '') parseText(c, text, noMembers);
  }
  await next();
};

/** Returns the path of one of Hono's routes as the OpenAPI document writes it. */
export function toPattern(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

/** Whether a request may have a body. Over HTTP/1.1 its headers tell. */
function mayHaveBody({ env, req }: HonoContext<Env>): boolean {
  if (!env?.incoming) return req.raw.body !== null;
  const { 'content-length': length = '0', 'transfer-encoding': coding } = env.incoming.headers;
  return coding !== undefined || length !== '0';
}

/**
 * Reads a body of up to `limit` bytes as text. Rejects like `Bodies.read()`, but with `huizhi.badRequest` instead of
 * `Invalidbody`.
 */
export async function readText<E extends Env>(
  c: HonoContext<E>,
  limit = maxBodyBytes,
  bodies = c.get('bodies'),
): Promise<string> {
  const { incoming, outgoing } = c.env ?? {};
  try {
    return decodeBody(
      incoming && outgoing ? await bodies.read(incoming, outgoing, limit) : await readBytes(c.req.raw, limit),
    );
  } catch (error) {
    throw toOwnError(error);
  }
}

/** Reads the body of a request without a socket. Throws `huizhi.tooLarge`. */
async function readBytes(request: Request, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLargeError(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(text: string, contentType: string | undefined) {
  try {
    return readJsonObject(text, contentType);
  } catch (error) {
    throw toOwnError(error);
  }
}

/** Maps the vendor's error codes for a bad body, which our own surfaces do not use, to `huizhi.badRequest`. */
function toOwnError(error: unknown): unknown {
  return error instanceof WireError && /^(Missing|Invalid)body$/.test(error.code)
    ? huizhiError('huizhi.badRequest', error.why)
    : error;
}

/**
 * Returns the event number after which a stream starts: `Last-Event-ID`, else `since`, else undefined for new events
 * only.
 */
export function parseStart(c: HonoContext, since: number | undefined): number | undefined {
  const last = c.req.header('last-event-id');
  if (last === undefined) return since;
  if (/^\d{1,15}$/.test(last) && Number(last) <= maxEventNumber) return Number(last);
  throw huizhiError('huizhi.badRequest', 'Last-Event-ID: is not a number of this stream');
}

/** Returns a copy without the properties that are undefined. */
export function omitUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}

/** Parses the number of an event in a path. Throws `huizhi.notFound` for another text. */
export function parseEventNumber(text: string): number {
  if (/^[1-9]\d{0,10}$/.test(text)) return Number(text);
  throw huizhiError('huizhi.notFound', 'events have numbers, from 1');
}
