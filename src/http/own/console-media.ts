import { Hono, type Context as HonoContext } from 'hono';
import { auditUpload, findMedia, getMediaUsage, listMedia, removeMedia, showMedia } from '../../core/console/media.ts';
import { requireOrganization } from '../../core/console/message-list.ts';
import type { Context } from '../../core/context.ts';
import { EmptyFileError, type Media } from '../../core/media/upload.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { huizhiError } from '../../wire/errors.ts';
import { defaultPage } from '../../wire/limits.ts';
import * as wire from '../../wire/own/media.ts';
import { receiveMedia } from '../server/body/receive-media.ts';
import type { ConsoleEnv, Env } from './env.ts';
import { omitUndefined, parseQuery } from './request.ts';
import { sendMedia } from './send-media.ts';

/** The console's routes for uploaded files. */
export function createMediaRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.mediaQuery);
    return c.json(
      (await listMedia(c.get('context'), corpId, omitUndefined({ limit, cursor }))) satisfies wire.MediaAnswer,
    );
  });
  app.get('/usage', async (c) => {
    const { corpId } = parseQuery(c, wire.mediaCorpQuery);
    return c.json((await getMediaUsage(c.get('context'), corpId)) satisfies wire.MediaUsageAnswer);
  });
  app.post('/', async (c) => {
    const { corpId, type } = parseQuery(c, wire.newMediaQuery);
    const media = await receiveOwnMedia(c, c.get('context'), corpId, type);
    await auditUpload(c.get('context'), c.get('operator'), media);
    return c.json(showMedia(media) satisfies wire.ListedMedia);
  });
  app.get('/:mediaId/content', async (c) => {
    const { corpId } = parseQuery(c, wire.mediaCorpQuery);
    const media = await findMedia(c.get('context'), corpId, c.req.param('mediaId'));
    return sendMedia(c, c.get('context'), media, { fileName: media.name, isInline: true, cache: 'no-store' });
  });
  app.delete('/:mediaId', async (c) => {
    const { corpId } = parseQuery(c, wire.mediaCorpQuery);
    return c.json(await removeMedia(c.get('context'), c.get('operator'), corpId, c.req.param('mediaId')));
  });
  return app;
}

/** Receives a file on one of our own paths. Throws errors of our own instead of those of the old host. */
export async function receiveOwnMedia<E extends Env>(
  c: HonoContext<E>,
  context: Context,
  corpCode: string,
  type: string | undefined,
  uploads = c.get('uploads'),
): Promise<Media> {
  const { corpId } = requireOrganization(context, corpCode);
  const { incoming, outgoing } = c.env ?? {};
  const form = {
    contentType: c.req.header('content-type'),
    contentLength: c.req.header('content-length'),
    type,
    stream: (limit: number) =>
      incoming && outgoing ? uploads.stream(incoming, outgoing, limit, { corpId, appId: 0 }) : streamRequest(c.req.raw),
  };
  try {
    return await receiveMedia(context, corpId, form);
  } catch (error) {
    throw toOwnError(error);
  }
}

/** Streams the body of a request without a socket. */
export async function* streamRequest({ body }: Request): AsyncGenerator<Buffer> {
  for await (const chunk of body ?? []) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
}

/** Maps an error of the old host to one of our own. */
export function toOwnError(error: unknown): unknown {
  if (!(error instanceof OldHostError)) return error;
  const { errcode, why } = error;
  if (errcode === 40006 && !(error instanceof EmptyFileError)) return huizhiError('huizhi.tooLarge', why);
  return errcode === -1 ? huizhiError('huizhi.conflict', why) : huizhiError('huizhi.badRequest', why);
}
