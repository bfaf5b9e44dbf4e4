/** Schemas of the console API for organizations, users, apps, robots, statistics and the audit log. */
import { z } from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import { maxBodyBytes } from '../limits.ts';
import { permissionCodes } from '../permissions.ts';
import { cleanText, code, epochMs, queryInteger, strictObject } from '../schema.ts';
import { pageCursor, pageParameters, pageTotal } from './console.ts';
import * as contact from './contact-fields.ts';

/**
 * The code of a new object, by the rules of the configuration file. Not `.` or `..`: browsers resolve these in a URL
 * path.
 */
export const newCode = () =>
  z
    .string()
    .regex(/^(?!\.{1,2}$)[^\s\p{C}]{1,128}$/u, 'must be 1 to 128 characters without spaces, and not . or .. alone');
/** A name: no control or format characters, except the two joiners, which emoji sequences such as families need. */
export const name = () =>
  z
    .string()
    .regex(/^(?=.*[^\s\p{C}])[\P{C}\u200c\u200d]{1,200}$/u, 'must be 1 to 200 characters on one line and not blank');
const permissions = () => z.array(newCode().refine(isPermission, { error: describeNoPermission })).max(100);
const isPermission = (code: string) => permissionCodes.includes(code);
const describeNoPermission = ({ input }: { input?: unknown }) =>
  `there is no permission ${input}${didYouMean(String(input), permissionCodes)}`;

/** Query parameters of lists that have pages but no filters. */
export const pageQuery = strictObject(pageParameters);
export type PageQuery = z.infer<typeof pageQuery>;
/** Creates the query parameter that searches a list by the code or the name of its items. */
const createSearchText = (code: string) =>
  cleanText(128).optional().describe(`Only those whose ${code} contains this; ASCII letters match case-insensitively.`);
export const organizationsQuery = strictObject({ text: createSearchText('corpId or name'), ...pageParameters });
export const appsQuery = strictObject({ text: createSearchText('appKey'), ...pageParameters });

export const consoleOrganization = z.object({ corpId: z.string(), name: z.string() });
export type ConsoleOrganization = z.infer<typeof consoleOrganization>;
export const organizationsAnswer = z.object({
  organizations: z.array(consoleOrganization),
  cursor: pageCursor,
  total: pageTotal,
});
export type OrganizationsAnswer = z.infer<typeof organizationsAnswer>;
export const organizationBody = strictObject({ corpId: newCode(), name: name() });
export const nameBody = strictObject({ name: name() });

export const consoleUser = z.object({ userId: z.string(), name: z.string() });
export type ConsoleUser = z.infer<typeof consoleUser>;
export const usersQuery = strictObject({
  corpId: code(),
  text: cleanText(128)
    .optional()
    .describe(
      'Only users whose userId or name contains this. A call scans a limited number of users, so a page can be short or empty although there is a next one.',
    ),
  ...pageParameters,
});
/** A membership of a user in a department. */
const consoleMembership = z.object({
  deptId: z.int().describe('Department; 1 is the root.'),
  order: z.int().min(0).describe('Members of a department are listed by descending order.'),
  manager: z.boolean(),
});
/** A user with everything that a directory of people knows. */
export const consolePerson = consoleUser.extend({
  unionId: z.string().describe('Stable identifier; kept when the user leaves and is restored.'),
  mobile: z.string().nullable(),
  email: z.string().nullable(),
  jobNumber: z.string().nullable(),
  title: z.string().nullable(),
  departments: z.array(consoleMembership).describe('At least the root department.'),
});
export type ConsolePerson = z.infer<typeof consolePerson>;
const memberships = () =>
  z
    .array(
      strictObject({
        deptId: contact.anyDepartmentId(),
        order: contact.order().optional(),
        manager: z.boolean().optional(),
      }),
    )
    .max(contact.maxMemberships)
    .describe('All departments of the user; absent order and manager keep their values. An empty list is the root.');
const contactMembers = {
  mobile: contact.mobile().nullable().optional().describe('Unique in the organization; null removes it.'),
  email: contact.email().nullable().optional(),
  jobNumber: contact.jobNumber().nullable().optional(),
  title: contact.title().nullable().optional(),
  departments: memberships().optional(),
};

