import { Hono } from 'hono';
import * as apps from '../../core/console/apps.ts';
import { getMessageUrl, setMessageUrl, testMessageUrl } from '../../core/console/callbacks.ts';
import { listAudit } from '../../core/console/changes.ts';
import * as robots from '../../core/console/robots.ts';
import { getStatistics } from '../../core/console/statistics.ts';
import { exportUsers } from '../../core/console/user-export.ts';
import { importUsers } from '../../core/console/user-import.ts';
import * as people from '../../core/console/users.ts';
import { defaultPage } from '../../wire/limits.ts';
import * as wire from '../../wire/own/console-directory.ts';
import { type MessageUrlAnswer, type MessageUrlTestAnswer, messageUrlBody } from '../../wire/own/talk.ts';
import { createDepartmentRoutes } from './console-departments.ts';
import { createPushRoutes } from './console-push.ts';
import { createStreamRoutes } from './console-stream.ts';
import type { ConsoleEnv } from './env.ts';
import { omitUndefined, parseBody, parseQuery } from './request.ts';

/** The console's routes for organizations, users, apps, robots, the audit log and statistics. */
export function createDirectoryRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.route('/', createUserRoutes());
  app.route('/', createDepartmentRoutes());
  app.route('/apps', createAppRoutes());
  app.route('/robots', createRobotRoutes());
  app.get('/statistics', async (c) => {
    const range = parseQuery(c, wire.statisticsQuery);
    return c.json((await getStatistics(c.get('context'), omitUndefined(range))) satisfies wire.StatisticsAnswer);
  });
  app.get('/audit', async (c) => {
    const { operatorId, ...page } = parseQuery(c, wire.auditQuery);
    return c.json((await listAudit(c.get('context'), operatorId, toPage(page))) satisfies wire.AuditAnswer);
  });
  return app;
}

function toPage({ limit = defaultPage, cursor }: wire.PageQuery) {
  return omitUndefined({ limit, cursor });
}

function createUserRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/organizations', (c) => {
    const { text = '', ...page } = parseQuery(c, wire.organizationsQuery);
    return c.json(people.listOrganizations(c.get('context'), text, toPage(page)));
  });
  app.get('/organizations/:corpId', (c) => c.json(people.findOrganization(c.get('context'), c.req.param('corpId'))));
  app.post('/organizations', async (c) => {
    return c.json(
      await people.createOrganization(c.get('context'), c.get('operator'), await parseBody(c, wire.organizationBody)),
    );
  });
  app.put('/organizations/:corpId', async (c) => {
    const fields = { corpId: c.req.param('corpId'), ...(await parseBody(c, wire.nameBody)) };
    return c.json(await people.renameOrganization(c.get('context'), c.get('operator'), fields));
  });
  app.get('/users', async (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.usersQuery);
    return c.json(await people.listUsers(c.get('context'), corpId, text, toPage(page)));
  });
  app.post('/users', async (c) => {
    const { corpId, ...fields } = await parseBody(c, wire.userBody);
    return c.json(await people.addUser(c.get('context'), c.get('operator'), corpId, fields));
  });
  app.post('/users/import', async (c) => {
    const { corpId, csv, dryRun } = await parseBody(c, wire.userImportBody);
    return c.json(await importUsers(c.get('context'), c.get('operator'), corpId, csv, dryRun));
  });
  app.get('/users.csv', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const text = await exportUsers(c.get('context'), corpId);
    c.header('content-disposition', 'attachment; filename="users.csv"');
    return c.body(text, 200, { 'content-type': 'text/csv;charset=utf-8', 'cache-control': 'no-store' });
  });
  app.get('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    return c.json(await people.findUser(c.get('context'), corpId, c.req.param('userId')));
  });
  app.put('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const change = await parseBody(c, wire.userChangeBody);
    return c.json(await people.changeUser(c.get('context'), c.get('operator'), corpId, c.req.param('userId'), change));
  });
  app.get('/formerUsers', async (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.usersQuery);
    const answer = await people.listFormerUsers(c.get('context'), corpId, text, toPage(page));
    return c.json(answer satisfies wire.FormerUsersAnswer);
  });
  app.post('/users/:userId/restore', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    const { leftAt } = await parseBody(c, wire.restoreBody);
    return c.json(await people.restoreUser(c.get('context'), c.get('operator'), corpId, c.req.param('userId'), leftAt));
  });
  app.delete('/users/:userId', async (c) => {
    const { corpId } = parseQuery(c, wire.organizationQuery);
    return c.json(await people.removeUser(c.get('context'), c.get('operator'), corpId, c.req.param('userId')));
  });
  return app;
}

function createAppRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (c) => {
    const { text = '', ...page } = parseQuery(c, wire.appsQuery);
    return c.json(apps.listApps(c.get('context'), text, toPage(page)));
  });
  app.get('/:appKey', (c) => c.json(apps.findApp(c.get('context'), c.req.param('appKey'))));
  app.post('/', async (c) => {
    return c.json(
      await apps.createApp(c.get('context'), c.get('operator'), omitUndefined(await parseBody(c, wire.appBody))),
    );
  });
  app.post('/:appKey/rotate', async (c) => {
    return c.json(await apps.rotateSecret(c.get('context'), c.get('operator'), c.req.param('appKey')));
  });
  app.put('/:appKey/permissions', async (c) => {
    const { permissions } = await parseBody(c, wire.permissionsBody);
    return c.json(await apps.setPermissions(c.get('context'), c.get('operator'), c.req.param('appKey'), permissions));
  });
  app.put('/:appKey/authorizations/:corpId', async (c) => {
    const { authorized } = await parseBody(c, wire.authorizedBody);
    const { appKey, corpId } = c.req.param();
    return c.json(await apps.setAuthorized(c.get('context'), c.get('operator'), appKey, corpId, authorized));
  });
  app.route('/', createStreamRoutes());
  app.route('/', createPushRoutes());
  app.get('/:appKey/messageUrl', async (c) => {
    return c.json((await getMessageUrl(c.get('context'), c.req.param('appKey'))) satisfies MessageUrlAnswer);
  });
  app.put('/:appKey/messageUrl', async (c) => {
    const { messageUrl } = await parseBody(c, messageUrlBody);
    const set = await setMessageUrl(c.get('context'), c.get('operator'), c.req.param('appKey'), messageUrl);
    return c.json(set satisfies MessageUrlAnswer);
  });
  app.post('/:appKey/messageUrl/test', async (c) => {
    return c.json((await testMessageUrl(c.get('context'), c.req.param('appKey'))) satisfies MessageUrlTestAnswer);
  });
  app.get('/:appKey/suiteTickets', async (c) =>
    c.json(await apps.listSuiteTickets(c.get('context'), c.req.param('appKey'))),
  );
  app.post('/:appKey/suiteTickets', async (c) => {
    return c.json(await apps.createSuiteTicket(c.get('context'), c.get('operator'), c.req.param('appKey')));
  });
  return app;
}

function createRobotRoutes(): Hono<ConsoleEnv> {
  const app = new Hono<ConsoleEnv>();
  app.get('/', (c) => {
    const { corpId, text = '', ...page } = parseQuery(c, wire.robotsQuery);
    return c.json(apps.listRobots(c.get('context'), corpId, text, toPage(page)));
  });
  app.get('/:robotCode', (c) => c.json(robots.findRobot(c.get('context'), c.req.param('robotCode'))));
  app.get('/:robotCode/blocks', async (c) => {
    const { corpId, ...page } = parseQuery(c, wire.robotBlocksQuery);
    return c.json(
      (await robots.listBlocks(
        c.get('context'),
        c.req.param('robotCode'),
        corpId,
        toPage(page),
      )) satisfies wire.RobotBlocksAnswer,
    );
  });
  app.post('/', async (c) => {
    return c.json(await robots.createRobot(c.get('context'), c.get('operator'), await parseBody(c, wire.robotBody)));
  });
  app.put('/:robotCode', async (c) => {
    const change = omitUndefined(await parseBody(c, wire.robotChangeBody));
    return c.json(await robots.changeRobot(c.get('context'), c.get('operator'), c.req.param('robotCode'), change));
  });
  app.put('/:robotCode/installations/:corpId', async (c) => {
    const { installed } = await parseBody(c, wire.installedBody);
    const { robotCode, corpId } = c.req.param();
    return c.json(await robots.setInstalled(c.get('context'), c.get('operator'), robotCode, corpId, installed));
  });
  app.put('/:robotCode/templates/:msgKey', async (c) => {
    const { state } = await parseBody(c, wire.templateBody);
    const { robotCode, msgKey } = c.req.param();
    return c.json(await robots.setTemplate(c.get('context'), c.get('operator'), robotCode, msgKey, state));
  });
  return app;
}
