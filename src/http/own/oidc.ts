import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type * as OpenidClient from 'openid-client';
import { countSignIn } from '../../core/access/sign-ins.ts';
import type { Context, OidcOptions } from '../../core/context.ts';
import { huizhiError } from '../../wire/errors.ts';
import { inboxOidcQuery } from '../../wire/own/inbox.ts';
import type { Env } from './env.ts';
import { parseQuery } from './request.ts';

const minutes = 10;

/**
 * The values that a callback must match: created at the start of a sign-in, and stored in a cookie of the user's
 * browser.
 */
type PendingSignIn = { readonly state: string; readonly nonce: string; readonly verifier: string };

/** What the provider says about a user. */
export type Claims = Readonly<Record<string, unknown>>;

/** A page at which people sign in at the provider. */
export type SignInPage = {
  /** The path of the calls, and of their cookie. */
  readonly path: string;
  readonly cookie: string;
  /** The address of the page, which gets `?signIn=failed` or `?signIn=unknown` after a failure. */
  readonly url: string;
  /** The claims that it needs. */
  readonly claims: readonly string[];
  /** Signs somebody in. `failed`: a claim is missing or of no use; `unknown`: nobody here has these claims. */
  signIn(c: HonoContext<Env>, claims: Claims): Promise<'done' | 'failed' | 'unknown'>;
};

/**
 * Signs people in at an OpenID provider: authorization code flow with PKCE. `state`, `nonce` and the code verifier
 * are stored in a cookie that the first callback deletes, so that nobody can inject another user's authorization code
 * or use one twice.
 */
export function createOidcRoutes(context: Context, page: SignInPage): Hono<Env> {
  const app = new Hono<Env>();
  const provider = createProviderDiscovery(context);
  const leave = (c: HonoContext<Env>, outcome: 'failed' | 'unknown') => c.redirect(`${page.url}?signIn=${outcome}`);
  app.get('/start', async (c) => {
    const { prompt } = parseQuery(c, inboxOidcQuery);
    const found = await provider();
    if (!found) return leave(c, 'failed');
    const { client, config } = found;
    const pending = {
      state: client.randomState(),
      nonce: client.randomNonce(),
      verifier: client.randomPKCECodeVerifier(),
    };
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${getOrigin(c, context)}${page.path}/callback`,
      scope: 'openid profile email',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(prompt && { prompt }),
    });
    setSignInCookie(c, context, page, pending);
    return c.redirect(url.href);
  });
  app.get('/callback', async (c) => {
    const found = await provider();
    let isKnown = true;
    const isSignedIn = await countSignIn(context, 'oidc', async () => {
      const pending = takeSignInCookie(c, page);
      const claims = found && pending && (await fetchClaims(c, context, found, pending, page));
      const outcome = claims ? await page.signIn(c, claims) : 'failed';
      isKnown = outcome !== 'unknown';
      return outcome === 'done' || undefined;
    });
    return isSignedIn ? c.redirect(page.url) : leave(c, isKnown ? 'failed' : 'unknown');
  });
  return app;
}

type Provider = { readonly client: typeof OpenidClient; readonly config: OpenidClient.Configuration };

/**
 * Returns a function that discovers the provider's configuration on first use and caches it. On failure the function
 * returns undefined, logs a warning, and tries again at the next call. It throws `huizhi.notFound` if no provider is
 * configured.
 */
function createProviderDiscovery({ options: { oidc }, log }: Context): () => Promise<Provider | undefined> {
  let found: Promise<Provider | undefined> | undefined;
  return () => {
    if (!oidc) {
      const reason = 'no OpenID provider is configured';
      throw huizhiError('huizhi.notFound', reason);
    }
    found ??= discover(oidc).catch((error: unknown) => {
      found = undefined;
      log.warn({ err: error }, 'the OpenID provider cannot be reached');
      return undefined;
    });
    return found;
  };
}

// openid-client is imported at the first sign-in, so that a server without a provider does not load it.
async function discover({ issuer, clientId, clientSecret }: OidcOptions): Promise<Provider> {
  const client = await import('openid-client');
  const url = new URL(issuer);
  // The configuration allows http only for a provider on this machine.
  const insecure = url.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  // By default the library relies on TLS and does not verify the signature of an id_token. With http, or a proxy that
  // terminates TLS, that is not enough.
  const execute = [...insecure, client.enableNonRepudiationChecks];
  const authentication = clientSecret === undefined ? client.None() : client.ClientSecretBasic(clientSecret);
  return { client, config: await client.discovery(url, clientId, {}, authentication, { execute }) };
}

/**
 * Returns what the provider says about the user; undefined if the callback does not match the sign-in.
 */
async function fetchClaims(
  c: HonoContext<Env>,
  context: Context,
  { client, config }: Provider,
  { state, nonce, verifier }: PendingSignIn,
  page: SignInPage,
): Promise<Claims | undefined> {
  const { oidc } = context.options;
  if (!oidc) return undefined;
  const url = new URL(new URL(c.req.url).pathname + new URL(c.req.url).search, getOrigin(c, context));
  try {
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(config, url, checks);
    const claims = tokens.claims();
    refuseFuture(claims?.iat);
    const isHere = page.claims.every((name) => claims?.[name] !== undefined);
    const info: Claims = isHere || !claims ? {} : await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    refuseContradiction(page, claims ?? {}, info);
    return { ...info, ...claims };
  } catch (error) {
    context.log.debug({ err: error }, 'a sign-in at the OpenID provider failed');
    return undefined;
  }
}

/**
 * Seconds by which the provider's clock may be ahead. The library tolerates the same when it checks the end of an
 * id_token.
 */
const tolerance = 30;

/** Throws if an id_token was issued in the future. The library checks only its end. */
function refuseFuture(issuedAt: number | undefined): void {
  if (issuedAt !== undefined && issuedAt > Date.now() / 1000 + tolerance)
    throw new Error(`the id_token is from the future: its iat is ${issuedAt}`);
}

/**
 * Throws if the userinfo has another value of a claim that a page needs than the id_token: `email_verified` may then be
 * about another email address.
 */
function refuseContradiction(page: SignInPage, claims: Claims, info: Claims): void {
  const isOther = (name: string) => name in claims && name in info && String(claims[name]) !== String(info[name]);
  const name = page.claims.find(isOther);
  if (name !== undefined) throw new Error(`the userinfo has another ${name} than the id_token`);
}

/** Whether a claim is a text that can identify somebody. */
export const isName = (value: unknown): value is string => typeof value === 'string' && value !== '';

function getOrigin(c: HonoContext<Env>, { options }: Context): string {
  return options.publicUrl ?? new URL(c.req.url).origin;
}

function setSignInCookie(
  c: HonoContext<Env>,
  context: Context,
  page: SignInPage,
  { state, nonce, verifier }: PendingSignIn,
): void {
  const secure = getOrigin(c, context).startsWith('https:');
  // Lax, because the callback is a navigation from the provider's site.
  const options = { httpOnly: true, sameSite: 'Lax', path: page.path, maxAge: minutes * 60, secure } as const;
  setCookie(c, page.cookie, [state, nonce, verifier].join('.'), options);
}

function takeSignInCookie(c: HonoContext<Env>, page: SignInPage): PendingSignIn | undefined {
  const [state, nonce, verifier] = getCookie(c, page.cookie)?.split('.') ?? [];
  deleteCookie(c, page.cookie, { path: page.path });
  return state && nonce && verifier ? { state, nonce, verifier } : undefined;
}
