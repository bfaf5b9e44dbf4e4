import { Hono } from 'hono';
import { checkComposed, sendComposed } from '../../core/console/compose.ts';
import { type ComposeAnswer, type ComposeCheckAnswer, composeBody, composeCheckBody } from '../../wire/own/compose.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody } from './request.ts';

/** The console's routes with which an operator sends a message. */
export function createComposeRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.post('/', async (c) => {
    const { sendId, ...composed } = await parseBody(c, composeBody);
    const answer = await sendComposed(c.get('context'), c.get('operator'), sendId, omitUndefined(composed));
    return c.json(answer satisfies ComposeAnswer);
  });
  app.post('/check', async (c) => {
    const composed = await parseBody(c, composeCheckBody);
    return c.json((await checkComposed(c.get('context'), omitUndefined(composed))) satisfies ComposeCheckAnswer);
  });
  return app;
}
