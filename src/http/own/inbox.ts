import { Hono, type Context as HonoContext } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import {
  readSignInState,
  type SignedIn,
  sessionOf,
  signInAs,
  signInByCode,
  signInByIdentity,
  signOut,
} from '../../core/access/sessions.ts';
import type { Context } from '../../core/context.ts';
import { listInbox, listRobots, readInbox, setRobotChoice } from '../../core/inbox/inbox.ts';
import {
  listConversationMembers,
  listConversations,
  setConversationMuted,
} from '../../core/inbox/inbox-conversations.ts';
import { listOpenDings, readInboxDings } from '../../core/inbox/inbox-dings.ts';
import { findShownMedia } from '../../core/media/shown.ts';
import { searchInbox } from '../../core/search/search-inbox.ts';
import { listPeople } from '../../core/users.ts';
import { wireError } from '../../wire/errors.ts';
import { inboxCookie, inboxCookiePath, oidcCookie, oldInboxCookie } from '../../wire/headers.ts';
import { defaultPage, sessionWindow } from '../../wire/limits.ts';
import {
  type InboxDingReadAnswer,
  type InboxDingsAnswer,
  inboxDingReadBody,
  inboxDingsQuery,
} from '../../wire/own/dings.ts';
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
import {
  type InboxConversationSettings,
  type InboxConversationsAnswer,
  type InboxMembersAnswer,
  inboxConversationBody,
  inboxMembersQuery,
} from '../../wire/own/inbox-conversations.ts';
import { type Env, getAddress } from './env.ts';
import { addCardRoutes } from './inbox-cards.ts';
import { addTalkRoutes } from './inbox-talk.ts';
import { streamInbox } from './live.ts';
import { createOidcRoutes, isName, type SignInPage } from './oidc.ts';
import { omitUndefined, parseBody, parseQuery, parseStart, refuseUnknownInput } from './request.ts';
import { sendMedia } from './send-media.ts';

/** Signs recipients in by the claims with their userId and, if the provider serves several organizations, their corpId. */
function createInboxSignIn(context: Context): SignInPage {
  const { claim = 'sub', corpClaim, corpId: onlyCorpId } = context.options.oidc ?? {};
  return {
    path: '/inbox/v1/oidc',
    cookie: oidcCookie,
    url: '/',
    claims: [claim, corpClaim ?? claim],
    async signIn(c, claims) {
      const [userId, corpId] = [claims[claim], corpClaim === undefined ? onlyCorpId : claims[corpClaim]];
      if (!isName(userId) || !isName(corpId)) return 'failed';
      const signedIn = await signInByIdentity(context, corpId, userId);
      if (!signedIn) return 'unknown';
      setSessionCookie(c, context, signedIn);
      return 'done';
    },
  };
}

/** The API of a recipient's inbox, under `/inbox/v1`. */
export function createInboxRoutes(context: Context): Hono<Env> {
  const app = new Hono<Env>();
  const session = (c: HonoContext<Env>) => sessionOf(context, readToken(c));

  app.use(async (c, next) => {
    moveOldCookie(c, context);
    await next();
    // An error response is a new one, without the headers set so far.
    if (c.error) dropOldCookie(c);
  });
  app.use(refuseUnknownInput);
  app.get('/sessions', async (c) => {
    return c.json((await readSignInState(context, readToken(c))) satisfies InboxWhoAnswer);
  });
  app.get('/people', async (c) => {
    const { limit = defaultPage, text = '', ...rest } = parseQuery(c, inboxPeopleQuery);
    return c.json((await listPeople(context, { limit, text, ...omitUndefined(rest) })) satisfies InboxPeopleAnswer);
  });
  app.post('/sessions', async (c) => {
    const signedIn = await signIn(context, c);
    setSessionCookie(c, context, signedIn);
    return c.json(renderSession(signedIn));
  });
  app.route('/oidc', createOidcRoutes(context, createInboxSignIn(context)));
  app.delete('/sessions', async (c) => {
    await signOut(context, await session(c));
    deleteCookie(c, inboxCookie, { path: inboxCookiePath });
    return c.json({});
  });
  addMessageRoutes(app, context, session);
  addConversationRoutes(app, context, session);
  addDingRoutes(app, context, session);
  addTalkRoutes(app, context, session);
  addCardRoutes(app, context, session);
  app.get('/robots', async (c) => c.json((await listRobots(context, await session(c))) satisfies InboxRobotsAnswer));
  app.put('/robots/:robotCode', async (c) => {
    const person = await session(c);
    await setRobotChoice(context, person, c.req.param('robotCode'), await parseBody(c, inboxRobotBody));
    const { robots } = await listRobots(context, person);
    return c.json(robots.find((robot) => robot.robotCode === c.req.param('robotCode')));
  });
  app.delete('/notices', async (c) => {
    const { corpId, userId } = await session(c);
    await context.store.blocks.dismissNotices(corpId, userId);
    return c.json({} satisfies InboxNoticesAnswer);
  });
  app.get('/events', async (c) =>
    streamInbox(c, context, await session(c), parseStart(c, parseQuery(c, inboxEventsQuery).since)),
  );
  return app;
}

type SessionOf = (c: HonoContext<Env>) => ReturnType<typeof sessionOf>;

