import type { Grant } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import type { Caller, Context, Eventually } from '../context.ts';

/** The content of a token. */
type Pair = { readonly corpId: number; readonly id: number };

type Work<T> = (caller: Caller) => Eventually<T>;

/**
 * Runs work for the app and organization of a token. Throws `InvalidAuthentication` if the token is forged, expired or
 * revoked.
 *
 * @param isRead whether the work does nothing but one read of the store. Such work may start before the token is known
 * to be valid, and may run twice; the result of the valid run is returned.
 */
export function asCaller<T>(context: Context, token: string, work: Work<T>, isRead = false): Eventually<T> {
  const pair = openToken(context, token);
  if (!pair) throw wireError('InvalidAuthentication', { why: 'the token was not issued here' });
  const { store, directory } = context;
  const presumed = isRead ? store.presumedGrant(pair.corpId, pair.id, directory.now.version) : undefined;
  if (presumed) return runWithCachedGrant(context, pair, presumed, work);
  const grant = store.grant(pair.corpId, pair.id);
  if (grant instanceof Promise) return grant.then((found) => runWhenCurrent(context, found, work));
  return work(callerOf(context, grant));
}

/**
 * Runs work once the directory is at least as new as the query of the grant has shown: on a shared database, another
 * process may just have rotated the secret or ended the authorization.
 */
async function runWhenCurrent<T>(context: Context, grant: Grant | undefined, work: Work<T>): Promise<T> {
  await context.directory.reach(context.store.seenDirectory());
  return work(callerOf(context, grant));
}

/**
 * Runs work with a cached grant and the cached directory, without a query of its own for either: the work's query also
 * returns the directory version. If that has changed, or if the work failed before its query, the work runs again with
 * the grant and the directory of the database.
 */
function runWithCachedGrant<T>(context: Context, { corpId, id }: Pair, presumed: Grant, work: Work<T>): Eventually<T> {
  const { store, directory } = context;
  const { version } = directory.now;
  const isRight = () => store.seenDirectory() <= version;
  const again = async () => runWhenCurrent(context, await store.grant(corpId, id), work);
  try {
    const result = work(callerOf(context, presumed));
    if (!(result instanceof Promise)) return again();
    return result.then(
      (value) => (isRight() ? value : again()),
      (error: unknown) => (isRight() ? Promise.reject(error) : again()),
    );
  } catch {
    return again();
  }
}

function openToken({ openedTokens, seal }: Context, token: string): Pair | undefined {
  const known = openedTokens.get(token);
  if (known) return known;
  const pair = seal.openPair('token', token);
  if (pair) openedTokens.set(token, pair);
  return pair;
}

function callerOf(context: Context, grant: Grant | undefined): Caller {
  const { now: directory } = context.directory;
  const app = grant && directory.appOf(grant.appId);
  const organization = grant && directory.organizationOf(grant.corpId);
  if (!app || !organization) throw wireError('InvalidAuthentication', { why: 'the token is no longer valid' });
  const age = context.clock.now() - grant.expiresAt;
  if (age >= 0) throw wireError('InvalidAuthentication', { why: `the token expired ${age} ms ago` });
  if (grant.appGeneration !== app.generation) {
    throw wireError('InvalidAuthentication', { why: `the secret of app ${app.code} was rotated after this token` });
  }
  if ((directory.authorization(grant.corpId, app.id) ?? 0) !== grant.authorizationGeneration) {
    throw wireError('InvalidAuthentication', {
      why: `${organization.code} has ended its authorization of ${app.code}`,
    });
  }
  return { app, organization };
}

/**
 * Narrows the caller of a route that has a permission. Throws a TypeError if there is none, which is a bug in the route
 * table.
 */
export function requireCaller(caller: Caller | undefined): Caller {
  if (!caller) throw new TypeError('a call was routed without its permission');
  return caller;
}
