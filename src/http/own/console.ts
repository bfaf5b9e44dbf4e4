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
import { confirmRetention, installationStatus } from '../../core/retention-guard.ts';
import { consoleCookie, csrfHeader } from '../../wire/headers.ts';
import { consoleSessionWindow } from '../../wire/limits.ts';
import {
  type ConsoleSessionAnswer,
  type ConsoleStatusAnswer,
  consoleSessionBody,
  signInCodeBody,
} from '../../wire/own/console.ts';
import { directoryRoutes } from './console-directory.ts';
import { messageRoutes } from './console-messages.ts';
import { addressOf, type ConsoleEnv, type Env } from './env.ts';
import { bearer } from './inbox.ts';
import { bodyOf } from './request.ts';

const cookiePath = '/console';

/** The operator's API under `/console/v1`. Every call except signing in requires the admin token or a session. */
export function consoleRoutes(context: Context, emulator: boolean): Hono<Env> {
  const app = new Hono<Env>();
  app.route('/sessions', sessionRoutes(context, emulator));
  app.route('/', operatorRoutes(context));
  return app;
}

function sessionRoutes(context: Context, emulator: boolean): Hono<Env> {
  const shown = ({ csrfToken, expiresAt }: OpenedSession): ConsoleSessionAnswer => ({ csrfToken, expiresAt, emulator });
  const app = new Hono<Env>();
  app.post('/', async (c) => {
    const { adminToken } = await bodyOf(c, consoleSessionBody);
    const session = await openConsoleSession(context, adminToken, addressOf(c));
    const secure = (context.options.publicUrl ?? c.req.url).startsWith('https:');
    const maxAge = consoleSessionWindow / 1000;
    setCookie(c, consoleCookie, session.secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: cookiePath,
      maxAge,
      secure,
    });
    return c.json(shown(session));
  });
  app.get('/current', async (c) => c.json(shown(await sessionOf(c, context))));
  app.delete('/current', async (c) => {
    const session = await sessionOf(c, context);
    checkCsrf(session, c.req.header(csrfHeader));
    await closeConsoleSession(context, session);
    deleteCookie(c, consoleCookie, { path: cookiePath });
    return c.json({});
  });
  return app;
}

function operatorRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.use(async (c, next) => {
    c.set('operator', await operatorOf(c, context));
    await next();
  });
  app.route('/', messageRoutes(context));
  app.route('/', directoryRoutes(context));
  app.get('/status', async (c) => c.json((await installationStatus(context)) satisfies ConsoleStatusAnswer));
  app.post('/retention/confirm', async (c) => {
    return c.json((await confirmRetention(context, c.get('operator'))) satisfies ConsoleStatusAnswer);
  });
  app.post('/signInCodes', async (c) => {
    const { corpId, userId } = await bodyOf(c, signInCodeBody);
    const { code, expiresAt } = await createSignInCode(context, c.get('operator'), corpId, userId);
    const url = new URL(`/?code=${encodeURIComponent(code)}`, context.options.publicUrl ?? c.req.url).href;
    return c.json({ code, url, expiresAt });
  });
  return app;
}

/**
 * Returns the operator of a request. A bearer token takes precedence over the session cookie. Only the cookie requires
 * a CSRF token, because browsers send cookies automatically.
 */
async function operatorOf<E extends Env>(c: HonoContext<E>, context: Context): Promise<Operator> {
  const token = bearer(c);
  if (token !== undefined) return authenticateAdmin(context, token, addressOf(c));
  const session = await sessionOf(c, context);
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') checkCsrf(session, c.req.header(csrfHeader));
  return session;
}

function sessionOf<E extends Env>(c: HonoContext<E>, context: Context): Promise<OpenedSession> {
  return consoleSessionOf(context, getCookie(c, consoleCookie));
}
