import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { matchedRoutes } from 'hono/route';
import { createSignInCode } from '../../core/access/sessions.ts';
import {
  authenticateAdmin,
  checkCsrf,
  closeConsoleSession,
  consoleSessionOf,
  type OpenedSession,
  type Operator,
  openConsoleSession,
} from '../../core/console/operators.ts';
import type { Context } from '../../core/context.ts';
import { findKnownSecret } from '../../core/dev/known-secrets.ts';
import { showGrants, showSelf } from '../../core/operators/accounts.ts';
import { authorize, emptyScope, listRights, narrowContext } from '../../core/operators/scope.ts';
import { signInByEmail, signInByLink } from '../../core/operators/sign-in.ts';
import { confirmRetention, getInstallationStatus } from '../../core/retention/retention-guard.ts';
import type { Setup } from '../../core/setup.ts';
import { consoleCookie, consoleOidcCookie, csrfHeader } from '../../wire/headers.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import {
  type ConsoleSessionAnswer,
  type ConsoleSignInAnswer,
  type ConsoleStatusAnswer,
  consoleSessionBody,
  type SignInCodeAnswer,
  signInCodeBody,
} from '../../wire/own/console.ts';
import type { KnownSecretAnswer } from '../../wire/own/console-directory.ts';
import { type ConsoleRight, consoleRights } from '../../wire/own/console-rights.ts';
import { rightsOf } from '../../wire/own/console-roles.ts';
import { createBackupRoutes } from './console-backup.ts';
import { createCardRoutes } from './console-cards.ts';
import { createComposeRoutes } from './console-compose.ts';
import { createCustomRobotRoutes } from './console-custom-robots.ts';
import { createDingRoutes } from './console-dings.ts';
import { createDirectoryRoutes } from './console-directory.ts';
import { createEndpointRoutes } from './console-endpoints.ts';
import { createGroupRoutes } from './console-groups.ts';
import { createMediaRoutes } from './console-media.ts';
import { createMessageRoutes } from './console-messages.ts';
import { createNoticeRoutes } from './console-notices.ts';
import { createOperatorAccountRoutes } from './console-operators.ts';
import { type ConsoleEnv, type Env, getAddress } from './env.ts';
import { readBearerToken } from './inbox.ts';
import { createOidcRoutes, isName, type SignInPage } from './oidc.ts';
import { parseBody, refuseUnknownInput, toPattern } from './request.ts';

const cookiePath = '/console';

/**
 * The operator's API under `/console/v1`. Every call except signing in requires the admin token or a session.
 *
 * @param setup what the emulator was started with; undefined on other servers
 */
export function createConsoleRoutes(context: Context, setup: Setup | undefined): Hono<Env> {
  const app = new Hono<Env>();
  app.route('/', createSessionRoutes(context, setup !== undefined));
  app.route('/', createOperatorRoutes(context, setup));
  return app;
}

/** The calls that sign in and out. They need no right. */
function createSessionRoutes(context: Context, emulator: boolean): Hono<Env> {
  const app = new Hono<Env>();
  for (const path of ['/signIn', '/oidc/*', '/sessions/*']) app.use(path, refuseUnknownInput);
  app.get('/signIn', (c) => {
    const oidc = context.options.oidc ? (['oidc'] as const) : [];
    return c.json({ signIn: [...oidc, 'link', 'adminToken'] } satisfies ConsoleSignInAnswer);
  });
  app.route('/oidc', createOidcRoutes(context, createConsoleSignIn(context)));
  app.post('/sessions', async (c) => {
    const { adminToken = '', link } = await parseBody(c, consoleSessionBody);
    const session =
      link === undefined
        ? await openConsoleSession(context, adminToken, getAddress(c, context))
        : await signInByLink(context, link, getAddress(c, context));
    setSessionCookie(c, context, session);
    return c.json(await renderSession(context, session, emulator));
  });
  app.get('/sessions/current', async (c) =>
    c.json(await renderSession(context, await findSession(c, context), emulator)),
  );
  app.delete('/sessions/current', async (c) => {
    const session = await findSession(c, context);
    checkCsrf(session, c.req.header(csrfHeader));
    await closeConsoleSession(context, session);
    deleteCookie(c, consoleCookie, { path: cookiePath });
    return c.json({});
  });
  return app;
}