function addMessageRoutes(app: Hono<Env>, context: Context, session: SessionOf): void {
  app.get('/messages', async (c) => {
    const { limit = defaultPage, unread = false, ...rest } = parseQuery(c, inboxMessagesQuery);
    return c.json(
      (await listInbox(context, await session(c), {
        limit,
        unread,
        ...omitUndefined(rest),
      })) satisfies InboxMessagesAnswer,
    );
  });
  app.get('/messages/search', async (c) => {
    const { limit = defaultPage, text, ...rest } = parseQuery(c, inboxSearchQuery);
    const person = await session(c);
    return c.json(
      (await searchInbox(context, person, { text, limit, ...omitUndefined(rest) })) satisfies InboxSearchAnswer,
    );
  });
  app.get('/messages/:messageId/media/:mediaId', async (c) => {
    const { messageId, mediaId } = c.req.param();
    const media = await findShownMedia(context, await session(c), messageId, mediaId);
    // Cached copies are checked again, because the message may be recalled.
    return sendMedia(c, context, media, { fileName: media.name, isInline: true, cache: 'private, no-cache' });
  });
  app.post('/messages/read', async (c) => {
    const person = await session(c);
    const { messageIds, manner } = await parseBody(c, inboxReadBody);
    return c.json({ read: await readInbox(context, person, messageIds, manner) } satisfies InboxReadAnswer);
  });
}

function addConversationRoutes(app: Hono<Env>, context: Context, session: SessionOf): void {
  app.get('/conversations', async (c) =>
    c.json((await listConversations(context, await session(c))) satisfies InboxConversationsAnswer),
  );
  app.put('/conversations/:conversationId', async (c) => {
    const person = await session(c);
    const { muted } = await parseBody(c, inboxConversationBody);
    const conversationId = c.req.param('conversationId');
    const settings = await setConversationMuted(context, person, conversationId, muted);
    return c.json(settings satisfies InboxConversationSettings);
  });
  app.get('/conversations/:conversationId/members', async (c) => {
    const { limit = defaultPage, ...rest } = parseQuery(c, inboxMembersQuery);
    const page = { limit, ...omitUndefined(rest) };
    const members = await listConversationMembers(context, await session(c), c.req.param('conversationId'), page);
    return c.json(members satisfies InboxMembersAnswer);
  });
}

function addDingRoutes(app: Hono<Env>, context: Context, session: SessionOf): void {
  app.get('/dings', async (c) => {
    const { limit = defaultPage, ...rest } = parseQuery(c, inboxDingsQuery);
    const page = { limit, ...omitUndefined(rest) };
    return c.json((await listOpenDings(context, await session(c), page)) satisfies InboxDingsAnswer);
  });
  app.post('/dings/read', async (c) => {
    const person = await session(c);
    const { dingIds, manner } = await parseBody(c, inboxDingReadBody);
    return c.json({ read: await readInboxDings(context, person, dingIds, manner) } satisfies InboxDingReadAnswer);
  });
}

async function signIn(context: Context, c: HonoContext<Env>): Promise<SignedIn> {
  const body = await parseBody(c, inboxSessionBody);
  if ('code' in body) return signInByCode(context, body.code, getAddress(c, context));
  return signInAs(context, body.corpId, body.userId);
}

function renderSession({ token, user, corpCode }: SignedIn): InboxSessionAnswer {
  return { token, user: { corpId: corpCode, userId: user.code, name: user.name } };
}

type CookieSession = Pick<SignedIn, 'token' | 'seconds'>;

/** Sets the session cookie. Browsers send it only to the paths of the inbox. */
function setSessionCookie(c: HonoContext<Env>, { options }: Context, { token, seconds }: CookieSession): void {
  const secure = (options.publicUrl ?? c.req.url).startsWith('https:');
  setCookie(c, inboxCookie, token, {
    httpOnly: true,
    sameSite: 'Lax',
    path: inboxCookiePath,
    maxAge: seconds,
    secure,
  });
}

/** Replaces the cookie of an earlier version, so that an upgrade does not sign anybody out. */
function moveOldCookie(c: HonoContext<Env>, context: Context): void {
  const token = getCookie(c, oldInboxCookie);
  if (token === undefined) return;
  dropOldCookie(c);
  // The server knows when the session ends; the cookie may live longer.
  if (getCookie(c, inboxCookie) === undefined) setMovedCookie(c, context, token);
}

function dropOldCookie(c: HonoContext<Env>): void {
  if (getCookie(c, oldInboxCookie) !== undefined) deleteCookie(c, oldInboxCookie, { path: '/' });
}

function setMovedCookie(c: HonoContext<Env>, context: Context, token: string): void {
  // A value that is not one of our session tokens is not carried over.
  if (context.seal.openPair('session', token)) setSessionCookie(c, context, { token, seconds: sessionWindow / 1000 });
}

/**
 * Returns the session token of a request: from its Authorization header, its cookie, or the cookie of an earlier
 * version.
 */
function readToken(c: HonoContext<Env>): string | undefined {
  return readBearerToken(c) ?? getCookie(c, inboxCookie) ?? getCookie(c, oldInboxCookie);
}

/**
 * Returns the bearer token of the Authorization header, or undefined without that header. Throws `huizhi.unauthorized`
 * for another scheme.
 */
export function readBearerToken<E extends Env>(c: HonoContext<E>): string | undefined {
  const header = c.req.header('authorization');
  if (header === undefined) return undefined;
  const token = /^Bearer ([\w.~+/-]+=*)$/i.exec(header)?.[1];
  if (token !== undefined) return token;
  throw wireError('huizhi.unauthorized', {
    why: 'no bearer token',
    fill: { reason: 'Authorization holds no bearer token' },
  });
}