export const listedUser = consolePerson.extend({
  blockedRobots: z.array(z.string()).describe('robotCodes of the robots that this user has blocked.'),
});
export type ListedUser = z.infer<typeof listedUser>;
export const userDetail = listedUser.extend({
  leftAt: epochMs().nullable().describe('When the user left the organization; null for a current user.'),
});
export type UserDetail = z.infer<typeof userDetail>;
export const usersAnswer = z.object({
  users: z.array(listedUser),
  cursor: pageCursor,
  total: pageTotal,
  count: z.int().min(0).describe('Number of users in the organization.'),
});
export type UsersAnswer = z.infer<typeof usersAnswer>;
export const userBody = strictObject({ corpId: code(), userId: newCode(), name: name(), ...contactMembers });
/** Absent members stay as they are. */
export const userChangeBody = strictObject({ name: name().optional(), ...contactMembers }).refine(
  (change) => Object.values(change).some((value) => value !== undefined),
  'has nothing to change',
);
export const organizationQuery = strictObject({ corpId: code() });

export const formerUser = consoleUser.extend({ leftAt: epochMs() });
export type FormerUser = z.infer<typeof formerUser>;
export const formerUsersAnswer = z.object({
  formerUsers: z.array(formerUser).describe('By userId, and people of one userId in the order in which they left.'),
  cursor: pageCursor,
  total: pageTotal,
});
export type FormerUsersAnswer = z.infer<typeof formerUsersAnswer>;
export const restoreBody = strictObject({
  leftAt: z
    .int()
    .min(0)
    .optional()
    .describe('Which of several people with this userId: the one who left at this time; the last one if absent.'),
});

export const userImportBody = strictObject({
  corpId: code(),
  csv: cleanText(maxBodyBytes).describe(
    'Lines of userId,name; a header line is skipped. A header that names more columns can have mobile, email, jobNumber, title, departments and manages (deptIds separated by semicolons) in any order; an empty field changes nothing.',
  ),
  dryRun: z.boolean().describe('Only reports the changes, without making them.'),
});
export const userImportAnswer = z.object({
  dryRun: z.boolean(),
  created: z.int().min(0),
  renamed: z.int().min(0),
  changed: z.int().min(0).describe('Users who keep their name and of whom something else changes.'),
  unchanged: z.int().min(0),
  errors: z
    .array(z.object({ line: z.int().min(1), message: z.string() }))
    .describe('If there are any, nothing is changed. At most the first 200.'),
});
export type UserImportAnswer = z.infer<typeof userImportAnswer>;

export const consoleApp = z.object({
  appKey: z.string(),
  agentId: z.int().describe('Identifies the app in the calls for work notices.'),
  kind: z.enum(['internal', 'thirdParty']),
  corpId: z.string().nullable().describe('The organization of an internal app; null for third-party apps.'),
  permissions: z.array(z.string()),
  authorizedBy: z.array(z.string()).describe('Organizations that have authorized a third-party app.'),
});
export type ConsoleApp = z.infer<typeof consoleApp>;
export const appsAnswer = z.object({ apps: z.array(consoleApp), cursor: pageCursor, total: pageTotal });
export type AppsAnswer = z.infer<typeof appsAnswer>;
export const appBody = strictObject({
  appKey: newCode(),
  kind: z.enum(['internal', 'thirdParty']),
  corpId: code().optional().describe('Required for an internal app, not allowed for others.'),
  permissions: permissions().optional(),
});
export const appSecretAnswer = consoleApp.extend({
  appSecret: z.string().describe('Shown only once; the server stores only a hash.'),
});
export type AppSecretAnswer = z.infer<typeof appSecretAnswer>;

/** Response of `GET /console/v1/apps/{appKey}/secret`. */
export const knownSecretAnswer = z.object({
  appSecret: z
    .string()
    .nullable()
    .describe(
      'Null if the server is not an emulator, or if the secret is not the one that the emulator was started with.',
    ),
});
export type KnownSecretAnswer = z.infer<typeof knownSecretAnswer>;

