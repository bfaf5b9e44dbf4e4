import { huizhiError } from '../../wire/errors.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import { createTooManyAttemptsError } from '../access/attempts.ts';
import { sameText } from '../access/seal.ts';
import { hashToken, randomText } from '../access/secrets.ts';
import { isSessionValid } from '../access/session-validity.ts';
import { countSignIn } from '../access/sign-ins.ts';
import type { Context } from '../context.ts';

/**
 * An authenticated operator. `actor` is their name in the audit log, and `openedBy` the hash of the admin token that
 * they signed in with.
 */
export type Operator = {
  readonly actor: string;
  readonly openedBy: string;
  readonly secret?: string;
  readonly expiresAt?: number;
};

/** An operator's session. `secret` is the value of the cookie, from which the CSRF token is derived. */
export type OpenedSession = Operator & {
  readonly secret: string;
  readonly csrfToken: string;
  readonly expiresAt: number;
};

/** Characters of an admin token that cannot be guessed, even without delays. A generated one has 32. */
const unguessable = 24;

/**
 * Checks the admin token. Throws `huizhi.unauthorized`. Wrong tokens delay further attempts from their address; if too
 * many are waiting, `huizhi.tooManyRequests` is thrown. The right token is not delayed if it is long: behind a proxy
 * all clients have one address, so one of them could keep the operator out.
 */
export async function authenticateAdmin(context: Context, token: string, address: string): Promise<Operator> {
  const openedBy = await context.options.adminTokenHash();
  const isRight = () => sameText(hashToken(token), openedBy) || undefined;
  if (token.length >= unguessable && isRight()) return { actor: 'token', openedBy };
  const attempt = { queue: `admin tokens from ${address}`, same: hashToken(token) };
  if (!(await context.attempts.run(attempt, isRight, createTooManyAttemptsError)))
    throw huizhiError('huizhi.unauthorized', 'the admin token is needed');
  return { actor: 'token', openedBy };
}

/**
 * Opens a session with the admin token. It survives a restart of the process, and becomes invalid when the admin token
 * changes.
 */
export async function openConsoleSession(context: Context, token: string, address: string): Promise<OpenedSession> {
  const { openedBy } = await countSignIn(context, 'admin', () => authenticateAdmin(context, token, address));
  const secret = randomText(32);
  const id = await context.store.number('session');
  const now = context.clock.now();
  const expiresAt = now + consoleSessionWindow;
  await context.store.operator.putSession({ hash: hashToken(secret), id, openedBy, expiresAt }, now);
  return { actor: `session ${id}`, openedBy, secret, csrfToken: csrfTokenOf(secret), expiresAt };
}

/**
 * Returns the session of a cookie. Throws `huizhi.unauthorized`. Wrong cookies cause no delays: 256 bits cannot be
 * guessed, and behind a proxy one browser with an old cookie would delay everybody.
 */
export async function consoleSessionOf(context: Context, secret: string | undefined): Promise<OpenedSession> {
  if (secret === undefined) throw huizhiError('huizhi.unauthorized', 'the admin token or a session is needed');
  const session = await context.store.operator.session(hashToken(secret));
  if (!isSessionValid(context, session) || !sameText(session.openedBy, await context.options.adminTokenHash()))
    throw huizhiError('huizhi.unauthorized', 'the session has ended');
  const { id, openedBy, expiresAt } = session;
  return { actor: `session ${id}`, openedBy, secret, csrfToken: csrfTokenOf(secret), expiresAt };
}

/**
 * Checks the CSRF token. A foreign page can make the browser send the cookie, but does not know the token. Throws
 * `huizhi.forbidden`.
 */
export function checkCsrf(session: OpenedSession, given: string | undefined): void {
  if (given !== undefined && sameText(given, session.csrfToken)) return;
  const reason = 'the header x-csrf-token does not belong to the session';
  throw huizhiError('huizhi.forbidden', reason);
}

/** Ends an operator's session and its event streams. */
export async function closeConsoleSession(context: Context, { actor, secret }: OpenedSession): Promise<void> {
  await context.store.operator.dropSession(hashToken(secret));
  context.admissions.recheck(actor);
}

/** Whether an operator is still authorized: until the admin token is replaced, and with a session until it ends. */
export async function isOperator(context: Context, { secret, openedBy }: Operator): Promise<boolean> {
  if (!sameText(openedBy, await context.options.adminTokenHash())) return false;
  return secret === undefined || isSessionValid(context, await context.store.operator.session(hashToken(secret)));
}

function csrfTokenOf(secret: string): string {
  return hashToken(`csrf ${secret}`);
}
