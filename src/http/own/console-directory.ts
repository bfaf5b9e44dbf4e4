import { Hono } from 'hono';
import * as apps from '../../core/console/apps.ts';
import { getMessageUrl, setMessageUrl, testMessageUrl } from '../../core/console/callbacks.ts';
import { listAudit } from '../../core/console/changes.ts';
import * as robots from '../../core/console/robots.ts';
import { getStatistics } from '../../core/console/statistics.ts';
import { exportUsers } from '../../core/console/user-export.ts';
import { importUsers } from '../../core/console/user-import.ts';
import * as people from '../../core/console/users.ts';
import type { Context } from '../../core/context.ts';
import { defaultPage } from '../../wire/limits.ts';
import * as wire from '../../wire/own/console-directory.ts';
import { type MessageUrlAnswer, type MessageUrlTestAnswer, messageUrlBody } from '../../wire/own/talk.ts';
import { createDepartmentRoutes } from './console-departments.ts';
import { createPushRoutes } from './console-push.ts';
import { createStreamRoutes } from './console-stream.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for organizations, users, apps, robots, the audit log and statistics. */
export function createDirectoryRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.route('/', createUserRoutes(context));
  app.route('/', createDepartmentRoutes(context));
  app.route('/apps', createAppRoutes(context));
  app.route('/robots', createRobotRoutes(context));
  app.get('/statistics', async (c) => {
    const range = parseQuery(c, wire.statisticsQuery);
    return c.json((await getStatistics(context, omitUndefined(range))) satisfies wire.StatisticsAnswer);
  });
  app.get('/audit', async (c) => {
    return c.json((await listAudit(context, toPage(parseQuery(c, wire.pageQuery)))) satisfies wire.AuditAnswer);
  });
  return app;
}

function toPage({ limit = defaultPage, cursor }: wire.PageQuery) {
  return omitUndefined({ limit, cursor });
}

function createUserRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/organizations', (c) => {
    const { text = '', ...page } = parseQuery(c, wire.organizationsQuery);
    return c.json(people.listOrganizations(context, text, toPage(page)));
  });
  app.get('/organizations/:corpId', (c) => c.json(people.findOrganization(context, c.req.param('corpId'))));
  app.post('/organizations', async (c) => {
    return c.json(
      await people.createOrganization(context, c.get('operator'), await parseBody(c, wire.organizationBody)),
    );
  });
  app.put('/organizations/:corpId', async (c) => {
    const fields = { corpId: c.req.param('corpId'), ...(await parseBody(c, wire.nameBody)) };
    return c.json(await people.renameOrganization(context, c.get('operator'), fields));
  });
  app.get('/users', async (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.usersQuery);
    return c.json(await people.listUsers(context, corpId, text, toPage(page)));
  });
  app.post('/users', async (c) => {
    const { corpId, ...fields } = await parseBody(c, wire.userBody);
    return c.json(await people.addUser(context, c.get('operator'), corpId, fields));
  });
  app.post('/users/import', async (c) => {
    const { corpId, csv, dryRun } = await parseBody(c, wire.userImportBody);
    return c.json(await importUsers(context, c.get('operator'), corpId, csv, dryRun));
  });
  app.get('/users.csv', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const text = await exportUsers(context, corpId);
    c.header('content-disposition', 'attachment; filename="users.csv"');
    return c.body(text, 200, { 'content-type': 'text/csv;charset=utf-8', 'cache-control': 'no-store' });
  });
  app.get('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    return c.json(await people.findUser(context, corpId, c.req.param('userId')));
  });
  app.put('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const change = await parseBody(c, wire.userChangeBody);
    return c.json(await people.changeUser(context, c.get('operator'), corpId, c.req.param('userId'), change));
  });
  app.get('/formerUsers', async (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.usersQuery);
    const answer = await people.listFormerUsers(context, corpId, text, toPage(page));
    return c.json(answer satisfies wire.FormerUsersAnswer);
  });
  app.post('/users/:userId/restore', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const { leftAt } = await parseBody(c, wire.restoreBody);
    return c.json(await people.restoreUser(context, c.get('operator'), corpId, c.req.param('userId'), leftAt));
  });
  app.delete('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    return c.json(await people.removeUser(context, c.get('operator'), corpId, c.req.param('userId')));
  });
  return app;
}

function createAppRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (c) => {
    const { text = '', ...page } = parseQuery(c, wire.appsQuery);
    return c.json(apps.listApps(context, text, toPage(page)));
  });
  app.get('/:appKey', (c) => c.json(apps.findApp(context, c.req.param('appKey'))));
  app.post('/', async (c) => {
    return c.json(await apps.createApp(context, c.get('operator'), omitUndefined(await parseBody(c, wire.appBody))));
  });
  app.post('/:appKey/rotate', async (c) => {
    return c.json(await apps.rotateSecret(context, c.get('operator'), c.req.param('appKey')));
  });
  app.put('/:appKey/permissions', async (c) => {
    const { permissions } = await parseBody(c, wire.permissionsBody);
    return c.json(await apps.setPermissions(context, c.get('operator'), c.req.param('appKey'), permissions));
  });
  app.put('/:appKey/authorizations/:corpId', async (c) => {
    const { authorized } = await parseBody(c, wire.authorizedBody);
    const { appKey, corpId } = c.req.param();
    return c.json(await apps.setAuthorized(context, c.get('operator'), appKey, corpId, authorized));
  });
  app.route('/', createStreamRoutes(context));
  app.route('/', createPushRoutes(context));
  app.get('/:appKey/messageUrl', async (c) => {
    return c.json((await getMessageUrl(context, c.req.param('appKey'))) satisfies MessageUrlAnswer);
  });
  app.put('/:appKey/messageUrl', async (c) => {
    const { messageUrl } = await parseBody(c, messageUrlBody);
    const set = await setMessageUrl(context, c.get('operator'), c.req.param('appKey'), messageUrl);
    return c.json(set satisfies MessageUrlAnswer);
  });
  app.post('/:appKey/messageUrl/test', async (c) => {
    return c.json((await testMessageUrl(context, c.req.param('appKey'))) satisfies MessageUrlTestAnswer);
  });
  app.get('/:appKey/suiteTickets', async (c) => c.json(await apps.listSuiteTickets(context, c.req.param('appKey'))));
  app.post('/:appKey/suiteTickets', async (c) => {
    return c.json(await apps.createSuiteTicket(context, c.get('operator'), c.req.param('appKey')));
  });
  return app;
}

function createRobotRoutes(context: Context): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.robotsQuery);
    return c.json(apps.listRobots(context, corpId, text, toPage(page)));
  });
  app.get('/:robotCode', (c) => c.json(robots.findRobot(context, c.req.param('robotCode'))));
  app.get('/:robotCode/blocks', async (c) => {
    const { corpId, ...page } = parseQuery(c, wire.robotBlocksQuery);
    return c.json(
      (await robots.listBlocks(
        context,
        c.req.param('robotCode'),
        corpId,
        toPage(page),
      )) satisfies wire.RobotBlocksAnswer,
    );
  });
  app.post('/', async (c) => {
    return c.json(await robots.createRobot(context, c.get('operator'), await parseBody(c, wire.robotBody)));
  });
  app.put('/:robotCode', async (c) => {
    const change = omitUndefined(await parseBody(c, wire.robotChangeBody));
    return c.json(await robots.changeRobot(context, c.get('operator'), c.req.param('robotCode'), change));
  });
  app.put('/:robotCode/installations/:corpId', async (c) => {
    const { installed } = await parseBody(c, wire.installedBody);
    const { robotCode, corpId } = c.req.param();
    return c.json(await robots.setInstalled(context, c.get('operator'), robotCode, corpId, installed));
  });
  app.put('/:robotCode/templates/:msgKey', async (c) => {
    const { state } = await parseBody(c, wire.templateBody);
    const { robotCode, msgKey } = c.req.param();
    return c.json(await robots.setTemplate(context, c.get('operator'), robotCode, msgKey, state));
  });
  return app;
}
