import { queryRows, queryValue, sql, sqlVersion, type Work } from '../engine/sql.ts';
import { endBlocks } from '../messages/mutes-and-blocks.ts';
import type { App, AppKind, Directory, Organization, Robot, RobotSettings, TemplateState } from '../model.ts';

const selectOrganizations = sql<[corpId: number, code: string, name: string]>(
  'select_organizations',
  `select corp_id, code, name from organizations order by corp_id`,
);
const selectApps = sql<
  [
    corpId: number,
    id: number,
    code: string,
    kind: AppKind,
    hash: string,
    generation: number,
    permissions: string,
    agentId: number,
    uuid: string | null,
  ]
>(
  'select_apps',
  `select corp_id, id, code, kind, secret_hash, generation, permissions, agent_id, uuid from apps order by id`,
);
type RobotRow = [
  corpId: number,
  id: number,
  code: string,
  name: string,
  appId: number,
  off: number,
  minute: number,
  day: number,
  unblockable: number,
  coolAppCode: string | null,
];

const selectRobots = sql<RobotRow>(
  'select_robots',
  `select corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day, unblockable, cool_app_code
   from robots order by id`,
);
const selectInstallations = sql<[corpId: number, robotId: number]>(
  'select_installations',
  `select corp_id, robot_id from installations order by corp_id`,
);
const selectAuthorizations = sql<[corpId: number, appId: number, generation: number, isRevoked: number]>(
  'select_authorizations',
  `select corp_id, app_id, generation, case when revoked_at is null then 0 else 1 end from authorizations
   order by corp_id`,
);
const selectTemplates = sql<[robotId: number, kind: number, state: TemplateState]>(
  'select_templates',
  `select robot_id, kind, state from templates`,
);

type SettingsRow = [
  corpId: number,
  robotId: number,
  name: string | null,
  icon: string | null,
  brief: string | null,
  description: string | null,
  status: string | null,
  plugins: string | null,
];

const selectSettings = sql<SettingsRow>(
  'select_robot_settings',
  `select corp_id, robot_id, name, icon, brief, description, status, plugins from robot_settings order by corp_id`,
);

/** Reads the settings of all robots, by organization and robot. */
function* readRobotSettings(): Work<readonly (readonly [number, number, RobotSettings])[]> {
  const rows = yield* queryRows(selectSettings);
  return rows.map(([corpId, robotId, name, icon, brief, description, status, plugins]) => {
    return [corpId, robotId, { name, icon, brief, description, status, plugins }] as const;
  });
}

// Deleted custom robots keep their name for the messages that they have sent.
const selectCustomRobots = sql<[corpId: number, id: number, code: string, name: string, disabled: number]>(
  'select_custom_robot_names',
  `select corp_id, id, code, name, disabled from custom_robots order by id`,
);

const selectVersion = sql<[version: number]>(
  'select_directory_version',
  `select version from versions where corp_id = 0 and name = 'directory'`,
);
const raiseVersion = sqlVersion<[version: number]>(
  'raise_directory_version',
  `insert into versions (corp_id, name, version) values (0, 'directory', 1)
   on conflict (corp_id, name) do update set version = versions.version + 1
   returning version`,
);

/**
 * Reads the version of the directory, which rises with each change. A process reloads its directory when it sees a
 * newer version.
 */
export function* readDirectoryVersion(): Work<number> {
  return (yield* queryValue(selectVersion)) ?? 0;
}

/** Raises the version of the directory, in the transaction of a change, and returns the new version. */
export function* raiseDirectoryVersion(): Work<number> {
  return (yield* queryValue(raiseVersion)) ?? 0;
}

/** Reads the whole directory: data that every request needs and that rarely changes, at most some thousands of rows. */
export function* readDirectory(): Work<Directory> {
  // The version is read first, so that the data are at least as new as it.
  const version = yield* readDirectoryVersion();
  const organizations = (yield* queryRows(selectOrganizations)).map(([corpId, code, name]) => ({ corpId, code, name }));
  const apps = (yield* queryRows(selectApps)).map(toApp);
  const robots = (yield* queryRows(selectRobots)).map(toRobot);
  const customRobots = (yield* queryRows(selectCustomRobots)).map(toCustomRobot);
  const installations = yield* queryRows(selectInstallations);
  const allAuthorizations = yield* queryRows(selectAuthorizations);
  const authorizations = allAuthorizations.flatMap(([corpId, appId, generation, isRevoked]) =>
    isRevoked ? [] : [[corpId, appId, generation] as const],
  );
  const installed = createPairLookup(installations.map(([corpId, robotId]) => [corpId, robotId, true]));
  const templates = createPairLookup(yield* queryRows(selectTemplates));
  const settings = createPairLookup(yield* readRobotSettings());
  return {
    version,
    ...createLookups(organizations, apps, robots, customRobots),
    isInstalled: (corpId, robotId) => installed(corpId, robotId) ?? false,
    installedIn: createOrganizationLookup(organizations, installations),
    authorizedBy: createOrganizationLookup(organizations, authorizations),
    authorization: createPairLookup(authorizations),
    template: (robotId, kind) => templates(robotId, kind) ?? 'active',
    settings,
    era: createEraLookup(apps, allAuthorizations),
  };
}

