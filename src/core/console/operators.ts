import type { Actor } from '../../store/console/audit.ts';
import type { FoundSession } from '../../store/console/console-sessions.ts';
import type { OperatorAccount } from '../../store/console/operators.ts';
import { huizhiError } from '../../wire/errors.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import { type ConsoleRole, consoleRoles } from '../../wire/own/console-roles.ts';
import { createTooManyAttemptsError } from '../access/attempts.ts';
import { sameText } from '../access/seal.ts';
import { hashToken, randomText } from '../access/secrets.ts';
import { isSessionValid } from '../access/session-validity.ts';
import { countSignIn } from '../access/sign-ins.ts';
import type { Context } from '../context.ts';
import { findRole, type RoleGrant } from '../operators/grants.ts';

/**
 * An authenticated operator. `actor` names them in the audit log. Without an account it is the admin token, and
 * `openedBy` is the hash of the token that they signed in with.
 */
export type Operator = {
  readonly actor: Actor;
  readonly account: Pick<OperatorAccount, 'id' | 'code' | 'name' | 'email'> | undefined;
  readonly grants: readonly RoleGrant[];
  readonly openedBy: string;
  readonly secret?: string;
  readonly expiresAt?: number;
};

/** A session. `secret` is the value of the cookie, from which the CSRF token is derived. */
export type OpenedSession = Operator & {
  readonly secret: string;
  readonly csrfToken: string;
  readonly expiresAt: number;
};

/** How the audit log and the console name the admin token. No operator has this operatorId. */
export const adminToken = { code: 'adminToken', name: 'admin token' } as const;

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
  if (token.length >= unguessable && isRight()) return describeAdmin('token', openedBy);
  const attempt = { queue: `admin tokens from ${address}`, same: hashToken(token) };
  if (!(await context.attempts.run(attempt, isRight, createTooManyAttemptsError)))
    throw huizhiError('huizhi.unauthorized', 'the admin token is needed');
  return describeAdmin('token', openedBy);
}

function describeAdmin(session: string, openedBy: string): Operator {
  const actor = { session, ...adminToken, roleIn: () => 'owner' };
  return { actor, account: undefined, grants: [{ corpId: 0, role: 'owner', userId: null }], openedBy };
}

function describeAccount(session: string, account: OperatorAccount): Operator {
  const { id, code, name, email } = account;
  const grants = account.grants.flatMap(({ corpId, role, userId }) => (isRole(role) ? [{ corpId, role, userId }] : []));
  const actor = { session, code, name, roleIn: (corpId: number) => findRole(grants, corpId) ?? '' };
  return { actor, account: { id, code, name, email }, grants, openedBy: '' };
}

const isRole = (text: string): text is ConsoleRole => (consoleRoles as readonly string[]).includes(text);

/**
 * Opens a session with the admin token. It survives a restart of the process, and becomes invalid when the admin token
 * changes.
 */
export async function openConsoleSession(context: Context, token: string, address: string): Promise<OpenedSession> {
  const { openedBy } = await countSignIn(context, 'admin', () => authenticateAdmin(context, token, address));
  return openSession(context, { openedBy }, (session) => describeAdmin(session, openedBy));
}

/** Opens a session of an operator. It ends when the operator is disabled or deleted, or gets other rights. */
export async function openAccountSession(context: Context, account: OperatorAccount): Promise<OpenedSession> {
  const { id, generation } = account;
  return openSession(context, { openedBy: '', operator: { id, generation } }, (session) =>
    describeAccount(session, account),
  );
}

async function openSession(
  { store, clock }: Context,
  opened: Pick<FoundSession, 'openedBy' | 'operator'>,
  describe: (session: string) => Operator,
): Promise<OpenedSession> {
  const secret = randomText(32);
  const id = await store.number('session');
  const now = clock.now();
  const expiresAt = now + consoleSessionWindow;
  await store.operator.putSession({ hash: hashToken(secret), id, ...opened, expiresAt }, now);
  return { ...describe(`session ${id}`), secret, csrfToken: csrfTokenOf(secret), expiresAt };
}

/**
 * Returns the session of a cookie. Throws `huizhi.unauthorized`. Wrong cookies cause no delays: 256 bits cannot be
 * guessed, and behind a proxy one browser with an old cookie would delay everybody.
 */
export async function consoleSessionOf(context: Context, secret: string | undefined): Promise<OpenedSession> {
  if (secret === undefined) throw huizhiError('huizhi.unauthorized', 'the admin token or a session is needed');
  const session = await findSession(context, secret);
  if (!session) throw huizhiError('huizhi.unauthorized', 'the session has ended');
  const { id, openedBy, account, expiresAt } = session;
  const name = `session ${id}`;
  const operator = account ? describeAccount(name, account) : describeAdmin(name, openedBy);
  return { ...operator, secret, csrfToken: csrfTokenOf(secret), expiresAt };
}

/** Finds a session that is valid: its operator has the same rights as when it was opened, or the admin token is the same. */
async function findSession(context: Context, secret: string): Promise<FoundSession | undefined> {
  const session = await context.store.operator.session(hashToken(secret));
  if (!isSessionValid(context, session)) return undefined;
  const isCurrent = session.account || sameText(session.openedBy, await context.options.adminTokenHash());
  return isCurrent ? session : undefined;
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

/** Ends a session and its event streams. */
export async function closeConsoleSession(context: Context, { actor, secret }: OpenedSession): Promise<void> {
  await context.store.operator.dropSession(hashToken(secret));
  context.admissions.recheck(actor.session);
}

/** The keys under which re-checks of an operator's event streams are requested: of the session, and of the operator. */
export function keysOf({ actor, account }: Operator): readonly string[] {
  return account ? [actor.session, operatorKey(account)] : [actor.session];
}

/** The key of all event streams of an operator. */
export const operatorKey = ({ id }: { readonly id: number }): string => `operator ${id}`;

/** Whether an operator is still authorized: until the admin token is replaced, and with a session until it ends. */
export async function isOperator(context: Context, { secret, openedBy }: Operator): Promise<boolean> {
  if (secret !== undefined) return (await findSession(context, secret)) !== undefined;
  return sameText(openedBy, await context.options.adminTokenHash());
}

function csrfTokenOf(secret: string): string {
  return hashToken(`csrf ${secret}`);
}
