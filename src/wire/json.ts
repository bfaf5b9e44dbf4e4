import { maxBodyDepth } from './limits.ts';

/** A JSON object whose members are not yet validated. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const quote = 34;
const backslash = 92;

/** Counts nesting levels in the text, because parsing or walking a deeply nested value could overflow the stack. */
export function isTooDeep(text: string): boolean {
  if (text.length <= maxBodyDepth) return false;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (quoted) {
      if (char === backslash) i++;
      else if (char === quote) quoted = false;
    } else if (char === quote) quoted = true;
    else if ((char | 0x20) === 0x7b && ++depth > maxBodyDepth) return true;
    else if ((char | 0x20) === 0x7d) depth--;
  }
  return false;
}

/** Parses JSON inside of a body; undefined if it is not valid or nested more deeply than bodies may be. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error is dropped because it quotes the text, which may contain a secret.
    return undefined;
  }
}

/**
 * Matches JSON escapes: a surrogate pair, one code unit, or a short one such as `\\`, so that `\\u0000` is not read as
 * a NUL.
 */
const escapes = /\\(?:(u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|[^u])/g;

/** Returns a JSON text whose values can be stored: without NUL characters, and with U+FFFD for each lone surrogate. */
export function cleanEscapes(json: string): string {
  return json.toWellFormed().replace(escapes, (found, pair?: string, unit?: string) => {
    if (pair !== undefined || unit === undefined) return found;
    if (/^d[89a-f]/i.test(unit)) return '\ufffd';
    return unit === '0000' ? '' : found;
  });
}

/** Returns a text, also that of a number; undefined for any other value, because objects can make `String()` throw. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}
