import { didYouMean } from '../wire/did-you-mean.ts';
import { permissionCodes } from '../wire/permissions.ts';
import type { Finding, Setup } from './setup.ts';

/** What only shows when the parts of a setup are held against each other: duplicates, unknown codes, apps that contradict themselves. */
export function checkSetup(setup: Setup): readonly Finding[] {
  return [...duplicates(setup), ...appFindings(setup), ...robotFindings(setup)];
}

type Path = Finding['path'];
type Place = { readonly path: Path; readonly code: string };

function duplicates({ organizations, apps, robots }: Setup): Finding[] {
  return [
    ...repeated(organizations.map(({ corpId }, i) => ({ path: ['organizations', i, 'corpId'], code: corpId }))),
    ...organizations.flatMap(({ users }, i) =>
      repeated(users.map(({ userId }, j) => ({ path: ['organizations', i, 'users', j, 'userId'], code: userId }))),
    ),
    ...repeated(apps.map(({ appKey }, i) => ({ path: ['apps', i, 'appKey'], code: appKey }))),
    ...apps.flatMap((app, i) => repeated(places(['apps', i, 'permissions'], app.permissions))),
    ...apps.flatMap((app, i) => repeated(places(['apps', i, 'authorizedBy'], app.authorizedBy))),
    ...repeated(robots.map(({ robotCode }, i) => ({ path: ['robots', i, 'robotCode'], code: robotCode }))),
    ...robots.flatMap((robot, i) => repeated(places(['robots', i, 'installedIn'], robot.installedIn))),
  ];
}

const places = (path: Path, codes: readonly string[] = []): Place[] =>
  codes.map((code, i) => ({ path: [...path, i], code }));

function repeated(all: readonly Place[]): Finding[] {
  const seen = new Set<string>();
  return all.flatMap(({ path, code }) => {
    const again = seen.has(code);
    seen.add(code);
    return again ? [{ path, what: `${code} is already there.` }] : [];
  });
}

function appFindings({ organizations, apps }: Setup): Finding[] {
  const corpIds = organizations.map(({ corpId }) => corpId);
  return apps.flatMap((app, i) => [
    ...belonging(app, ['apps', i]),
    ...unknownPermissions(places(['apps', i, 'permissions'], app.permissions)),
    ...unknown(
      app.corpId === undefined ? [] : [{ path: ['apps', i, 'corpId'], code: app.corpId }],
      corpIds,
      'organization',
    ),
    ...unknown(places(['apps', i, 'authorizedBy'], app.authorizedBy), corpIds, 'organization'),
  ]);
}

function belonging(app: Setup['apps'][number], path: Path): Finding[] {
  const internal = app.kind === 'internal';
  if (internal && app.corpId === undefined)
    return [{ path: [...path, 'corpId'], what: 'is missing; an internal app belongs to one organization.' }];
  if (internal && app.authorizedBy)
    return [{ path: [...path, 'authorizedBy'], what: 'is for thirdParty apps; an internal app has corpId alone.' }];
  if (!internal && app.corpId !== undefined)
    return [{ path: [...path, 'corpId'], what: 'is for internal apps; a thirdParty app has authorizedBy.' }];
  return [];
}

function robotFindings({ organizations, apps, robots }: Setup): Finding[] {
  const corpIds = organizations.map(({ corpId }) => corpId);
  const appKeys = apps.map(({ appKey }) => appKey);
  return robots.flatMap((robot, i) => [
    ...unknown([{ path: ['robots', i, 'appKey'], code: robot.appKey }], appKeys, 'app'),
    ...unknown(places(['robots', i, 'installedIn'], robot.installedIn), corpIds, 'organization'),
    ...outOfReach(
      places(['robots', i, 'installedIn'], robot.installedIn).filter(({ code }) => corpIds.includes(code)),
      apps.find(({ appKey }) => appKey === robot.appKey),
    ),
  ]);
}

function unknown(all: readonly Place[], known: readonly string[], noun: string): Finding[] {
  return all
    .filter(({ code }) => !known.includes(code))
    .map(({ path, code }) => ({ path, what: `no ${noun} of this file is ${code}.${didYouMean(code, known)}` }));
}

function unknownPermissions(all: readonly Place[]): Finding[] {
  return all
    .filter(({ code }) => !permissionCodes.includes(code))
    .map(({ path, code }) => {
      const meant = didYouMean(code, permissionCodes) || ` There are: ${permissionCodes.join(', ')}.`;
      return { path, what: `there is no permission ${code}.${meant}` };
    });
}

/** A robot can be installed only where its app may act. */
function outOfReach(installed: readonly Place[], app: Setup['apps'][number] | undefined): Finding[] {
  if (!app || belonging(app, []).length > 0) return [];
  const reach = app.kind === 'internal' ? [app.corpId] : (app.authorizedBy ?? []);
  const why = app.kind === 'internal' ? 'belongs to another organization' : 'is not authorized by it (authorizedBy)';
  return installed
    .filter(({ code }) => !reach.includes(code))
    .map(({ path, code }) => ({ path, what: `${code} cannot have this robot: its app ${app.appKey} ${why}.` }));
}
