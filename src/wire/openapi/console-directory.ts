/** The console calls for organizations, users, apps, robots, statistics and the audit log. */
import { consoleDoneAnswer } from '../own/console.ts';
import * as wire from '../own/console-directory.ts';
import { type Call, createNamed, type Named } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';

const organization = { corpId: 'dingcorp0001', name: '示例公司' };
const user = { userId: '201382020', name: '曲大岳' };
const person = {
  ...user,
  unionId: '2k7cr0v5nq1hs8d3t9f6gm4abe',
  mobile: '13900000000',
  email: 'qu.dayue@example.com',
  jobNumber: '0001',
  title: '总经理',
  departments: [{ deptId: 1, order: 0, manager: false }],
};
const app = {
  appKey: 'dingappinternal',
  agentId: 2_500_007_919,
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
  coolAppCode: null,
  templates: [{ msgKey: 'sampleText', state: 'active' }],
};
const ticket = { suiteTicket: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d', createdAt: 1778481600000 };
const sums = { sends: 1, deliveries: 5, reads: 2 };

const organizationAnswer = createNamed('ConsoleOrganization', wire.consoleOrganization, organization);
const userAnswer = createNamed('ConsolePerson', wire.consolePerson, person);
const userDetailAnswer = createNamed('UserDetail', wire.userDetail, { ...person, blockedRobots: [], leftAt: null });
const appAnswer = createNamed('ConsoleApp', wire.consoleApp, app);
const secretAnswer = createNamed('AppSecretAnswer', wire.appSecretAnswer, { ...app, appSecret: 'shown only once' });
const ticketAnswer = createNamed('ConsoleTicket', wire.consoleTicket, ticket);
const robotAnswer = createNamed('ConsoleRobot', wire.consoleRobot, robot);
const nameBody = createNamed('NameBody', wire.nameBody, { name: '示例公司' });

const createList = (path: string, id: string, summary: string, query: Call['query'], answer: Named): Call => {
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
const createChange = (
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

const createFind = (path: string, id: string, summary: string, answer: Named): Call => ({
  ...createList(path, id, summary, undefined, answer),
  errors: [...askErrors, 'huizhi.notFound'],
});

const people: readonly Call[] = [
  createList(
    'organizations',
    'listOrganizations',
    'Lists organizations by corpId',
    wire.organizationsQuery,
    createNamed('OrganizationsAnswer', wire.organizationsAnswer, {
      organizations: [organization],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
  createFind('organizations/{corpId}', 'findOrganization', 'Returns one organization', organizationAnswer),
  createChange(
    'post',
    'organizations',
    'createOrganization',
    'Creates an organization',
    createNamed('OrganizationBody', wire.organizationBody, organization),
    organizationAnswer,
  ),
  createChange(
    'put',
    'organizations/{corpId}',
    'renameOrganization',
    'Renames an organization',
    nameBody,
    organizationAnswer,
  ),
  createList(
    'users',
    'listUsers',
    'Lists the users of an organization by userId',
    wire.usersQuery,
    createNamed('UsersAnswer', wire.usersAnswer, {
      users: [{ ...person, blockedRobots: [] }],
      cursor: null,
      count: 1,
      total: { count: 1, isExact: true },
    }),
  ),
  createChange(
    'post',
    'users',
    'addUser',
    'Adds a user to an organization: a new person, also when the userId belonged to a user who has left',
    createNamed('UserBody', wire.userBody, { corpId: 'dingcorp0001', ...user }),
    userAnswer,
  ),
  createChange(
    'post',
    'users/import',
    'importUsers',
    'Adds and changes users from CSV: all lines, or none',
    createNamed('UserImportBody', wire.userImportBody, {
      corpId: 'dingcorp0001',
      csv: 'userId,name\nu1,曲大岳\n',
      dryRun: true,
    }),
    createNamed('UserImportAnswer', wire.userImportAnswer, {
      dryRun: true,
      created: 1,
      renamed: 0,
      changed: 0,
      unchanged: 0,
      errors: [],
    }),
  ),
  {
    method: 'get',
    path: '/console/v1/users.csv',
    id: 'exportUsers',
    tag: 'console',
    summary: 'Exports the users of an organization as CSV, in the form that an import reads',
    query: wire.organizationQuery,
    answer: { mediaType: 'text/csv', description: 'A line for each user.' },
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'],
  },
  {
    ...createFind('users/{userId}', 'findUser', 'One user, including users who have left', userDetailAnswer),
    query: wire.organizationQuery,
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.notFound'],
  },
  {
    ...createChange(
      'put',
      'users/{userId}',
      'changeUser',
      'Changes a user; absent members stay as they are',
      createNamed('UserChangeBody', wire.userChangeBody, { title: '总经理', departments: [{ deptId: 1 }] }),
      userAnswer,
    ),
    query: wire.organizationQuery,
  },
  createList(
    'formerUsers',
    'listFormerUsers',
    'Users who have left an organization',
    wire.usersQuery,
    createNamed('FormerUsersAnswer', wire.formerUsersAnswer, {
      formerUsers: [{ ...user, leftAt: 1778481600000 }],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
  {
    ...createChange(
      'post',
      'users/{userId}/restore',
      'restoreUser',
      'Restores a user who has left, with name and inbox',
      createNamed('RestoreBody', wire.restoreBody, {}),
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
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
    errors: [...askErrors, 'huizhi.badRequest', 'huizhi.forbidden', 'huizhi.notFound'],
  },
];

const apps: readonly Call[] = [
  createList(
    'apps',
    'listApps',
    'Apps by appKey',
    wire.appsQuery,
    createNamed('AppsAnswer', wire.appsAnswer, { apps: [app], cursor: null, total: { count: 1, isExact: true } }),
  ),
  createFind('apps/{appKey}', 'findApp', 'One app', appAnswer),
  createChange(
    'post',
    'apps',
    'createApp',
    'Creates an app; its secret is shown only once',
    createNamed('AppBody', wire.appBody, { appKey: 'dingappinternal', kind: 'internal', corpId: 'dingcorp0001' }),
    secretAnswer,
  ),
  createChange(
    'post',
    'apps/{appKey}/rotate',
    'rotateSecret',
    'Rotates the secret of an app; all its tokens are invalidated',
    undefined,
    secretAnswer,
  ),
  createFind(
    'apps/{appKey}/secret',
    'knownSecret',
    'The secret of an app that the emulator was started with',
    createNamed('KnownSecretAnswer', wire.knownSecretAnswer, { appSecret: 's3cret-internal' }),
  ),
  createChange(
    'put',
    'apps/{appKey}/permissions',
    'setPermissions',
    'Sets the permissions of an app',
    createNamed('PermissionsBody', wire.permissionsBody, { permissions: app.permissions }),
    appAnswer,
  ),
  createChange(
    'put',
    'apps/{appKey}/authorizations/{corpId}',
    'setAuthorized',
    'Authorizes a third-party app for an organization, or withdraws the authorization',
    createNamed('AuthorizedBody', wire.authorizedBody, { authorized: true }),
    appAnswer,
  ),
  {
    ...createList(
      'apps/{appKey}/suiteTickets',
      'listSuiteTicketsOfApp',
      'Lists the valid suite tickets of a third-party app, newest first',
      undefined,
      createNamed('ConsoleTicketsAnswer', wire.consoleTicketsAnswer, { suiteTickets: [ticket] }),
    ),
    errors: [...askErrors, 'huizhi.notFound', 'huizhi.conflict'],
  },
  createChange(
    'post',
    'apps/{appKey}/suiteTickets',
    'createSuiteTicketOfApp',
    'Creates the next suite ticket',
    undefined,
    ticketAnswer,
  ),
];

const robots: readonly Call[] = [
  createList(
    'robots',
    'listConsoleRobots',
    'Lists robots by robotCode',
    wire.robotsQuery,
    createNamed('RobotsAnswer', wire.robotsAnswer, {
      robots: [robot],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
  createFind('robots/{robotCode}', 'findConsoleRobot', 'One robot', robotAnswer),
  createList(
    'robots/{robotCode}/blocks',
    'listRobotBlocks',
    'Lists the users of an organization who have blocked a robot, by userId',
    wire.robotBlocksQuery,
    createNamed('RobotBlocksAnswer', wire.robotBlocksAnswer, { users: [user], cursor: null }),
  ),
  createChange(
    'post',
    'robots',
    'createRobot',
    'Creates a robot for an app',
    createNamed('ConsoleRobotBody', wire.robotBody, {
      robotCode: robot.robotCode,
      name: robot.name,
      appKey: robot.appKey,
    }),
    robotAnswer,
  ),
  createChange(
    'put',
    'robots/{robotCode}',
    'changeConsoleRobot',
    'Renames, disables or limits a robot, or sets whether it can be blocked',
    createNamed('RobotChangeBody', wire.robotChangeBody, { disabled: true }),
    robotAnswer,
  ),
  createChange(
    'put',
    'robots/{robotCode}/installations/{corpId}',
    'setInstalled',
    'Installs a robot in an organization, or removes it',
    createNamed('InstalledBody', wire.installedBody, { installed: true }),
    robotAnswer,
  ),
  createChange(
    'put',
    'robots/{robotCode}/templates/{msgKey}',
    'setRobotTemplate',
    'Sets the state of a template',
    createNamed('ConsoleTemplateBody', wire.templateBody, { state: 'stopped' }),
    robotAnswer,
  ),
];

const entry = {
  id: 1,
  at: 1778481600000,
  actor: 'session 7',
  operator: { operatorId: 'op5f0c2b7a91d3e846', name: '王芳', role: 'operator' },
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
  createList(
    'statistics',
    'statistics',
    'Sends, deliveries and reads over time, and the time from send to read',
    wire.statisticsQuery,
    createNamed('StatisticsAnswer', wire.statisticsAnswer, {
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
  createList(
    'audit',
    'listAudit',
    'Audit log, newest first',
    wire.auditQuery,
    createNamed('AuditAnswer', wire.auditAnswer, {
      entries: [entry],
      cursor: null,
      total: { count: 1, isExact: true },
    }),
  ),
];
