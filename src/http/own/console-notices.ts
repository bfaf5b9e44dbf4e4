import { Hono } from 'hono';
import { getNotice, listNotices, recallNotice } from '../../core/console/notices.ts';
import type { Context } from '../../core/context.ts';
import { defaultPage } from '../../wire/limits.ts';
import { organizationQuery } from '../../wire/own/console-directory.ts';
import { type NoticeAnswer, type NoticesAnswer, noticesQuery } from '../../wire/own/notices.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseQuery } from './request.ts';

/** The console's routes for work notices. */
export function createNoticeRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, noticesQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listNotices(context, omitUndefined(filter), page)) satisfies NoticesAnswer);
  });
  app.get('/:taskId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    return c.json((await getNotice(context, corpId, c.req.param('taskId'))) satisfies NoticeAnswer);
  });
  app.post('/:taskId/recall', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await recallNotice(context, c.get('operator'), corpId, c.req.param('taskId'));
    return c.json(answer satisfies NoticeAnswer);
  });
  return app;
}
