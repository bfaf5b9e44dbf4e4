import { Hono } from 'hono';
import { getQuotas, listDeliveries, setQuotas } from '../../core/console/dings.ts';
import { defaultPage } from '../../wire/limits.ts';
import {
  type ConsoleDingsAnswer,
  consoleDingsQuery,
  type DingQuotaAnswer,
  dingQuotaBody,
} from '../../wire/own/dings.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for the outbox of DINGs and its quotas. */
export function createDingRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/dings', async (c) => {
    const { limit = defaultPage, cursor, ...filter } = parseQuery(c, consoleDingsQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await listDeliveries(c.get('context'), omitUndefined(filter), page)) satisfies ConsoleDingsAnswer);
  });
  app.get('/organizations/:corpId/dingQuota', async (c) => {
    return c.json((await getQuotas(c.get('context'), c.req.param('corpId'))) satisfies DingQuotaAnswer);
  });
  app.put('/organizations/:corpId/dingQuota', async (c) => {
    const change = await parseBody(c, dingQuotaBody);
    const quotas = await setQuotas(c.get('context'), c.get('operator'), c.req.param('corpId'), change);
    return c.json(quotas satisfies DingQuotaAnswer);
  });
  return app;
}
