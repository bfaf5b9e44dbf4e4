import { wireError } from '../../wire/errors.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import { tooManyAttempts } from '../access/attempts.ts';
import { sameText } from '../access/seal.ts';
import { hashToken, randomText } from '../access/secrets.ts';
import type { Context } from '../context.ts';

/** Who changes something, as the audit log names them. */
export type Operator = { readonly actor: string; readonly secret?: string; readonly expiresAt?: number };

/** An operator's session: `secret` is the cookie, the CSRF token follows from it. */
export type OpenedSession = Operator & {
  readonly secret: string;
  readonly csrfToken: string;
  readonly expiresAt: number;
};

/**
 * The operator who holds the admin token. Throws `huizhi.unauthorized`. Wrong tokens slow down what follows from their address, and
 * `huizhi.tooManyRequests` is thrown when too many wait.
 */
export async function adminWith(context: Context, token: string, address: string): Promise<Operator> {
  const isRight = () => sameText(hashToken(token), context.options.adminTokenHash) || undefined;
  const attempt = { queue: `admin tokens from ${address}`, same: hashToken(token) };
  if (!(await context.attempts.run(attempt, isRight, tooManyAttempts))) throw unauthorized('the admin token is needed');
  return { actor: 'token' };
}

/** Opens a session for whoever holds the admin token. It outlives the process, and ends when the admin token is another. */
export async function openConsole(context: Context, token: string, address: string): Promise<OpenedSession> {
  await adminWith(context, token, address);
  const secret = randomText(32);
  const id = await context.store.number('session');
  const now = context.clock.now();
  const expiresAt = now + consoleSessionWindow;
  const openedBy = context.options.adminTokenHash;
  await context.store.operator.putSession({ hash: hashToken(secret), id, openedBy, expiresAt }, now);
  return { actor: `session ${id}`, secret, csrfToken: csrfTokenOf(secret), expiresAt };
}

/**
 * The session of a cookie. Throws `huizhi.unauthorized`. Nobody is slowed down for a wrong one: there are 256 bits to guess, and behind a proxy a
 * browser with the cookie of an ended session would slow everybody down.
 */
export async function consoleSessionOf(context: Context, secret: string | undefined): Promise<OpenedSession> {
  if (secret === undefined) throw unauthorized('the admin token or a session is needed');
  const session = await context.store.operator.session(hashToken(secret));
  const isOver = !session || session.expiresAt <= context.clock.now();
  if (isOver || !sameText(session.openedBy, context.options.adminTokenHash))
    throw unauthorized('the session has ended');
  return { actor: `session ${session.id}`, secret, csrfToken: csrfTokenOf(secret), expiresAt: session.expiresAt };
}

/** A page elsewhere can make a browser send the cookie, but cannot know this. Throws `huizhi.forbidden`. */
export function checkCsrf(session: OpenedSession, given: string | undefined): void {
  if (given !== undefined && sameText(given, session.csrfToken)) return;
  const reason = 'the header x-csrf-token does not belong to the session';
  throw wireError('huizhi.forbidden', { why: reason, fill: { reason } });
}

/** Ends an operator's session, and the streams that it follows. */
export async function closeConsole(context: Context, { actor, secret }: OpenedSession): Promise<void> {
  await context.store.operator.dropSession(hashToken(secret));
  context.admissions.doubt(actor);
}

/** Whether an operator who was let in once may stay: the admin token is good as long as the process lives, a session until it ends. */
export async function isOperator({ store, clock }: Context, { secret }: Operator): Promise<boolean> {
  if (secret === undefined) return true;
  const session = await store.operator.session(hashToken(secret));
  return session !== undefined && session.expiresAt > clock.now();
}

function csrfTokenOf(secret: string): string {
  return hashToken(`csrf ${secret}`);
}

function unauthorized(reason: string) {
  return wireError('huizhi.unauthorized', { why: reason, fill: { reason } });
}
