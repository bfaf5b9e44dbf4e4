import { Hono } from 'hono';
import * as groups from '../../core/console/groups.ts';
import { defaultPage } from '../../wire/limits.ts';
import { installedBody, organizationQuery } from '../../wire/own/console-directory.ts';
import * as wire from '../../wire/own/console-groups.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for groups. */
export function createGroupRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', async (c) => {
    const { corpId, limit = defaultPage, cursor, ...filter } = parseQuery(c, wire.groupsQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await groups.listGroups(c.get('context'), corpId, omitUndefined(filter), page);
    return c.json(answer satisfies wire.GroupsAnswer);
  });
  app.post('/', async (c) => {
    const { corpId, ...given } = await parseBody(c, wire.groupBody);
    const made = await groups.makeGroup(c.get('context'), c.get('operator'), corpId, given);
    return c.json(made satisfies wire.ConsoleGroup);
  });
  app.get('/:openConversationId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    return c.json(await groups.getGroup(c.get('context'), corpId, c.req.param('openConversationId')));
  });
  app.put('/:openConversationId', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const change = omitUndefined(await parseBody(c, wire.groupChangeBody));
    const id = c.req.param('openConversationId');
    return c.json(await groups.changeGroup(c.get('context'), c.get('operator'), corpId, id, change));
  });
  app.get('/:openConversationId/members', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.groupMembersQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await groups.listGroupMembers(c.get('context'), corpId, c.req.param('openConversationId'), page);
    return c.json(answer satisfies wire.GroupMembersAnswer);
  });
  app.get('/:openConversationId/memberships', async (c) => {
    const { corpId, limit = defaultPage, cursor } = parseQuery(c, wire.membershipsQuery);
    const page = omitUndefined({ limit, cursor });
    const answer = await groups.listMemberships(c.get('context'), corpId, c.req.param('openConversationId'), page);
    return c.json(answer satisfies wire.MembershipsAnswer);
  });
  app.post('/:openConversationId/members', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const change = omitUndefined(await parseBody(c, wire.groupMembersBody));
    const id = c.req.param('openConversationId');
    return c.json(await groups.changeMembers(c.get('context'), c.get('operator'), corpId, id, change));
  });
  app.put('/:openConversationId/robots/:robotCode', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const { installed } = await parseBody(c, installedBody);
    const { openConversationId, robotCode } = c.req.param();
    const change = { robotCode, installed };
    return c.json(await groups.setGroupRobot(c.get('context'), c.get('operator'), corpId, openConversationId, change));
  });
  app.post('/:openConversationId/disband', async (c) => {
    const { corpId } = parseQuery(c, organizationQuery);
    const id = c.req.param('openConversationId');
    return c.json(await groups.disbandGroup(c.get('context'), c.get('operator'), corpId, id));
  });
  return app;
}
