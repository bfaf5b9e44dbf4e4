import { Hono } from 'hono';
import type { Context } from '../../core/context.ts';
import { findDownload } from '../../core/media/download.ts';
import type { Env } from './env.ts';
import { sendMedia } from './send-media.ts';

/**
 * Serves the addresses that `messageFiles/download` returns: `/downloads/{token}.file`. The token is the only
 * credential; cookies are not read.
 */
export function createDownloadRoutes(context: Context): Hono<Env> {
  const app = new Hono<Env>();
  app.get('/:name', async (c) => {
    const [, token = ''] = /^([0-9a-f]+)\.file$/.exec(c.req.param('name')) ?? [];
    const media = await findDownload(context, token);
    return sendMedia(c, context, media, {
      fileName: `${media.code.slice(1)}.file`,
      isInline: false,
      cache: 'no-store',
    });
  });
  return app;
}