/** Signs operators in by an email address that the provider has verified, or by another claim that is configured. */
function createConsoleSignIn(context: Context): SignInPage {
  const claim = context.options.oidc?.operatorClaim ?? 'email';
  const isEmail = claim === 'email';
  return {
    path: '/console/v1/oidc',
    cookie: consoleOidcCookie,
    url: '/console',
    claims: isEmail ? [claim, 'email_verified'] : [claim],
    async signIn(c, claims) {
      const name = claims[claim];
      if (!isName(name)) return 'failed';
      if (isEmail && String(claims.email_verified) !== 'true') return 'failed';
      const session = await signInByEmail(context, name);
      if (!session) return 'unknown';
      setSessionCookie(c, context, session);
      return 'done';
    },
  };
}

function setSessionCookie(c: HonoContext<Env>, { options }: Context, { secret }: OpenedSession): void {
  const secure = (options.publicUrl ?? c.req.url).startsWith('https:');
  const maxAge = consoleSessionWindow / 1000;
  setCookie(c, consoleCookie, secret, { httpOnly: true, sameSite: 'Strict', path: cookiePath, maxAge, secure });
}

async function renderSession(
  context: Context,
  session: OpenedSession,
  emulator: boolean,
): Promise<ConsoleSessionAnswer> {
  const { csrfToken, expiresAt } = session;
  const shown = await showGrants(context, session.grants);
  const roles = shown.map((one) => ({ ...one, rights: [...rightsOf(one.role, one.corpId === null)] }));
  return { csrfToken, expiresAt, emulator, operator: showSelf(session), roles, rights: [...listRights(session)] };
}

function createOperatorRoutes(context: Context, setup: Setup | undefined): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(async (c, next) => {
    const operator = await authenticateOperator(c, context);
    const right = findRight(c);
    const allowed = right ? authorize(operator, right) : { operator, scope: emptyScope };
    c.set('operator', allowed.operator);
    c.set('context', narrowContext(context, allowed.scope));
    await next();
  });
  app.use(refuseUnknownInput);
  app.route('/', createMessageRoutes());
  app.route('/messages', createComposeRoutes());
  app.route('/', createDirectoryRoutes());
  app.get('/apps/:appKey/secret', async (c) => {
    const appSecret = await findKnownSecret(c.get('context'), setup, c.req.param('appKey'));
    return c.json({ appSecret } satisfies KnownSecretAnswer);
  });
  app.route('/media', createMediaRoutes());
  app.route('/', createDingRoutes());
  app.route('/groups', createGroupRoutes());
  app.route('/customRobots', createCustomRobotRoutes());
  app.route('/cards', createCardRoutes());
  app.route('/endpoints', createEndpointRoutes());
  app.route('/workNotices', createNoticeRoutes());
  app.route('/operators', createOperatorAccountRoutes());
  app.get('/status', async (c) => {
    return c.json((await getInstallationStatus(c.get('context'))) satisfies ConsoleStatusAnswer);
  });
  app.post('/retention/confirm', async (c) => {
    return c.json((await confirmRetention(c.get('context'), c.get('operator'))) satisfies ConsoleStatusAnswer);
  });
  app.route('/backup', createBackupRoutes());
  app.post('/signInCodes', async (c) => {
    const { corpId, userId, validFor } = await parseBody(c, signInCodeBody);
    const created = await createSignInCode(c.get('context'), c.get('operator'), corpId, userId, validFor);
    const url = new URL(`/?code=${encodeURIComponent(created.code)}`, context.options.publicUrl ?? c.req.url).href;
    return c.json({ ...created, url } satisfies SignInCodeAnswer);
  });
  return app;
}

/** Returns the right that the called route needs; undefined for an unknown path, whose request sees nothing. */
function findRight(c: HonoContext<ConsoleEnv>): ConsoleRight | undefined {
  const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
  // `matchedRoutes` also lists middleware. The first entry with a right is the handler that runs.
  const [right] = matchedRoutes(c).flatMap(({ path }) => consoleRights[`${method} ${toPattern(path)}`] ?? []);
  return right;
}

/**
 * Returns the operator of a request. A bearer token takes precedence over the session cookie. Only the cookie requires
 * a CSRF token, because browsers send cookies automatically.
 */
async function authenticateOperator<E extends Env>(c: HonoContext<E>, context: Context): Promise<Operator> {
  const token = readBearerToken(c);
  if (token !== undefined) return authenticateAdmin(context, token, getAddress(c, context));
  const session = await findSession(c, context);
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') checkCsrf(session, c.req.header(csrfHeader));
  return session;
}

function findSession<E extends Env>(c: HonoContext<E>, context: Context): Promise<OpenedSession> {
  return consoleSessionOf(context, getCookie(c, consoleCookie));
}