export const permissionsBody = strictObject({ permissions: permissions() });
export const authorizedBody = strictObject({ authorized: z.boolean() });
export const consoleTicket = z.object({ suiteTicket: z.string(), createdAt: epochMs() });
export const consoleTicketsAnswer = z.object({
  suiteTickets: z.array(consoleTicket).describe('Valid tickets, newest first.'),
});
export type ConsoleTicketsAnswer = z.infer<typeof consoleTicketsAnswer>;

const limit = () => z.int().min(0).max(1_000_000_000);
const templateState = z.enum(['active', 'stopped', 'removed']);
export const consoleRobot = z.object({
  robotCode: z.string(),
  name: z.string(),
  appKey: z.string(),
  disabled: z.boolean(),
  installedIn: z.array(z.string()),
  perUserPerMinute: z.int().min(0).describe('Maximum number of messages to one user per minute; 0 means no limit.'),
  perUserPerDay: z.int().min(0),
  unblockable: z.boolean().describe('Whether users cannot block it.'),
  coolAppCode: z.string().nullable().describe('The coolAppCode that its sends to conversations must have; null: any.'),
  templates: z.array(z.object({ msgKey: z.string(), state: templateState })),
});
export type ConsoleRobot = z.infer<typeof consoleRobot>;
export const robotsQuery = strictObject({
  corpId: code().optional().describe('Only robots that are installed in this organization.'),
  text: createSearchText('robotCode or name'),
  ...pageParameters,
});
export const robotsAnswer = z.object({ robots: z.array(consoleRobot), cursor: pageCursor, total: pageTotal });
export type RobotsAnswer = z.infer<typeof robotsAnswer>;
export const robotBody = strictObject({ robotCode: newCode(), name: name(), appKey: code() });
export const robotChangeBody = strictObject({
  name: name().optional(),
  disabled: z.boolean().optional(),
  perUserPerMinute: limit().optional(),
  perUserPerDay: limit().optional(),
  unblockable: z.boolean().optional().describe('true also removes all existing blocks of the robot.'),
  coolAppCode: code().nullable().optional(),
});
export type RobotChangeBody = z.infer<typeof robotChangeBody>;
/** Users who have blocked a robot. */
export const robotBlocksQuery = strictObject({ corpId: code(), ...pageParameters });
export const robotBlocksAnswer = z.object({ users: z.array(consoleUser), cursor: pageCursor });
export type RobotBlocksAnswer = z.infer<typeof robotBlocksAnswer>;
export const installedBody = strictObject({ installed: z.boolean() });
export const templateBody = strictObject({ state: templateState });

/** Query parameters of `GET /console/v1/statistics`. */
export const statisticsQuery = strictObject({
  corpId: code(),
  robotCode: code().optional(),
  from: queryInteger(0, 8_640_000_000_000_000)
    .optional()
    .describe('By default, the range has 7 buckets of a day or 168 of an hour, including the one of `to`.'),
  to: queryInteger(0, 8_640_000_000_000_000).optional().describe('Default: now.'),
  bucket: z.enum(['hour', 'day']).optional().describe('Default: hour.'),
  dayStart: queryInteger(0, 23)
    .optional()
    .describe('UTC hour at which a day begins. Default: 0; 16 for days in China.'),
});

const sums = { sends: z.int().min(0), deliveries: z.int().min(0), reads: z.int().min(0) };

/**
 * Response of `GET /console/v1/statistics`. Deliveries and reads count in the bucket in which their message was sent.
 */
export const statisticsAnswer = z.object({
  from: epochMs(),
  to: epochMs(),
  bucket: z.enum(['hour', 'day']),
  totals: z.object(sums),
  buckets: z
    .array(z.object({ start: epochMs(), ...sums }))
    .describe('All buckets, oldest first, including empty ones.'),
  timeToRead: z
    .array(z.object({ under: z.int().nullable(), reads: z.int().min(0) }))
    .describe(
      'Histogram of the milliseconds from send to read. A step counts reads below its bound, and not below the bound of the step before.',
    ),
});
export type StatisticsAnswer = z.infer<typeof statisticsAnswer>;

const state = z.record(z.string(), z.unknown()).nullable();

