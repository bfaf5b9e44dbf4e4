import type { Context } from '../context.ts';

/** Whether a session, of a user or an operator, exists and has not expired. */
export function isSessionValid<S extends { readonly expiresAt: number }>(
  { clock }: Pick<Context, 'clock'>,
  session: S | undefined,
): session is S {
  return session !== undefined && session.expiresAt > clock.now();
}
