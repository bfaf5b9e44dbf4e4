import { CallError } from '../../shared/call.ts';
import type { Texts } from '../texts/index.ts';

/** The text to show for the error of a failed request. */
export function wordsOf(error: Error, t: Texts): string {
  if (!(error instanceof CallError)) return error.message;
  if (error.code === 'unreachable') return t.unreachable;
  if (error.status === 401) return t.signedOut;
  if (error.status >= 500) return t.broken;
  return t.wireErrors[error.code] ?? t.said(error.message);
}
