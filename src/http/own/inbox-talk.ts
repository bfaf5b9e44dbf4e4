import type { Hono, Context as HonoContext } from 'hono';
import type { Session } from '../../core/access/sessions.ts';
import type { Context } from '../../core/context.ts';
import { findPlace } from '../../core/conversation-ids.ts';
import type { Media } from '../../core/media/upload.ts';
import { say } from '../../core/talk/say.ts';
import { uploadOwn } from '../../core/talk/upload.ts';
import { type InboxMediaAnswer, type InboxSayAnswer, inboxMediaQuery, inboxSayBody } from '../../wire/own/talk.ts';
import { largestMedia } from '../../wire/vendor/media.ts';
import { streamRequest, toOwnError } from './console-media.ts';
import type { Env } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** Finds the session of a request. */
type SessionOf = (c: HonoContext<Env>) => Promise<Session>;

/** Adds the routes with which people write. */
export function addTalkRoutes(app: Hono<Env>, context: Context, session: SessionOf): void {
  app.post('/conversations/:conversationId/messages', async (c) => {
    const { corpId, userId } = await session(c);
    const { sendId, ...content } = await parseBody(c, inboxSayBody);
    const place = await findPlace(context, corpId, c.req.param('conversationId'));
    const said = await say(context, { corpId, userId, place, content, sendId, origin: findOrigin(context, c) });
    const { message, robots } = said;
    return c.json({ message, robots } satisfies InboxSayAnswer);
  });
  app.put('/media', async (c) => {
    const person = await session(c);
    const query = parseQuery(c, inboxMediaQuery);
    const media = await receiveFile(c, context, person, omitUndefined(query));
    const { code: mediaId, type, name, size } = media;
    return c.json({ mediaId, type, name, size } satisfies InboxMediaAnswer);
  });
}

/** Returns scheme and host under which the caller has reached this server. */
export function findOrigin({ options }: Context, c: HonoContext<Env>): string {
  return options.publicUrl ?? new URL(c.req.url).origin;
}

/** Receives a file whose content is the body. Another site cannot send it, as it could a form. */
async function receiveFile(
  c: HonoContext<Env>,
  context: Context,
  person: { readonly corpId: number; readonly userId: number },
  { type, name = type }: { readonly type: string; readonly name?: string },
): Promise<Media> {
  const { incoming, outgoing } = c.env ?? {};
  const sender = { corpId: person.corpId, appId: 0, userId: person.userId };
  const body =
    incoming && outgoing ? c.get('uploads').stream(incoming, outgoing, largestMedia, sender) : streamRequest(c.req.raw);
  try {
    return await uploadOwn(context, person, { type, name, length: c.req.header('content-length'), body });
  } catch (error) {
    throw toOwnError(error);
  }
}
