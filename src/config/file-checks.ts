import { didYouMean } from '../wire/did-you-mean.ts';
import { permissionCodes } from '../wire/permissions.ts';
import { noticeTypes } from '../wire/vendor/notices.ts';
import { checkDepartments } from './department-checks.ts';
import { checkGroups } from './group-checks.ts';
import type { Finding, Setup } from './setup.ts';

/**
 * Checks what a schema cannot: duplicates, references to unknown codes, and contradictory apps. Returns no findings for
 * a valid setup.
 */
export function checkSetup(setup: Setup): readonly Finding[] {
  return [
    ...findDuplicates(setup),
    ...checkDepartments(setup),
    ...checkApps(setup),
    ...checkRobots(setup),
    ...checkGroups(setup),
  ];
}

type Path = Finding['path'];
type LocatedCode = { readonly path: Path; readonly code: string };

function findDuplicates({ organizations, apps, robots }: Setup): Finding[] {
  return [
    ...findRepeated(organizations.map(({ corpId }, i) => ({ path: ['organizations', i, 'corpId'], code: corpId }))),
    ...organizations.flatMap(({ users }, i) =>
      findRepeated(users.map(({ userId }, j) => ({ path: ['organizations', i, 'users', j, 'userId'], code: userId }))),
    ),
    ...organizations.flatMap(({ users }, i) =>
      findRepeated(
        users.flatMap(({ mobile }, j) =>
          mobile === undefined ? [] : { path: ['organizations', i, 'users', j, 'mobile'], code: mobile },
        ),
      ),
    ),
    ...organizations.flatMap(({ endpoints = [] }, i) =>
      findRepeated(
        endpoints.map(({ endpointId }, j) => {
          return { path: ['organizations', i, 'endpoints', j, 'endpointId'], code: endpointId };
        }),
      ),
    ),
    ...findRepeated(apps.map(({ appKey }, i) => ({ path: ['apps', i, 'appKey'], code: appKey }))),
    ...findRepeated(
      apps.flatMap(({ agentId }, i) =>
        agentId === undefined ? [] : { path: ['apps', i, 'agentId'], code: String(agentId) },
      ),
    ),
    ...apps.flatMap(({ noticeTemplates = [] }, i) =>
      findRepeated(
        noticeTemplates.map(({ templateId }, j) => {
          return { path: ['apps', i, 'noticeTemplates', j, 'templateId'], code: templateId };
        }),
      ),
    ),
    ...apps.flatMap(({ cardTemplates = [] }, i) =>
      findRepeated(
        cardTemplates.map(({ templateId }, j) => {
          return { path: ['apps', i, 'cardTemplates', j, 'templateId'], code: templateId };
        }),
      ),
    ),
    ...apps.flatMap((app, i) => findRepeated(locateCodes(['apps', i, 'permissions'], app.permissions))),
    ...apps.flatMap((app, i) => findRepeated(locateCodes(['apps', i, 'authorizedBy'], app.authorizedBy))),
    ...findRepeated(robots.map(({ robotCode }, i) => ({ path: ['robots', i, 'robotCode'], code: robotCode }))),
    ...robots.flatMap((robot, i) => findRepeated(locateCodes(['robots', i, 'installedIn'], robot.installedIn))),
  ];
}

const locateCodes = (path: Path, codes: readonly string[] = []): LocatedCode[] =>
  codes.map((code, i) => ({ path: [...path, i], code }));

function findRepeated(all: readonly LocatedCode[]): Finding[] {
  const seen = new Set<string>();
  return all.flatMap(({ path, code }) => {
    const again = seen.has(code);
    seen.add(code);
    return again ? [{ path, what: `${code} is listed twice.` }] : [];
  });
}

