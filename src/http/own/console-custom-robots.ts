import { Hono } from 'hono';
import * as robots from '../../core/console/custom-robots.ts';
import { defaultPage } from '../../wire/limits.ts';
import { organizationQuery } from '../../wire/own/console-directory.ts';
import * as wire from '../../wire/own/custom-robots.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for custom robots. */
export function createCustomRobotRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { corpId, openConversationId, limit = defaultPage, cursor } = parseQuery(c, wire.customRobotsQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await robots.listCustomRobots(c.get('context'), corpId, openConversationId, page);
    return c.json(answer satisfies wire.CustomRobotsAnswer);
  });
  app.post('/', async (c) => {
    const { corpId, ...given } = await parseBody(c, wire.customRobotBody);
    const made = await robots.makeCustomRobot(c.get('context'), c.get('operator'), corpId, given);
    return c.json(made satisfies wire.NewCustomRobot);
  });
  app.get('/:robotCode', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const found = await robots.getCustomRobot(c.get('context'), corpId, c.req.param('robotCode'));
    return c.json(found satisfies wire.ConsoleCustomRobot);
  });
  app.put('/:robotCode', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const change = await parseBody(c, wire.customRobotChangeBody);
    const code = c.req.param('robotCode');
    const changed = await robots.updateCustomRobot(c.get('context'), c.get('operator'), corpId, code, change);
    return c.json(changed satisfies wire.ConsoleCustomRobot);
  });
  app.post('/:robotCode/token', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await robots.replaceToken(c.get('context'), c.get('operator'), corpId, c.req.param('robotCode'));
    return c.json(answer satisfies wire.TokenAnswer);
  });
  app.post('/:robotCode/secret', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const answer = await robots.replaceSecret(c.get('context'), c.get('operator'), corpId, c.req.param('robotCode'));
    return c.json(answer satisfies wire.SecretAnswer);
  });
  app.delete('/:robotCode', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    await robots.dropCustomRobot(c.get('context'), c.get('operator'), corpId, c.req.param('robotCode'));
    return c.json({});
  });
  return app;
}
