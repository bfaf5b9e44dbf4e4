import { Hono } from 'hono';
import { listStreamConnections } from '../../core/console/stream.ts';
import * as events from '../../core/console/stream-events.ts';
import { defaultPage } from '../../wire/limits.ts';
import type { DeliveriesAnswer } from '../../wire/own/endpoints.ts';
import * as wire from '../../wire/own/stream.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseEventNumber, parseQuery } from './request.ts';

/** The console's routes for Stream mode, below `/apps`: connections and events of an app. */
export function createStreamRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/:appKey/connections', async (c) => {
    return c.json(await listStreamConnections(c.get('context'), c.req.param('appKey')));
  });
  app.get('/:appKey/events/:corpId', async (c) => {
    const { appKey, corpId } = c.req.param();
    return c.json((await events.getStreamEvents(c.get('context'), appKey, corpId)) satisfies wire.StreamEventsAnswer);
  });
  app.put('/:appKey/events/:corpId', async (c) => {
    const { appKey, corpId } = c.req.param();
    const { types } = await parseBody(c, wire.streamEventsBody);
    const set = await events.setStreamEvents(c.get('context'), c.get('operator'), appKey, corpId, types);
    return c.json(set satisfies wire.StreamEventsAnswer);
  });
  app.get('/:appKey/events/:corpId/deliveries', async (c) => {
    const { appKey, corpId } = c.req.param();
    const { state, limit = defaultPage, cursor } = parseQuery(c, wire.streamDeliveriesQuery);
    const page = omitUndefined({ limit, cursor });
    const found = await events.listStreamDeliveries(c.get('context'), appKey, corpId, omitUndefined({ state }), page);
    return c.json(found satisfies DeliveriesAnswer);
  });
  app.post('/:appKey/events/:corpId/deliveries/:number/again', async (c) => {
    const { appKey, corpId, number } = c.req.param();
    await events.sendStreamEventAgain(c.get('context'), c.get('operator'), appKey, corpId, parseEventNumber(number));
    return c.json({});
  });
  return app;
}
