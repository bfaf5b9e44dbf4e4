import { Hono } from 'hono';
import * as notices from '../../core/console/notice-results.ts';
import { defaultPage } from '../../wire/limits.ts';
import { organizationQuery } from '../../wire/own/console-directory.ts';
import * as wire from '../../wire/own/notices.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseQuery } from './request.ts';

/** The console's routes for work notices. */
export function createNoticeRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, wire.noticesQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await notices.listNoticeResults(c.get('context'), omitUndefined(filter), page);
    return c.json(answer satisfies wire.ConsoleNoticesAnswer);
  });
  app.get('/:taskId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await notices.getNoticeResult(c.get('context'), corpId, c.req.param('taskId'));
    return c.json(answer satisfies wire.ConsoleNoticeAnswer);
  });
  app.get('/:taskId/missed', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.missedQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await notices.listMissed(c.get('context'), corpId, c.req.param('taskId'), page);
    return c.json(answer satisfies wire.MissedAnswer);
  });
  app.post('/:taskId/recall', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await notices.recallNotice(c.get('context'), c.get('operator'), corpId, c.req.param('taskId'));
    return c.json(answer satisfies wire.ConsoleNoticeAnswer);
  });
  return app;
}
