import { Hono } from 'hono';
import { getCard, listCards } from '../../core/console/cards.ts';
import { defaultPage } from '../../wire/limits.ts';
import {
  type ConsoleCardAnswer,
  type ConsoleCardsAnswer,
  consoleCardQuery,
  consoleCardsQuery,
} from '../../wire/own/cards.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseQuery } from './request.ts';

/** The console's routes for interactive cards. */
export function createCardRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, consoleCardsQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listCards(c.get('context'), corpId, page)) satisfies ConsoleCardsAnswer);
  });
  app.get('/:cardId', async (c) => {
    const { corpId } = parseQuery(c, consoleCardQuery);
    return c.json((await getCard(c.get('context'), corpId, c.req.param('cardId'))) satisfies ConsoleCardAnswer);
  });
  return app;
}
