import type { Hono } from 'hono';
import type { Context } from '../../core/context.ts';
import { clickTestCard, readTestCard } from '../../core/dev/cards.ts';
import {
  type CardActionAnswer,
  type EmulatorCard,
  emulatorCardActionBody,
  emulatorCardQuery,
} from '../../wire/own/cards.ts';
import type { Env } from './env.ts';
import { parseBody, parseQuery } from './request.ts';

/** Adds the routes with which tests read and click cards. */
export function addTestCardRoutes(app: Hono<Env>, context: Context): void {
  app.get('/cards', async (c) => {
    const { userId, ...named } = parseQuery(c, emulatorCardQuery);
    return c.json((await readTestCard(context, named, userId)) satisfies EmulatorCard);
  });
  app.post('/cards/actions', async (c) => {
    const { userId, actionId, params, ...named } = await parseBody(c, emulatorCardActionBody);
    const clicked = await clickTestCard(context, named, userId, { actionId, params });
    return c.json(clicked satisfies CardActionAnswer);
  });
}
