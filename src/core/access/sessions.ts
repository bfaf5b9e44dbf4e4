import type { Session, User } from '../../store/model.ts';
import { huizhiError, wireError } from '../../wire/errors.ts';
import { sessionWindow, signInCodeWindow } from '../../wire/limits.ts';
import { makeChanges } from '../console/changes.ts';
import { requireOrganization } from '../console/message-list.ts';
import type { Operator } from '../console/operators.ts';
import type { Context } from '../context.ts';
import { personKey } from './admissions.ts';
import { createTooManyAttemptsError } from './attempts.ts';
import { hashToken, randomText } from './secrets.ts';
import { isSessionValid } from './session-validity.ts';
import { countSignIn } from './sign-ins.ts';

export type { Session } from '../../store/model.ts';

/** A user who has signed in, with the bearer token of the session. `seconds` is its lifetime. */
export type SignedIn = {
  readonly token: string;
  readonly user: User;
  readonly corpCode: string;
  readonly seconds: number;
};

/**
 * Signs in as any user without credentials, which only the emulator allows. Throws `huizhi.unauthorized`,
 * `huizhi.notFound`.
 */
export function signInAs(context: Context, corpCode: string, userCode: string): Promise<SignedIn> {
  return countSignIn(context, 'person', () => openAs(context, corpCode, userCode));
}

async function openAs(context: Context, corpCode: string, userCode: string): Promise<SignedIn> {
  if (!context.options.openSignIn) {
    throw wireError('huizhi.unauthorized', {
      why: 'this server asks for a sign-in code',
      fill: { reason: 'a sign-in code is needed' },
    });
  }
  const user = await findUser(context, corpCode, userCode);
  return openSession(context, user, corpCode);
}

/**
 * Signs in with a one-time code, which this uses up. `address` is the client's, for the delays after failures. They do
 * not apply to a stored code: it cannot be guessed, and behind a proxy all clients have one address, so one of them
 * could keep all others out.
 */
export function signInByCode(context: Context, code: string, address: string): Promise<SignedIn> {
  return countSignIn(context, 'code', () => openByCode(context, code, address));
}

async function openByCode(context: Context, code: string, address: string): Promise<SignedIn> {
  const corpId = Number.parseInt(code.split('-', 1)[0] ?? '', 36);
  const organization = context.directory.now.organizationOf(corpId);
  const hash = hashToken(code);
  const check = async () => {
    const taken = organization && (await context.store.credentials.takeSignInCode(corpId, hash, context.clock.now()));
    const user = taken && (await context.store.userOf(corpId, taken.userId));
    return user && openSession(context, user, organization.code);
  };
  const isStored = organization !== undefined && (await context.store.credentials.hasSignInCode(corpId, hash));
  const signedIn =
    (isStored ? await check() : undefined) ??
    (await context.attempts.run({ queue: `sign-in codes from ${address}` }, check, createTooManyAttemptsError));
  if (!signedIn) throw huizhiError('huizhi.unauthorized', 'the code is wrong, used or expired');
  return signedIn;
}

/** Signs in a user whom an OpenID provider has identified. Returns undefined if there is no such user. */
export async function signInByIdentity(
  context: Context,
  corpCode: string,
  userCode: string,
): Promise<SignedIn | undefined> {
  const organization = context.directory.now.organization(corpCode);
  const [user] = organization ? await context.store.findUsers(organization.corpId, [userCode]) : [];
  return user && openSession(context, user, corpCode);
}

/** Creates a one-time sign-in code for a user, valid for some milliseconds. Only its hash is stored. */
export async function createSignInCode(
  context: Context,
  operator: Operator,
  corpCode: string,
  userCode: string,
  validFor = signInCodeWindow,
) {
  requireOrganization(context, corpCode);
  const { corpId, id, name } = await findUser(context, corpCode, userCode);
  const code = `${corpId.toString(36)}-${randomText(18)}`;
  const expiresAt = context.clock.now() + validFor;
  const entry = { corpId, action: 'user.signInCode', target: userCode, was: null, became: { expiresAt } };
  const change = { code: { corpId, hash: hashToken(code), userId: id, until: expiresAt } };
  await makeChanges(context, operator, [change], entry);
  return { name, code, expiresAt };
}

async function findUser({ directory, store }: Context, corpCode: string, userCode: string): Promise<User> {
  const organization = directory.now.organization(corpCode);
  const [user] = organization ? await store.findUsers(organization.corpId, [userCode]) : [];
  if (user) return user;
  const reason = organization ? `no user ${userCode} in ${corpCode}` : `no organization ${corpCode}`;
  throw huizhiError('huizhi.notFound', reason);
}

async function openSession(context: Context, user: User, corpCode: string): Promise<SignedIn> {
  const { corpId, id: userId } = user;
  const id = await context.store.number('session');
  await context.store.credentials.putSession({ corpId, id, userId, expiresAt: context.clock.now() + sessionWindow });
  return { token: context.seal.sealPair('session', corpId, id), user, corpCode, seconds: sessionWindow / 1000 };
}

/** Returns the session of a bearer token or cookie. Throws `huizhi.unauthorized`. */
export async function sessionOf(context: Context, token: string | undefined): Promise<Session> {
  if (token === undefined) throw huizhiError('huizhi.unauthorized', 'no bearer token and no session cookie');
  const pair = context.seal.openPair('session', token);
  const session = pair && (await context.store.credentials.findSession(pair.corpId, pair.id));
  if (!isSessionValid(context, session)) throw huizhiError('huizhi.unauthorized', 'the session has ended');
  return session;
}

/** A sign-in method that the inbox page may offer. */
export type SignInWay = 'person' | 'oidc' | 'code';

/** Returns the user of a token (null if it is not valid), the number of their newest event, and the sign-in methods. */
export async function readSignInState(context: Context, token: string | undefined) {
  const page = { signIn: signInWays(context), remotePictures: context.options.remotePictures };
  const pair = token === undefined ? undefined : context.seal.openPair('session', token);
  const session = pair && (await context.store.credentials.findSession(pair.corpId, pair.id));
  if (!isSessionValid(context, session)) return { user: null, sequence: 0, ...page };
  const { corpId, userId } = session;
  const last = await context.store.inboxes.end(corpId, userId);
  const user = await context.store.userOf(corpId, userId);
  const organization = context.directory.now.organizationOf(corpId);
  const shown = user && organization && { corpId: organization.code, userId: user.code, name: user.name };
  return { user: shown ?? null, sequence: last, ...page };
}

function signInWays({ options }: Context): readonly SignInWay[] {
  return [...(options.openSignIn ? (['person'] as const) : []), ...(options.oidc ? (['oidc'] as const) : []), 'code'];
}

/** Ends a session and its event streams. */
export async function signOut(context: Context, session: Session): Promise<void> {
  await context.store.credentials.dropSession(session.corpId, session.id);
  context.admissions.recheck(personKey(session));
}

/** Whether a session has not been ended since it was loaded. */
export async function isSignedIn(context: Context, { corpId, id }: Session): Promise<boolean> {
  return isSessionValid(context, await context.store.credentials.findSession(corpId, id));
}
