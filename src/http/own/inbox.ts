import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { type SignedIn, sessionOf, signInAs, signInWith, signOut, whoIs } from '../../core/access/sessions.ts';
import type { Context } from '../../core/context.ts';
import { chooseAbout, listInbox, listRobots, readInbox } from '../../core/inbox.ts';
import { searchInbox } from '../../core/search/search-inbox.ts';
import { listPeople } from '../../core/users.ts';
import { wireError } from '../../wire/errors.ts';
import { inboxCookie } from '../../wire/headers.ts';
import { defaultPage } from '../../wire/limits.ts';
import {
  type InboxMessagesAnswer,
  type InboxNoticesAnswer,
  type InboxPeopleAnswer,
  type InboxReadAnswer,
  type InboxRobotsAnswer,
  type InboxSearchAnswer,
  type InboxSessionAnswer,
  type InboxWhoAnswer,
  inboxEventsQuery,
  inboxMessagesQuery,
  inboxPeopleQuery,
  inboxReadBody,
  inboxRobotBody,
  inboxSearchQuery,
  inboxSessionBody,
} from '../../wire/own/inbox.ts';
import { addressOf, type Env } from './env.ts';
import { eventStream } from './live.ts';
import { oidcRoutes } from './oidc.ts';
import { bodyOf, defined, queryOf, startOf } from './request.ts';

/** The inbox of a recipient, under `/inbox/v1`. */
export function inboxRoutes(context: Context): Hono<Env> {
  const app = new Hono<Env>();
  const session = (c: HonoContext<Env>) => sessionOf(context, bearer(c) ?? getCookie(c, inboxCookie));

  app.get('/sessions', async (c) => {
    return c.json((await whoIs(context, bearer(c) ?? getCookie(c, inboxCookie))) satisfies InboxWhoAnswer);
  });
  app.get('/people', async (c) => {
    const { limit = defaultPage, text = '', ...rest } = queryOf(c, inboxPeopleQuery);
    return c.json((await listPeople(context, { limit, text, ...defined(rest) })) satisfies InboxPeopleAnswer);
  });
  app.post('/sessions', async (c) => {
    const signedIn = await signIn(context, c);
    keepSession(c, context, signedIn);
    return c.json(welcome(signedIn));
  });
  app.route(
    '/oidc',
    oidcRoutes(context, (c, signedIn) => keepSession(c, context, signedIn)),
  );
  app.delete('/sessions', async (c) => {
    await signOut(context, await session(c));
    deleteCookie(c, inboxCookie);
    return c.json({});
  });
  app.get('/messages', async (c) => {
    const { limit = defaultPage, unread = false, ...rest } = queryOf(c, inboxMessagesQuery);
    return c.json(
      (await listInbox(context, await session(c), { limit, unread, ...defined(rest) })) satisfies InboxMessagesAnswer,
    );
  });
  app.get('/messages/search', async (c) => {
    const { limit = defaultPage, text, ...rest } = queryOf(c, inboxSearchQuery);
    const person = await session(c);
    return c.json((await searchInbox(context, person, { text, limit, ...defined(rest) })) satisfies InboxSearchAnswer);
  });
  app.post('/messages/read', async (c) => {
    const person = await session(c);
    const { messageIds, manner } = await bodyOf(c, inboxReadBody);
    return c.json({ read: await readInbox(context, person, messageIds, manner) } satisfies InboxReadAnswer);
  });
  app.get('/robots', async (c) => c.json((await listRobots(context, await session(c))) satisfies InboxRobotsAnswer));
  app.put('/robots/:robotCode', async (c) => {
    const person = await session(c);
    await chooseAbout(context, person, c.req.param('robotCode'), await bodyOf(c, inboxRobotBody));
    const { robots } = await listRobots(context, person);
    return c.json(robots.find((robot) => robot.robotCode === c.req.param('robotCode')));
  });
  app.delete('/notices', async (c) => {
    const { corpId, userId } = await session(c);
    await context.store.blocks.dismissNotices(corpId, userId);
    return c.json({} satisfies InboxNoticesAnswer);
  });
  app.get('/events', async (c) =>
    eventStream(c, context, await session(c), startOf(c, queryOf(c, inboxEventsQuery).since)),
  );
  return app;
}

async function signIn(context: Context, c: HonoContext<Env>): Promise<SignedIn> {
  const body = await bodyOf(c, inboxSessionBody);
  if ('code' in body) return signInWith(context, body.code, addressOf(c));
  return signInAs(context, body.corpId, body.userId);
}

function welcome({ token, user, corpCode }: SignedIn): InboxSessionAnswer {
  return { token, user: { corpId: corpCode, userId: user.code, name: user.name } };
}

function keepSession(c: HonoContext<Env>, { options }: Context, { token, seconds }: SignedIn): void {
  const secure = (options.publicUrl ?? c.req.url).startsWith('https:');
  setCookie(c, inboxCookie, token, { httpOnly: true, sameSite: 'Lax', path: '/', maxAge: seconds, secure });
}

/** The token of an Authorization header; another scheme is refused rather than passed over. */
export function bearer<E extends Env>(c: HonoContext<E>): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
  if (token !== undefined) return token;
  throw wireError('huizhi.unauthorized', {
    why: 'no bearer token',
    fill: { reason: 'Authorization holds no bearer token' },
  });
}