/** Creates a lookup of the eras of apps: the number of rotations of the secret and of ended authorizations. */
function createEraLookup(
  apps: readonly App[],
  authorizations: readonly (readonly [corpId: number, appId: number, generation: number, isRevoked: number])[],
): (appId: number) => number {
  const eras = new Map(apps.map(({ id, generation }) => [id, generation]));
  for (const [, appId, generation, isRevoked] of authorizations)
    eras.set(appId, (eras.get(appId) ?? 0) + generation - 1 + isRevoked);
  return (appId) => eras.get(appId) ?? 0;
}

/** Creates a lookup of organizations by the second column of the rows, such as a robot or an app. */
function createOrganizationLookup(
  organizations: readonly Organization[],
  rows: readonly (readonly [corpId: number, id: number, ...unknown[]])[],
): (id: number) => readonly Organization[] {
  const byId = new Map(organizations.map((one) => [one.corpId, one]));
  const connected = Map.groupBy(rows, ([, id]) => id);
  return (id) => (connected.get(id) ?? []).flatMap(([corpId]) => byId.get(corpId) ?? []);
}

/** Creates a lookup by two numbers. Nested maps avoid building and hashing a text key for each request. */
function createPairLookup<T>(
  rows: readonly Readonly<[number, number, T]>[],
): (one: number, two: number) => T | undefined {
  const found = new Map<number, Map<number, T>>();
  for (const [one, two, value] of rows) {
    const inner = found.get(one) ?? new Map<number, T>();
    found.set(one, inner.set(two, value));
  }
  return (one, two) => found.get(one)?.get(two);
}

function createLookups(
  organizations: readonly Organization[],
  apps: readonly App[],
  robots: readonly Robot[],
  customRobots: readonly Robot[],
) {
  const organizationByCode = new Map(organizations.map((one) => [one.code, one]));
  const organizationById = new Map(organizations.map((one) => [one.corpId, one]));
  const appByCode = new Map(apps.map((one) => [one.code, one]));
  const appById = new Map(apps.map((one) => [one.id, one]));
  const robotByCode = new Map(robots.map((one) => [one.code, one]));
  const robotById = new Map([...robots, ...customRobots].map((one) => [one.id, one]));
  const customByCode = new Map(customRobots.map((one) => [`${one.corpId} ${one.code}`, one]));
  return {
    organization: (code: string) => organizationByCode.get(code),
    organizationOf: (corpId: number) => organizationById.get(corpId),
    organizations: () => organizations,
    app: (code: string) => appByCode.get(code),
    appOf: (id: number) => appById.get(id),
    apps: () => apps,
    robot: (code: string) => robotByCode.get(code),
    robotOf: (id: number) => robotById.get(id),
    robots: () => robots,
    customRobot: (corpId: number, code: string) => customByCode.get(`${corpId} ${code}`),
    customRobots: () => customRobots,
  };
}

/** A custom robot belongs to no app, has no limits per user, and cannot be blocked. */
function toCustomRobot([corpId, id, code, name, disabled]: readonly [number, number, string, string, number]): Robot {
  const limits = { perUserPerMinute: 0, perUserPerDay: 0 };
  return {
    corpId,
    id,
    code,
    name,
    appId: 0,
    disabled: disabled === 1,
    ...limits,
    unblockable: true,
    coolAppCode: null,
  };
}

function toApp([corpId, id, code, kind, secretHash, generation, permissions, agentId, uuid]: readonly [
  number,
  number,
  string,
  AppKind,
  string,
  number,
  string,
  number,
  string | null,
]): App {
  const known = { corpId, id, code, kind, secretHash, generation, agentId, uuid: uuid ?? '' };
  return { ...known, permissions: JSON.parse(permissions) as string[] };
}

