import { Hono } from 'hono';
import * as endpoints from '../../core/console/endpoints.ts';
import { defaultPage } from '../../wire/limits.ts';
import { organizationQuery } from '../../wire/own/console-directory.ts';
import * as wire from '../../wire/own/endpoints.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseEventNumber, parseQuery } from './request.ts';

/** The console's routes for endpoints, which get events as webhooks. */
export function createEndpointRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.endpointsQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await endpoints.listEndpoints(c.get('context'), corpId, page)) satisfies wire.EndpointsAnswer);
  });
  app.post('/', async (c) => {
    const { corpId, ...given } = await parseBody(c, wire.endpointBody);
    const made = await endpoints.createEndpoint(c.get('context'), c.get('operator'), corpId, given);
    return c.json(made satisfies wire.NewEndpoint);
  });
  app.get('/:endpointId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const found = await endpoints.getEndpoint(c.get('context'), corpId, c.req.param('endpointId'));
    return c.json(found satisfies wire.ConsoleEndpoint);
  });
  app.put('/:endpointId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const change = await parseBody(c, wire.endpointChangeBody);
    const id = c.req.param('endpointId');
    const changed = await endpoints.updateEndpoint(c.get('context'), c.get('operator'), corpId, id, change);
    return c.json(changed satisfies wire.ConsoleEndpoint);
  });
  app.delete('/:endpointId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    await endpoints.deleteEndpoint(c.get('context'), c.get('operator'), corpId, c.req.param('endpointId'));
    return c.json({});
  });
  app.post('/:endpointId/secret', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await endpoints.rotateSecret(c.get('context'), c.get('operator'), corpId, c.req.param('endpointId'));
    return c.json(answer satisfies wire.EndpointSecretAnswer);
  });
  addDeliveryRoutes(app);
  return app;
}

function addDeliveryRoutes(app: Hono<ConsoleEnv>): void {
  app.post('/:endpointId/test', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await endpoints.testEndpoint(c.get('context'), corpId, c.req.param('endpointId'));
    return c.json(answer satisfies wire.TestAnswer);
  });
  app.post('/:endpointId/replay', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const { after } = await parseBody(c, wire.replayBody);
    const id = c.req.param('endpointId');
    const changed = await endpoints.replayEvents(c.get('context'), c.get('operator'), corpId, id, after);
    return c.json(changed satisfies wire.ConsoleEndpoint);
  });
  app.get('/:endpointId/deliveries', async (c) => {
    const { corpId, state, limit = defaultPage, cursor } = parseQuery(c, wire.deliveriesQuery);
    const [id, page] = [c.req.param('endpointId'), omitUndefined({ limit, cursor })];
    const found = await endpoints.listEndpointDeliveries(c.get('context'), corpId, id, omitUndefined({ state }), page);
    return c.json(found satisfies wire.DeliveriesAnswer);
  });
  app.post('/:endpointId/deliveries/:number/again', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const { endpointId, number } = c.req.param();
    await endpoints.sendAgain(c.get('context'), c.get('operator'), corpId, endpointId, parseEventNumber(number));
    return c.json({});
  });
}
