import { CallError } from '../../shared/call.ts';
import type { Texts } from '../texts/index.ts';
import type { SignInTexts } from '../texts/sign-in.ts';

type ErrorTexts = SignInTexts & Partial<Pick<Texts, 'wireErrors'>>;

/** The text to show for the error of a failed request. */
export function wordsOf(error: Error, t: ErrorTexts): string {
  if (!(error instanceof CallError)) return error.message;
  if (error.code === 'unreachable') return t.unreachable;
  if (error.status === 401) return t.signedOut;
  if (error.status >= 500) return t.broken;
  return t.wireErrors?.[error.code] ?? t.said(error.message);
}