function toRobot(row: Readonly<RobotRow>): Robot {
  const [corpId, id, code, name, appId, disabled, perUserPerMinute, perUserPerDay, unblockable, coolAppCode] = row;
  const limits = { perUserPerMinute, perUserPerDay };
  const flags = { disabled: disabled === 1, unblockable: unblockable === 1 };
  return { corpId, id, code, name, appId, ...flags, ...limits, coolAppCode };
}

const upsertOrganization = sql(
  'upsert_organization',
  `insert into organizations (corp_id, code, name) values ($1, $2, $3)
   on conflict (corp_id) do update set name = excluded.name`,
);
const upsertApp = sql(
  'upsert_app',
  `insert into apps (corp_id, id, code, kind, secret_hash, generation, permissions, agent_id, uuid)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (corp_id, id) do update set secret_hash = excluded.secret_hash, generation = excluded.generation,
     permissions = excluded.permissions, agent_id = excluded.agent_id`,
);
const upsertRobot = sql(
  'upsert_robot',
  `insert into robots (corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day, unblockable, cool_app_code)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict (corp_id, id) do update set name = excluded.name, app_id = excluded.app_id, disabled = excluded.disabled,
     per_user_per_minute = excluded.per_user_per_minute, per_user_per_day = excluded.per_user_per_day,
     unblockable = excluded.unblockable, cool_app_code = excluded.cool_app_code`,
);
const install = sql('install', `insert into installations (corp_id, robot_id) values ($1, $2) on conflict do nothing`);
const authorize = sql(
  'authorize',
  `insert into authorizations (corp_id, app_id, generation) values ($1, $2, 1)
   on conflict (corp_id, app_id) do update set
     generation = authorizations.generation + case when authorizations.revoked_at is null then 0 else 1 end, revoked_at = null`,
);
const revoke = sql(
  'revoke',
  `update authorizations set revoked_at = $3 where corp_id = $1 and app_id = $2 and revoked_at is null`,
);
const upsertTemplate = sql(
  'upsert_template',
  `insert into templates (corp_id, robot_id, kind, state) values ($1, $2, $3, $4)
   on conflict (corp_id, robot_id, kind) do update set state = excluded.state`,
);

/** Creates or renames an organization. */
export function* putOrganization(one: Organization): Work<void> {
  yield* raiseDirectoryVersion();
  yield* queryRows(upsertOrganization, one.corpId, one.code, one.name);
}

/** Creates or updates an app. Its UUID never changes. */
export function* putApp(app: App): Work<void> {
  yield* raiseDirectoryVersion();
  const permissions = JSON.stringify(app.permissions);
  const { corpId, id, code, kind, secretHash, generation, agentId, uuid } = app;
  yield* queryRows(upsertApp, corpId, id, code, kind, secretHash, generation, permissions, agentId, uuid);
}

/** Creates or updates a robot. If it is unblockable, all blocks of it are deleted. */
export function* putRobot(robot: Robot): Work<void> {
  yield* raiseDirectoryVersion();
  const { corpId, id, code, name, appId, perUserPerMinute, perUserPerDay, coolAppCode } = robot;
  const flags = [robot.disabled ? 1 : 0, perUserPerMinute, perUserPerDay, robot.unblockable ? 1 : 0];
  yield* queryRows(upsertRobot, corpId, id, code, name, appId, ...flags, coolAppCode);
  if (robot.unblockable) yield* endBlocks(id);
}

/** Installs a robot in an organization. */
export function* putInstallation(corpId: number, robotId: number): Work<void> {
  yield* raiseDirectoryVersion();
  yield* queryRows(install, corpId, robotId);
}

/**
 * Stores that an organization authorizes a third-party app or, if `revokedAt` is a time (epoch milliseconds), revokes
 * the authorization.
 */
export function* putAuthorization(corpId: number, appId: number, revokedAt: number | null): Work<void> {
  yield* raiseDirectoryVersion();
  if (revokedAt === null) yield* queryRows(authorize, corpId, appId);
  else yield* queryRows(revoke, corpId, appId, revokedAt);
}

/** Sets the state of a robot's template for one message kind. */
export function* putTemplate(robot: Robot, kind: number, state: TemplateState): Work<void> {
  yield* raiseDirectoryVersion();
  yield* queryRows(upsertTemplate, robot.corpId, robot.id, kind, state);
}
