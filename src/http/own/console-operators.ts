import { Hono } from 'hono';
import * as accounts from '../../core/operators/accounts.ts';
import { createLink } from '../../core/operators/sign-in.ts';
import { defaultPage } from '../../wire/limits.ts';
import { pageQuery } from '../../wire/own/console-directory.ts';
import * as wire from '../../wire/own/operators.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for operators, their roles and their sign-in links. */
export function createOperatorAccountRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { limit = defaultPage, cursor } = parseQuery(c, pageQuery);
    const page = omitUndefined({ limit, cursor });
    return c.json((await accounts.listOperators(c.get('context'), page)) satisfies wire.OperatorsAnswer);
  });
  app.post('/', async (c) => {
    const fields = await parseBody(c, wire.operatorBody);
    const added = await accounts.addOperator(c.get('context'), c.get('operator'), fields);
    return c.json(added satisfies wire.ConsoleOperator);
  });
  app.get('/:operatorId', async (c) => {
    const found = await accounts.getOperator(c.get('context'), c.req.param('operatorId'));
    return c.json(found satisfies wire.ConsoleOperator);
  });
  app.put('/:operatorId', async (c) => {
    const change = omitUndefined(await parseBody(c, wire.operatorChangeBody));
    const id = c.req.param('operatorId');
    const changed = await accounts.changeOperator(c.get('context'), c.get('operator'), id, change);
    return c.json(changed satisfies wire.ConsoleOperator);
  });
  app.delete('/:operatorId', async (c) => {
    await accounts.deleteOperator(c.get('context'), c.get('operator'), c.req.param('operatorId'));
    return c.json({});
  });
  app.post('/:operatorId/link', async (c) => {
    const { validFor } = await parseBody(c, wire.operatorLinkBody);
    const context = c.get('context');
    const { link, expiresAt } = await createLink(context, c.get('operator'), c.req.param('operatorId'), validFor);
    // After the #, so that browsers send it to no server, and no log has it.
    const url = new URL(`/console#link=${link}`, context.options.publicUrl ?? c.req.url).href;
    return c.json({ url, link, expiresAt } satisfies wire.OperatorLinkAnswer);
  });
  return app;
}
