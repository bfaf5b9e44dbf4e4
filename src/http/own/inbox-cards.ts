import type { Hono, Context as HonoContext } from 'hono';
import type { Session } from '../../core/access/sessions.ts';
import { clickCard } from '../../core/cards/click.ts';
import { readCard } from '../../core/cards/read.ts';
import type { Context } from '../../core/context.ts';
import { type CardActionAnswer, cardActionBody, type InboxCard } from '../../wire/own/cards.ts';
import type { Env } from './env.ts';
import { parseBody } from './request.ts';

/** Finds the session of a request. */
type SessionOf = (c: HonoContext<Env>) => Promise<Session>;

/** Adds the routes with which people read and click cards. */
export function addCardRoutes(app: Hono<Env>, context: Context, session: SessionOf): void {
  app.get('/cards/:cardId', async (c) => {
    return c.json((await readCard(context, await session(c), c.req.param('cardId'))) satisfies InboxCard);
  });
  app.post('/cards/:cardId/actions', async (c) => {
    const person = await session(c);
    const click = await parseBody(c, cardActionBody);
    return c.json((await clickCard(context, person, c.req.param('cardId'), click)) satisfies CardActionAnswer);
  });
}
