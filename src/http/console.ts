import { Hono } from 'hono';
import type { Context } from '../core/context.ts';
import { sameText } from '../core/seal.ts';
import { hashToken } from '../core/secrets.ts';
import { createSignInCode } from '../core/sessions.ts';
import { signInCodeBody } from '../wire/console.ts';
import { wireError } from '../wire/errors.ts';
import { addressOf, type Env } from './env.ts';
import { bearer } from './inbox.ts';
import { bodyOf } from './own.ts';

/** The operator's surface under `/console/v1`; every call needs the admin token. */
export function consoleRoutes(context: Context): Hono<Env> {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const guilty = [`admin ${addressOf(c)}`];
    await context.slowDown.wait(guilty);
    const token = bearer(c);
    if (token === undefined || !sameText(hashToken(token), context.options.adminTokenHash)) {
      // Who brings no token has not guessed.
      if (token !== undefined) context.slowDown.failed(guilty);
      throw wireError('huizhi.unauthorized', {
        why: 'not the admin token',
        fill: { reason: 'the admin token is needed' },
      });
    }
    context.slowDown.succeeded(guilty);
    await next();
  });
  app.post('/signInCodes', async (c) => {
    const { corpId, userId } = await bodyOf(c, signInCodeBody);
    const { code, expiresAt } = await createSignInCode(context, corpId, userId);
    const url = new URL(`/?code=${encodeURIComponent(code)}`, c.req.url).href;
    return c.json({ code, url, expiresAt });
  });
  return app;
}
