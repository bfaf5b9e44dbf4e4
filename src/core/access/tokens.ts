import type { App, Grant } from '../../store/model.ts';
import { wireError } from '../../wire/errors.ts';
import { tokenSeconds } from '../../wire/limits.ts';
import type { Context } from '../context.ts';
import { isActing } from './acting.ts';
import type { Attempt } from './attempts.ts';
import { maskUnknown } from './masked.ts';
import { sameText } from './seal.ts';
import { hashToken } from './secrets.ts';

/** An access token and its lifetime in seconds. */
export type IssuedToken = { readonly token: string; readonly seconds: number };

/** Credentials of a token request. `address` is the client's, for the delays after failures. */
export type Credentials = { readonly key: string; readonly secret: string; readonly address: string };

/**
 * Issues a token to an internal app. A request while the app has a valid token returns the same token with a new
 * expiry. https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
 */
export async function issueInternalToken(context: Context, credentials: Credentials): Promise<IssuedToken> {
  const app = await verifyCredentials(context, credentials, 'internal');
  if (!app) throw wireError('invalidClientIdOrSecret', { why: describeBadPair(context, credentials.key, 'internal') });
  return issue(context, app, app.corpId, true);
}

/**
 * Issues a token to a third-party app for one organization that has authorized it. Each call issues a new token.
 * https://open.dingtalk.com/document/development/obtain-the-access-token-of-the-authorized-enterprise-1
 */
export async function issueCorpToken(
  context: Context,
  credentials: Credentials,
  authCorpId: string,
  suiteTicket: string,
): Promise<IssuedToken> {
  const app = await verifyCredentials(context, credentials, 'thirdParty');
  if (!app) throw wireError('invalidSuiteKey', { why: describeBadPair(context, credentials.key, 'thirdParty') });
  const valid = await context.store.credentials.tickets(app.corpId, app.id);
  if (!valid.some(({ ticket }) => sameText(ticket, suiteTicket))) {
    throw wireError('invalidSuiteTicket', { why: `suiteTicket is not one of the two newest of app ${app.code}` });
  }
  const organization = context.directory.now.organization(authCorpId);
  if (!organization || context.directory.now.authorization(organization.corpId, app.id) === undefined) {
    throw wireError('invalidAuthInfo', {
      why: `organization ${organization ? authCorpId : maskUnknown(authCorpId)} has not authorized app ${app.code}`,
    });
  }
  return issue(context, app, organization.corpId, false);
}

/**
 * Issues a token for the unified token call, which both kinds of app can use.
 * https://open.dingtalk.com/document/development/api-gettoken
 */
export async function issueUnifiedToken(
  context: Context,
  credentials: Credentials,
  corpCode: string,
  grantType: string,
): Promise<IssuedToken> {
  await context.directory.current();
  const organization = context.directory.now.organization(corpCode);
  if (!organization) throw wireError('unknownError', { why: `there is no organization ${maskUnknown(corpCode)}` });
  if (grantType !== 'client_credentials') {
    throw wireError('unsupported.grant.type', {
      why: `grant_type is ${maskUnknown(grantType)}, not client_credentials`,
    });
  }
  const app = await verifyCredentials(context, credentials);
  if (!app) throw wireError('invalid.client', { why: describeBadPair(context, credentials.key) });
  if (!isActing(context, app, organization.corpId)) {
    throw wireError('unauthorized.client', { why: `app ${app.code} may not act for organization ${corpCode}` });
  }
  return issue(context, app, organization.corpId, app.kind === 'internal');
}

/**
 * Returns the app with these credentials, or undefined if they are wrong. Failures delay further attempts from this
 * address for this app; failures for many apps delay all attempts from the address. Throws the vendor's rate-limit
 * error if too many attempts are waiting.
 */
export async function verifyCredentials(
  context: Context,
  credentials: Credentials,
  kind?: App['kind'],
): Promise<App | undefined> {
  const { key, secret, address } = credentials;
  await context.directory.current();
  const app = context.directory.now.app(key);
  const attempt: Attempt = {
    // All unknown apps share one queue, so inventing names gains nothing.
    queue: app ? `app ${key} from ${address}` : `apps from ${address}`,
    also: app ? [`app ${key}`] : [],
    spread: `apps from ${address}`,
    same: hashToken(`${kind} ${key} ${secret}`),
    expensive: app !== undefined && !context.secrets.isVerified(secret, app.secretHash),
  };
  return context.attempts.run(
    attempt,
    () => verifyApp(context, app, secret, kind),
    refuseAsRateLimit(app ? key : maskUnknown(key)),
  );
}

async function verifyApp(
  { secrets }: Context,
  app: App | undefined,
  secret: string,
  kind: App['kind'] | undefined,
): Promise<App | undefined> {
  if (!app || !(await secrets.verify(secret, app.secretHash, app.code))) return undefined;
  return kind === undefined || app.kind === kind ? app : undefined;
}

function refuseAsRateLimit(name: string) {
  return (retryAfter: number) =>
    wireError('Forbidden.AccessDenied.QpsLimitForAppkeyAndApi', {
      why: `too many credentials of ${name} wait to be checked`,
      retryAfter,
    });
}

/**
 * Issues a token by the oldest form of `/gettoken`, whose credentials are a corpId and the secret of one of the
 * organization's internal apps. Returns undefined if no app has this secret.
 */
export async function issueOrganizationToken(
  context: Context,
  credentials: Credentials,
): Promise<IssuedToken | undefined> {
  const { key, secret, address } = credentials;
  await context.directory.current();
  const organization = context.directory.now.organization(key);
  const apps = context.directory.now
    .apps()
    .filter(({ kind, corpId }) => kind === 'internal' && corpId === organization?.corpId);
  const isVerified = apps.some(({ secretHash }) => context.secrets.isVerified(secret, secretHash));
  const attempt: Attempt = {
    queue: organization ? `organization ${key} from ${address}` : `apps from ${address}`,
    spread: `apps from ${address}`,
    same: hashToken(`organization ${key} ${secret}`),
    expensive: organization !== undefined && !isVerified,
  };
  const check = async () => {
    const known = apps.find(({ secretHash }) => context.secrets.isVerified(secret, secretHash));
    if (known) return known;
    for (const app of apps) if (await context.secrets.verify(secret, app.secretHash, `organization ${key}`)) return app;
    return undefined;
  };
  const app = await context.attempts.run(
    attempt,
    check,
    refuseAsRateLimit(`organization ${organization ? key : maskUnknown(key)}`),
  );
  return app && issue(context, app, app.corpId, true);
}

function describeBadPair(context: Context, key: string, kind?: App['kind']): string {
  const app = context.directory.now.app(key);
  if (!app) return `there is no app ${maskUnknown(key)}`;
  if (kind !== undefined && app.kind !== kind) return `app ${key} is ${app.kind}, and this call is for ${kind} apps`;
  return `the secret of app ${key} is wrong`;
}

async function issue(context: Context, app: App, corpId: number, shared: boolean): Promise<IssuedToken> {
  const now = context.clock.now();
  const fresh: Grant = {
    corpId,
    id: await context.store.number('grant'),
    appId: app.id,
    appGeneration: app.generation,
    authorizationGeneration: context.directory.now.authorization(corpId, app.id) ?? 0,
    expiresAt: now + tokenSeconds * 1000,
  };
  const grant = await context.store.issueGrant(fresh, shared, now);
  return { token: context.seal.sealPair('token', grant.corpId, grant.id), seconds: tokenSeconds };
}
