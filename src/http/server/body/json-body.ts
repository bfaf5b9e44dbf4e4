import { huizhiError, wireError } from '../../../wire/errors.ts';
import { isObject, isTooDeep, type JsonObject } from '../../../wire/json.ts';
import { maxBodyDepth } from '../../../wire/limits.ts';

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
  if (!isObject(value)) throw wireError('Invalidbody', { why: 'the body is JSON, but not an object' });
  return value;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's error is dropped because it quotes the text, which may contain a secret.
    throw wireError('Invalidbody', { why: 'the body is not JSON' });
  }
}
