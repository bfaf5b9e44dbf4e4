/** The console calls for organizations, users, apps, robots, statistics and the audit log. */
import { consoleDoneAnswer } from '../own/console.ts';
import * as wire from '../own/console-directory.ts';
import type { Call, Named } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';

const organization = { corpId: 'dingcorp0001', name: '示例公司' };
const user = { userId: '201382020', name: '曲大岳' };
const app = {
  appKey: 'dingappinternal',
  kind: 'internal',
  corpId: 'dingcorp0001',
  permissions: ['qyapi_robot_sendmsg'],
  authorizedBy: [],
};
const robot = {
  robotCode: 'dingzxcifuvdfbvegdf',
  name: '通知助手',
  appKey: 'dingappinternal',
  disabled: false,
  installedIn: ['dingcorp0001'],
  perUserPerMinute: 0,
  perUserPerDay: 0,
  unblockable: false,
  templates: [{ msgKey: 'sampleText', state: 'active' }],
};
const ticket = { suiteTicket: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d', createdAt: 1778481600000 };
const sums = { sends: 1, deliveries: 5, reads: 2 };

const named = (name: string, schema: Named['schema'], example: unknown): Named => ({ name, schema, example });
const organizationAnswer = named('ConsoleOrganization', wire.consoleOrganization, organization);
const userAnswer = named('ConsoleUser', wire.consoleUser, user);
const appAnswer = named('ConsoleApp', wire.consoleApp, app);
const secretAnswer = named('AppSecretAnswer', wire.appSecretAnswer, { ...app, appSecret: 'shown only once' });
const ticketAnswer = named('ConsoleTicket', wire.consoleTicket, ticket);
const robotAnswer = named('ConsoleRobot', wire.consoleRobot, robot);
const nameBody = named('NameBody', wire.nameBody, { name: '示例公司' });

const list = (path: string, id: string, summary: string, query: Call['query'], answer: Named): Call => {
  const tag = 'console';
  return {
    method: 'get',
    path: `/console/v1/${path}`,
    id,
    tag,
    summary,
    ...(query && { query }),
    answer,
    errors: listErrors,
  };
};
const change = (
  method: 'post' | 'put',
  path: string,
  id: string,
  summary: string,
  body: Named | undefined,
  answer: Named,
): Call => {
  const errors = [...changeErrors, 'huizhi.conflict'] as const;
  return { method, path: `/console/v1/${path}`, id, tag: 'console', summary, ...(body && { body }), answer, errors };
};

const one = (path: string, id: string, summary: string, answer: Named): Call => ({
  ...list(path, id, summary, undefined, answer),
  errors: [...askErrors, 'huizhi.notFound'],
});

const people: readonly Call[] = [
  list(
    'organizations',
    'listOrganizations',
    'Lists organizations by corpId',
    wire.organizationsQuery,
    named('OrganizationsAnswer', wire.organizationsAnswer, {
      organizations: [organization],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
  one('organizations/{corpId}', 'findOrganization', 'Returns one organization', organizationAnswer),
  change(
    'post',
    'organizations',
    'createOrganization',
    'Creates an organization',
    named('OrganizationBody', wire.organizationBody, organization),
    organizationAnswer,
  ),
  change(
    'put',
    'organizations/{corpId}',
    'renameOrganization',
    'Renames an organization',
    nameBody,
    organizationAnswer,
  ),
  list(
    'users',
    'listUsers',
    'Lists the users of an organization by userId',
    wire.usersQuery,
    named('UsersAnswer', wire.usersAnswer, {
      users: [{ ...user, blockedRobots: [] }],
      cursor: null,
      count: 1,
      total: { count: 1, isExact: true },
    }),
  ),
  change(
    'post',
    'users',
    'addUser',
    'Adds a user to an organization: a new person, also when the userId belonged to a user who has left',
    named('UserBody', wire.userBody, { corpId: 'dingcorp0001', ...user }),
    userAnswer,
  ),
  change(
    'post',
    'users/import',
    'importUsers',
    'Adds and renames users from CSV: all lines, or none',
    named('UserImportBody', wire.userImportBody, {
      corpId: 'dingcorp0001',
      csv: 'userId,name\nu1,曲大岳\n',
      dryRun: true,
    }),
    named('UserImportAnswer', wire.userImportAnswer, {
      dryRun: true,
      created: 1,
      renamed: 0,
      unchanged: 0,
      errors: [],
    }),
  ),
  {
    ...one('users/{userId}', 'findUser', 'One user, including users who have left', userAnswer),
    query: wire.organizationQuery,
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'],
  },
  {
    ...change('put', 'users/{userId}', 'renameUser', 'Renames a user', nameBody, userAnswer),
    query: wire.organizationQuery,
  },
  list(
    'formerUsers',
    'listFormerUsers',
    'Users who have left an organization',
    wire.usersQuery,
    named('FormerUsersAnswer', wire.formerUsersAnswer, {
      formerUsers: [{ ...user, leftAt: 1778481600000 }],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
  {
    ...change(
      'post',
      'users/{userId}/restore',
      'restoreUser',
      'Restores a user who has left, with name and inbox',
      named('RestoreBody', wire.restoreBody, {}),
      userAnswer,
    ),
    query: wire.organizationQuery,
  },
  {
    method: 'delete',
    path: '/console/v1/users/{userId}',
    id: 'removeUser',
    tag: 'console',
    summary: 'Removes a user: no more messages, the sessions end, the receipts stay',
    query: wire.organizationQuery,
    answer: named('ConsoleDone', consoleDoneAnswer, {}),
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.forbidden', 'huizhi.notFound'],
  },
];

const apps: readonly Call[] = [
  list(
    'apps',
    'listApps',
    'Apps by appKey',
    wire.appsQuery,
    named('AppsAnswer', wire.appsAnswer, { apps: [app], cursor: null, total: { count: 1, isExact: true } }),
  ),
  one('apps/{appKey}', 'findApp', 'One app', appAnswer),
  change(
    'post',
    'apps',
    'createApp',
    'Creates an app; its secret is shown only once',
    named('AppBody', wire.appBody, { appKey: 'dingappinternal', kind: 'internal', corpId: 'dingcorp0001' }),
    secretAnswer,
  ),
  change(
    'post',
    'apps/{appKey}/rotate',
    'rotateSecret',
    'Rotates the secret of an app; all its tokens are invalidated',
    undefined,
    secretAnswer,
  ),
  change(
    'put',
    'apps/{appKey}/permissions',
    'setPermissions',
    'Sets the permissions of an app',
    named('PermissionsBody', wire.permissionsBody, { permissions: app.permissions }),
    appAnswer,
  ),
  change(
    'put',
    'apps/{appKey}/authorizations/{corpId}',
    'setAuthorized',
    'Authorizes a third-party app for an organization, or withdraws the authorization',
    named('AuthorizedBody', wire.authorizedBody, { authorized: true }),
    appAnswer,
  ),
  {
    ...list(
      'apps/{appKey}/suiteTickets',
      'listSuiteTicketsOfApp',
      'Lists the valid suite tickets of a third-party app, newest first',
      undefined,
      named('ConsoleTicketsAnswer', wire.consoleTicketsAnswer, { suiteTickets: [ticket] }),
    ),
    errors: [...askErrors, 'huizhi.notFound', 'huizhi.conflict'],
  },
  change(
    'post',
    'apps/{appKey}/suiteTickets',
    'createSuiteTicketOfApp',
    'Creates the next suite ticket',
    undefined,
    ticketAnswer,
  ),
];

const robots: readonly Call[] = [
  list(
    'robots',
    'listConsoleRobots',
    'Lists robots by robotCode',
    wire.robotsQuery,
    named('RobotsAnswer', wire.robotsAnswer, { robots: [robot], cursor: null, total: { count: 1, isExact: true } }),
  ),
  one('robots/{robotCode}', 'findConsoleRobot', 'One robot', robotAnswer),
  list(
    'robots/{robotCode}/blocks',
    'listRobotBlocks',
    'Lists the users of an organization who have blocked a robot, by userId',
    wire.robotBlocksQuery,
    named('RobotBlocksAnswer', wire.robotBlocksAnswer, { users: [user], cursor: null }),
  ),
  change(
    'post',
    'robots',
    'createRobot',
    'Creates a robot for an app',
    named('ConsoleRobotBody', wire.robotBody, { robotCode: robot.robotCode, name: robot.name, appKey: robot.appKey }),
    robotAnswer,
  ),
  change(
    'put',
    'robots/{robotCode}',
    'changeConsoleRobot',
    'Renames, disables or limits a robot, or sets whether it can be blocked',
    named('RobotChangeBody', wire.robotChangeBody, { disabled: true }),
    robotAnswer,
  ),
  change(
    'put',
    'robots/{robotCode}/installations/{corpId}',
    'setInstalled',
    'Installs a robot in an organization, or removes it',
    named('InstalledBody', wire.installedBody, { installed: true }),
    robotAnswer,
  ),
  change(
    'put',
    'robots/{robotCode}/templates/{msgKey}',
    'setRobotTemplate',
    'Sets the state of a template',
    named('ConsoleTemplateBody', wire.templateBody, { state: 'stopped' }),
    robotAnswer,
  ),
];

const entry = {
  id: 1,
  at: 1778481600000,
  actor: 'session 7',
  action: 'robot.change',
  target: robot.robotCode,
  corpId: 'dingcorp0001',
  before: { disabled: false },
  after: { disabled: true },
};

/** The calls under `/console/v1` for the directory. */
export const directoryCalls: readonly Call[] = [
  ...people,
  ...apps,
  ...robots,
  list(
    'statistics',
    'statistics',
    'Sends, deliveries and reads over time, and the time from send to read',
    wire.statisticsQuery,
    named('StatisticsAnswer', wire.statisticsAnswer, {
      from: 1778479200000,
      to: 1778481600000,
      bucket: 'hour',
      totals: sums,
      buckets: [{ start: 1778479200000, ...sums }],
      timeToRead: [
        { under: 10_000, reads: 2 },
        { under: null, reads: 0 },
      ],
    }),
  ),
  list(
    'audit',
    'listAudit',
    'Audit log, newest first',
    wire.pageQuery,
    named('AuditAnswer', wire.auditAnswer, { entries: [entry], cursor: null, total: { count: 1, isExact: true } }),
  ),
];