function checkApps({ organizations, apps }: Setup): Finding[] {
  const corpIds = organizations.map(({ corpId }) => corpId);
  return apps.flatMap((app, i) => [
    ...checkOwnership(app, ['apps', i]),
    ...findUnknownPermissions(locateCodes(['apps', i, 'permissions'], app.permissions)),
    ...(app.noticeTemplates ?? []).flatMap(({ message }, j) =>
      checkNoticeTemplate(message, ['apps', i, 'noticeTemplates', j, 'message']),
    ),
    ...findUnknown(
      app.corpId === undefined ? [] : [{ path: ['apps', i, 'corpId'], code: app.corpId }],
      corpIds,
      'organization',
    ),
    ...findUnknown(locateCodes(['apps', i, 'authorizedBy'], app.authorizedBy), corpIds, 'organization'),
  ]);
}

/** A template is checked as a whole when it is filled, because a placeholder can stand for any text. */
function checkNoticeTemplate(message: Readonly<Record<string, unknown>>, path: Path): Finding[] {
  const { msgtype } = message;
  if (typeof msgtype !== 'string' || !noticeTypes.includes(msgtype))
    return [{ path: [...path, 'msgtype'], what: `must be one of ${noticeTypes.join(', ')}.` }];
  const isObject = typeof message[msgtype] === 'object' && message[msgtype] !== null;
  return isObject ? [] : [{ path: [...path, msgtype], what: 'is missing.' }];
}

function checkOwnership(app: Setup['apps'][number], path: Path): Finding[] {
  const internal = app.kind === 'internal';
  if (internal && app.corpId === undefined)
    return [{ path: [...path, 'corpId'], what: 'is missing; an internal app belongs to one organization.' }];
  if (internal && app.authorizedBy)
    return [{ path: [...path, 'authorizedBy'], what: 'is for thirdParty apps; an internal app has only a corpId.' }];
  if (!internal && app.push)
    return [{ path: [...path, 'push'], what: 'is for internal apps; a thirdParty app has no HTTP push.' }];
  if (!internal && app.contactScope)
    return [{ path: [...path, 'contactScope'], what: 'is for internal apps; the console sets that of others.' }];
  if (!internal && app.corpId !== undefined)
    return [{ path: [...path, 'corpId'], what: 'is for internal apps; a thirdParty app has authorizedBy.' }];
  return [];
}

function checkRobots({ organizations, apps, robots }: Setup): Finding[] {
  const corpIds = organizations.map(({ corpId }) => corpId);
  const appKeys = apps.map(({ appKey }) => appKey);
  return robots.flatMap((robot, i) => [
    ...findUnknown([{ path: ['robots', i, 'appKey'], code: robot.appKey }], appKeys, 'app'),
    ...findUnknown(locateCodes(['robots', i, 'installedIn'], robot.installedIn), corpIds, 'organization'),
    ...checkInstallations(
      locateCodes(['robots', i, 'installedIn'], robot.installedIn).filter(({ code }) => corpIds.includes(code)),
      apps.find(({ appKey }) => appKey === robot.appKey),
    ),
  ]);
}

function findUnknown(all: readonly LocatedCode[], known: readonly string[], noun: string): Finding[] {
  return all
    .filter(({ code }) => !known.includes(code))
    .map(({ path, code }) => ({ path, what: `the file has no ${noun} ${code}.${didYouMean(code, known)}` }));
}

function findUnknownPermissions(all: readonly LocatedCode[]): Finding[] {
  return all
    .filter(({ code }) => !permissionCodes.includes(code))
    .map(({ path, code }) => {
      const meant = didYouMean(code, permissionCodes) || ` Known permissions: ${permissionCodes.join(', ')}.`;
      return { path, what: `there is no permission ${code}.${meant}` };
    });
}

/** Reports installations in organizations for which the robot's app may not act. */
function checkInstallations(installed: readonly LocatedCode[], app: Setup['apps'][number] | undefined): Finding[] {
  if (!app || checkOwnership(app, []).length > 0) return [];
  const reach = app.kind === 'internal' ? [app.corpId] : (app.authorizedBy ?? []);
  const why = app.kind === 'internal' ? 'belongs to another organization' : 'is not authorized by it (authorizedBy)';
  return installed
    .filter(({ code }) => !reach.includes(code))
    .map(({ path, code }) => ({ path, what: `${code} cannot have this robot: its app ${app.appKey} ${why}.` }));
}
