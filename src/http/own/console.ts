import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
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
import { confirmRetention, getInstallationStatus } from '../../core/retention/retention-guard.ts';
import type { Setup } from '../../core/setup.ts';
import { consoleCookie, csrfHeader } from '../../wire/headers.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import {
  type ConsoleSessionAnswer,
  type ConsoleStatusAnswer,
  consoleSessionBody,
  signInCodeBody,
} from '../../wire/own/console.ts';
import type { KnownSecretAnswer } from '../../wire/own/console-directory.ts';
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
import { type ConsoleEnv, type Env, getAddress } from './env.ts';
import { readBearerToken } from './inbox.ts';
import { parseBody, refuseUnknownInput } from './request.ts';

const cookiePath = '/console';

/**
 * The operator's API under `/console/v1`. Every call except signing in requires the admin token or a session.
 *
 * @param setup what the emulator was started with; undefined on other servers
 */
export function createConsoleRoutes(context: Context, setup: Setup | undefined): Hono<Env> {
  const app = new Hono<Env>();
  app.route('/sessions', createSessionRoutes(context, setup !== undefined));
  app.route('/', createOperatorRoutes(context, setup));
  return app;
}

function createSessionRoutes(context: Context, emulator: boolean): Hono<Env> {
  const renderSession = ({ csrfToken, expiresAt }: OpenedSession): ConsoleSessionAnswer => ({
    csrfToken,
    expiresAt,
    emulator,
  });
  const app = new Hono<Env>();
  app.use(refuseUnknownInput);
  app.post('/', async (c) => {
    const { adminToken } = await parseBody(c, consoleSessionBody);
    const session = await openConsoleSession(context, adminToken, getAddress(c));
    const secure = (context.options.publicUrl ?? c.req.url).startsWith('https:');
    const maxAge = consoleSessionWindow / 1000;
    setCookie(c, consoleCookie, session.secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: cookiePath,
      maxAge,
      secure,
    });
    return c.json(renderSession(session));
  });
  app.get('/current', async (c) => c.json(renderSession(await findSession(c, context))));
  app.delete('/current', async (c) => {
    const session = await findSession(c, context);
    checkCsrf(session, c.req.header(csrfHeader));
    await closeConsoleSession(context, session);
    deleteCookie(c, consoleCookie, { path: cookiePath });
    return c.json({});
  });
  return app;
}

function createOperatorRoutes(context: Context, setup: Setup | undefined): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(async (c, next) => {
    c.set('operator', await authenticateOperator(c, context));
    await next();
  });
  app.use(refuseUnknownInput);
  app.route('/', createMessageRoutes(context));
  app.route('/messages', createComposeRoutes(context));
  app.route('/', createDirectoryRoutes(context));
  app.get('/apps/:appKey/secret', async (c) => {
    const appSecret = await findKnownSecret(context, setup, c.req.param('appKey'));
    return c.json({ appSecret } satisfies KnownSecretAnswer);
  });
  app.route('/media', createMediaRoutes(context));
  app.route('/', createDingRoutes(context));
  app.route('/groups', createGroupRoutes(context));
  app.route('/customRobots', createCustomRobotRoutes(context));
  app.route('/cards', createCardRoutes(context));
  app.route('/endpoints', createEndpointRoutes(context));
  app.route('/workNotices', createNoticeRoutes(context));
  app.get('/status', async (c) => c.json((await getInstallationStatus(context)) satisfies ConsoleStatusAnswer));
  app.post('/retention/confirm', async (c) => {
    return c.json((await confirmRetention(context, c.get('operator'))) satisfies ConsoleStatusAnswer);
  });
  app.route('/backup', createBackupRoutes(context));
  app.post('/signInCodes', async (c) => {
    const { corpId, userId, validFor } = await parseBody(c, signInCodeBody);
    const { code, expiresAt } = await createSignInCode(context, c.get('operator'), corpId, userId, validFor);
    const url = new URL(`/?code=${encodeURIComponent(code)}`, context.options.publicUrl ?? c.req.url).href;
    return c.json({ code, url, expiresAt });
  });
  return app;
}

/**
 * Returns the operator of a request. A bearer token takes precedence over the session cookie. Only the cookie requires
 * a CSRF token, because browsers send cookies automatically.
 */
async function authenticateOperator<E extends Env>(c: HonoContext<E>, context: Context): Promise<Operator> {
  const token = readBearerToken(c);
  if (token !== undefined) return authenticateAdmin(context, token, getAddress(c));
  const session = await findSession(c, context);
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') checkCsrf(session, c.req.header(csrfHeader));
  return session;
}

function findSession<E extends Env>(c: HonoContext<E>, context: Context): Promise<OpenedSession> {
  return consoleSessionOf(context, getCookie(c, consoleCookie));
}
