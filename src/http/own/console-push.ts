import { Hono } from 'hono';
import * as push from '../../core/console/push.ts';
import { defaultPage } from '../../wire/limits.ts';
import type { DeliveriesAnswer } from '../../wire/own/endpoints.ts';
import * as wire from '../../wire/own/push.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseEventNumber, parseQuery } from './request.ts';

/** The console's routes for the encrypted HTTP pushes of an app, below `/apps`. */
export function createPushRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/:appKey/push', async (c) => {
    return c.json((await push.getPush(c.get('context'), c.req.param('appKey'))) satisfies wire.PushAnswer);
  });
  app.put('/:appKey/push', async (c) => {
    const given = await parseBody(c, wire.pushBody);
    const set = await push.setPush(c.get('context'), c.get('operator'), c.req.param('appKey'), given);
    return c.json(set satisfies wire.PushAnswer);
  });
  app.delete('/:appKey/push', async (c) => {
    await push.deletePush(c.get('context'), c.get('operator'), c.req.param('appKey'));
    return c.json({});
  });
  app.get('/:appKey/push/deliveries', async (c) => {
    const { state, limit = defaultPage, cursor } = parseQuery(c, wire.pushDeliveriesQuery);
    const page = omitUndefined({ limit, cursor });
    const found = await push.listPushDeliveries(
      c.get('context'),
      c.req.param('appKey'),
      omitUndefined({ state }),
      page,
    );
    return c.json(found satisfies DeliveriesAnswer);
  });
  app.post('/:appKey/push/deliveries/:number/again', async (c) => {
    const { appKey, number } = c.req.param();
    await push.pushEventAgain(c.get('context'), c.get('operator'), appKey, parseEventNumber(number));
    return c.json({});
  });
  return app;
}
