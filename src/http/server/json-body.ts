import { huizhiError, wireError } from '../../wire/errors.ts';
import { maxBodyDepth } from '../../wire/limits.ts';

/** A JSON object from a caller, not yet validated. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON object. Throws `Missingbody` if the text is empty or has another content type, `huizhi.tooDeep` if it
 * is nested too deeply, and `Invalidbody` if it is not JSON or not an object.
 */
export function readJsonObject(text: string, contentType: string | undefined): JsonObject {
  if (contentType !== undefined && !/json/i.test(contentType)) {
    throw wireError('Missingbody', { why: `the content type is ${contentType}, not application/json` });
  }
  if (text.trim() === '') throw wireError('Missingbody', { why: 'the body is empty' });
  if (isTooDeep(text)) {
    const reason = `more than ${maxBodyDepth} levels`;
    throw huizhiError('huizhi.tooDeep', reason);
  }
  const value = parseText(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wireError('Invalidbody', { why: 'the body is JSON, but not an object' });
  }
  return value as JsonObject;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error is dropped because it quotes the text, which may contain a secret.
    throw wireError('Invalidbody', { why: 'the body is not JSON' });
  }
}

const quote = 34;
const backslash = 92;

/** Counts nesting levels in the text, because parsing or walking a deeply nested value could overflow the stack. */
export function isTooDeep(text: string): boolean {
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
