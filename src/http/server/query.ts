import type { Parameter } from '../../core/read-status.ts';
import { wireError } from '../../wire/errors.ts';

const absent: Parameter = { count: 0, value: '' };
const equalsSign = 61;

/**
 * Returns how often a query string contains a parameter, and its first value. Throws a URIError for a broken percent
 * escape. It decodes only the names it compares and the values of that parameter, because readStatus is called more
 * often than anything else.
 */
export function findParameter(query: string, name: string): Parameter {
  let found = absent;
  for (let at = 0; at < query.length; ) {
    const end = findEnd(query, at);
    const value = readValue(query, at, end, name);
    if (value !== undefined) found = { count: found.count + 1, value: found.count === 0 ? value : found.value };
    at = end + 1;
  }
  return found;
}

/** Like `findParameter`, but throws the vendor's `invalidParameter.param.invalid` for a broken percent escape. */
export function findValidParameter(query: string, name: string): Parameter {
  try {
    return findParameter(query, name);
  } catch (cause) {
    throw wireError('invalidParameter.param.invalid', { why: 'a percent escape of the query is broken', cause });
  }
}

/**
 * Returns the first value of a parameter, or undefined if there is none. Throws a URIError, as `findParameter` does.
 */
export function findFirstValue(query: string, name: string): string | undefined {
  const { count, value } = findParameter(query, name);
  return count === 0 ? undefined : value;
}

function findEnd(query: string, from: number): number {
  const at = query.indexOf('&', from);
  return at === -1 ? query.length : at;
}

function readValue(query: string, at: number, end: number, name: string): string | undefined {
  const after = at + name.length;
  if (query.startsWith(name, at) && query.charCodeAt(after) === equalsSign) return decode(query.slice(after + 1, end));
  const equals = query.indexOf('=', at);
  const keyEnd = equals === -1 || equals > end ? end : equals;
  if (decode(query.slice(at, keyEnd)) !== name) return undefined;
  return decode(query.slice(keyEnd + 1, Math.max(end, keyEnd + 1)));
}

/** Decodes form encoding: percent escapes, and `+` for a space. */
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return decodeURIComponent(text.replaceAll('+', ' '));
}