/** Query parameters of `GET /console/v1/audit`. */
export const auditQuery = strictObject({
  operatorId: code().optional().describe('Only changes by this operator; `adminToken` for the admin token.'),
  ...pageParameters,
});

/** Response of `GET /console/v1/audit`, newest first. */
export const auditAnswer = z.object({
  entries: z.array(
    z.object({
      id: z.int(),
      at: epochMs(),
      actor: z
        .string()
        .describe(
          '`token` for the admin token without a session, the number of a session, or `command` for a command on the machine.',
        ),
      operator: z
        .object({ operatorId: z.string(), name: z.string(), role: z.string().nullable() })
        .nullable()
        .describe(
          'Who it was, with name and role at that time. The admin token has the operatorId `adminToken`; null for a command or an app.',
        ),
      action: z.string(),
      target: z.string(),
      corpId: z.string().nullable(),
      before: state,
      after: state,
    }),
  ),
  cursor: pageCursor,
  total: pageTotal,
});
export type AuditAnswer = z.infer<typeof auditAnswer>;

// Created once: creating it for each of 10,000 lines took half a second.
const userOfLine = userBody.omit({ corpId: true, departments: true });

/** A user as a line of a CSV file describes it. Absent members stay as they are. */
export type LineUser = z.infer<typeof userOfLine>;

/** Parses the members of a line. `problem` describes the first invalid one. */
export function parseLineUser(
  fields: Readonly<Record<string, string>>,
): { readonly user: LineUser } | { readonly problem: string } {
  const { data, error } = userOfLine.safeParse(fields);
  if (data) return { user: data };
  const [issue] = error.issues;
  return { problem: `${issue?.path.join('.')} ${issue?.message}` };
}

/** A department, with whether there are departments below it. */
const consoleDepartment = z.object({
  deptId: z.int(),
  name: z.string(),
  parentId: z.int().nullable().describe('null for the root department, which is the organization.'),
  order: z.int().min(0).describe('Departments of one parent are listed by ascending order.'),
  hasChildren: z.boolean(),
});
export const departmentDetail = consoleDepartment.extend({
  path: z.array(z.object({ deptId: z.int(), name: z.string() })).describe('From the root to the department itself.'),
  managers: z.array(z.string()).describe('userIds'),
  memberCount: z.int().min(0).describe('Users in the department itself.'),
  totalCount: z.int().min(0).describe('Users in the department and all below it.'),
});
export type DepartmentDetail = z.infer<typeof departmentDetail>;
export const departmentsQuery = strictObject({
  corpId: code(),
  parentId: queryInteger(1, Number.MAX_SAFE_INTEGER)
    .optional()
    .describe('Only the departments directly below this one. Default: 1, or all departments with a text.'),
  text: cleanText(128).optional().describe('Only departments whose name contains this.'),
  ...pageParameters,
});
export const departmentsAnswer = z.object({
  departments: z.array(consoleDepartment),
  cursor: pageCursor,
  total: pageTotal,
});
export type DepartmentsAnswer = z.infer<typeof departmentsAnswer>;
export const departmentBody = strictObject({
  corpId: code(),
  deptId: contact.departmentId().optional().describe('Default: a random number.'),
  name: contact.departmentName(),
  parentId: contact.anyDepartmentId().optional().describe('Default: 1, the root.'),
  order: contact.order().optional().describe('Default: after the other departments of the parent.'),
});
export const departmentChangeBody = strictObject({
  name: contact.departmentName().optional(),
  parentId: contact.anyDepartmentId().optional(),
  order: contact.order().optional(),
  managers: z.array(code()).max(1000).optional().describe('userIds of all managers, who must be members.'),
});
export const departmentMembersQuery = strictObject({ corpId: code(), ...pageParameters });
export const departmentMembersAnswer = z.object({ users: z.array(consolePerson), cursor: pageCursor });
export type DepartmentMembersAnswer = z.infer<typeof departmentMembersAnswer>;

/** The departments that an app sees, including their subdepartments. */
export const contactScopeBody = strictObject({
  departments: z.array(contact.anyDepartmentId()).max(1000).describe('An empty list: the whole organization.'),
});
export const contactScopeAnswer = z.object({ departments: z.array(z.int()) });
