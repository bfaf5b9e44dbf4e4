import { z } from 'zod';
import { responseOf, validator } from '../conformance/support/openapi.ts';
import type { Reply } from './connection.ts';
import type { Api, Operation } from './document.ts';

/** The outcome of a request: a short label for the counts, and what is wrong with the response, if anything. */
export type Verdict = { readonly outcome: string; readonly problem?: string };

const requestId = /^[0-9A-F]{8}-[0-9A-F]{4}-7[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$/;
const pageTypes = ['text/html', 'text/javascript', 'text/css', 'image/svg+xml'];

/** Checks the answer to a request against the document and against the rules of every answer. */
export function checkReply(api: Api, method: string, target: string, reply: Reply): Verdict {
  const path = pathOf(target);
  const asked = method === 'HEAD' ? 'GET' : method;
  const exact = api.find(asked, path);
  const operation = exact ?? api.find(asked, decoded(path)) ?? findByOtherMethod(api, asked, path);
  const error = reply.status >= 400 && method !== 'HEAD' ? errorOf(reply) : undefined;
  const outcome = [reply.status, error?.code ?? legacyCode(reply)].filter(Boolean).join(' ');
  const problem =
    problemOfHead(reply, method) ??
    (reply.status >= 400 && method !== 'HEAD' ? problemOfError(api, reply) : undefined) ??
    (exact && problemOfSurface(exact, reply)) ??
    (operation
      ? problemOfCall(api, operation, method, reply, error?.code)
      : problemOfUnknown(api, method, path, reply, error?.code));
  return { outcome, ...(problem !== undefined && { problem }) };
}

/** The calls under `/topapi/` are documented as POST, and also accept GET. */
function findByOtherMethod(api: Api, method: string, path: string): Operation | undefined {
  return method === 'GET' && path.startsWith('/topapi/') ? api.find('POST', path) : undefined;
}

/** Whether a request may change something if it succeeds. */
export function mayWrite(api: Api, method: string, target: string): boolean {
  return !['GET', 'HEAD'].includes(method) || findByOtherMethod(api, method, pathOf(target)) !== undefined;
}

const pathOf = (target: string) => target.replace(/[?#].*$/s, '');

/** Checks one of the answers to bytes that need not be a request of the document. */
export function checkRawReply(api: Api, reply: Reply): Verdict {
  const error = reply.status >= 400 ? errorOf(reply) : undefined;
  const problem = problemOfHead(reply, 'GET') ?? (reply.status >= 400 ? problemOfError(api, reply) : undefined);
  const outcome = [reply.status, error?.code].filter(Boolean).join(' ');
  return { outcome, ...(problem !== undefined && { problem }) };
}

/** The paths that a server may read from a path with escapes. */
function decoded(path: string): string {
  try {
    return decodeURI(path);
  } catch {
    return path;
  }
}

type Refusal = { readonly code: string; readonly requestid: string; readonly message: string };

function errorOf({ body }: Reply): Refusal | undefined {
  return parsed(body) as Refusal | undefined;
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

/** Whether a request was refused, by its status or, on the old host, by its errcode. */
export function isRefusal(reply: Reply): boolean {
  const errcode = errcodeOf(reply);
  return reply.status >= 400 || (errcode !== undefined && errcode !== 0);
}

/** The errcode of an answer in the legacy form. */
function legacyCode(reply: Reply): string | undefined {
  const errcode = errcodeOf(reply);
  return errcode === undefined ? undefined : `errcode ${errcode}`;
}

function errcodeOf({ body }: Reply): number | undefined {
  if (!body.subarray(0, 11).equals(Buffer.from('{"errcode":'))) return undefined;
  return (parsed(body) as { errcode?: number } | undefined)?.errcode;
}

/** Headers that every answer needs, and a body where there has to be one. */
function problemOfHead({ status, headers, body }: Reply, method: string): string | undefined {
  const only = (name: string) => (headers.get(name)?.length === 1 ? headers.get(name)?.[0] : undefined);
  if (!requestId.test(only('x-acs-request-id') ?? '')) return 'no x-acs-request-id';
  if ([204, 302, 304].includes(status) || method === 'HEAD') return undefined;
  const type = only('content-type');
  if (type === undefined) return 'no content-type';
  if (body.length === 0 && !type.startsWith('text/event-stream')) return 'an empty body';
  return undefined;
}

function problemOfError(api: Api, reply: Reply): string | undefined {
  const type = reply.headers.get('content-type')?.[0];
  if (type !== 'application/json;charset=utf-8') return `the content type of an error is ${type}`;
  const error = errorOf(reply);
  if (typeof error !== 'object' || error === null) return 'the body of an error is not JSON in UTF-8';
  const { code, requestid, message, ...rest } = error;
  if (!api.codes.has(code)) return `the code ${code} is not in the document`;
  if (code === 'system.error') return 'the server failed (system.error)';
  if (requestid !== reply.headers.get('x-acs-request-id')?.[0]) return 'the requestid is not that of the header';
  if (typeof message !== 'string' || message === '') return 'the error has no message';
  const unknown = Object.keys(rest).find((name) => name !== 'accessdenieddetail');
  if (unknown !== undefined) return `the error has a field ${unknown}`;
  if (code.includes('Limit') && !reply.headers.has('retry-after')) return 'no retry-after';
  if (reply.status === 405 && !reply.headers.has('allow')) return 'no allow';
  return undefined;
}

/** An answer to a call of the document has a documented status, code, content type and body. */
function problemOfCall(
  api: Api,
  operation: Operation,
  method: string,
  reply: Reply,
  code: string | undefined,
): string | undefined {
  if (code !== undefined && api.anyCall.includes(code)) return undefined;
  const call = `${operation.method} ${operation.template}`;
  // The vendor's paths take GET and not HEAD.
  if (method === 'HEAD' && reply.status === 404) return undefined;
  const documented = responseOf(api.document, operation, reply.status);
  if (!documented) return `${call} does not document ${reply.status} ${code ?? ''}`;
  if (reply.status === 302) return reply.headers.has('location') ? undefined : 'a redirect without location';
  if (method === 'HEAD') return undefined;
  const type = reply.headers.get('content-type')?.[0]?.replace(/;.*/, '') ?? '';
  // A file has the type that was detected when it was uploaded.
  const media = documented.content?.[type] ?? documented.content?.['application/octet-stream'];
  if (!media) return `${call} does not document the content type ${type} of ${reply.status}`;
  if (type !== 'application/json' || !media.schema) return undefined;
  const value = parsed(reply.body);
  if (value === undefined) return 'the body is not JSON in UTF-8';
  const result = validator(api.document, `${call} ${reply.status}`, media.schema).safeParse(value);
  return result.success
    ? undefined
    : `${call} ${reply.status} does not fit its schema: ${z.prettifyError(result.error)}`;
}

/** Headers of the vendor's paths, and of those that are for one reader only. */
function problemOfSurface({ tags, template }: Operation, { headers, status }: Reply): string | undefined {
  const isVendor = /^\/(?:v1\.0|media|topapi|user|department|chat|robot|call_back)\/|^\/gettoken$/.test(template);
  // A request that is not valid HTTP is refused before its path is known.
  if (status === 400) return undefined;
  if (isVendor) return headers.has('access-control-allow-origin') ? undefined : 'no access-control-allow-origin';
  if (tags[0] === 'operations') return undefined;
  if (!headers.has('cache-control')) return 'no cache-control';
  return headers.get('x-content-type-options')?.[0] === 'nosniff' ? undefined : 'no x-content-type-options';
}

/**
 * A request that is not a call of the document gets 404 or a page, or is a preflight request. Below `/console/v1`
 * credentials come first.
 */
function problemOfUnknown(
  api: Api,
  method: string,
  path: string,
  reply: Reply,
  code: string | undefined,
): string | undefined {
  const isGuarded = code === 'huizhi.unauthorized' && /^\/console\/v1(?:\/|$)/.test(decoded(path));
  if (code !== undefined && (isGuarded || [...api.anyCall, 'huizhi.badRequest'].includes(code))) return undefined;
  if (code !== undefined) return `a path that is no call answers ${reply.status} ${code}`;
  if (method === 'HEAD') return undefined;
  // The old host answers 200 whatever the path is.
  if (reply.status === 200 && /^\{"errcode":(?:22|404|43001|43002),/.test(reply.body.toString())) return undefined;
  if (method === 'OPTIONS' && reply.status === 200 && reply.body.toString() === '{}') return undefined;
  const type = reply.headers.get('content-type')?.[0]?.replace(/;.*/, '') ?? '';
  const isPage = method === 'GET' && reply.status === 200 && pageTypes.includes(type);
  return isPage || reply.status === 304 ? undefined : `a path that is no call answers ${reply.status} ${type}`;
}
