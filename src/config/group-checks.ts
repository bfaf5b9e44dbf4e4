import { didYouMean } from '../wire/did-you-mean.ts';
import type { Finding, Setup, SetupGroup } from './setup.ts';

/**
 * Checks the groups of a setup: that names are unique in their organization and fixed ids in the file, that owners and
 * members are users of the organization, and that robots are installed in it.
 */
export function checkGroups({ organizations, robots }: Setup): Finding[] {
  const located = organizations.flatMap(({ groups = [] }, i) =>
    groups.map((group, j) => ({ group, path: ['organizations', i, 'groups', j] })),
  );
  return [
    ...organizations.flatMap((organization, i) => checkOrganization(organization, ['organizations', i], robots)),
    ...findRepeatedIds(located, 'openConversationId'),
    ...findRepeatedIds(located, 'chatId'),
    ...checkCustomRobots(located, robots),
  ];
}

type Path = Finding['path'];
type Located = { readonly group: SetupGroup; readonly path: Path };

function checkOrganization(
  { corpId, users, groups = [] }: Setup['organizations'][number],
  path: Path,
  robots: Setup['robots'],
): Finding[] {
  const userIds = users.map(({ userId }) => userId);
  const robotCodes = robots.filter(({ installedIn }) => installedIn.includes(corpId)).map(({ robotCode }) => robotCode);
  return groups.flatMap((group, j) => {
    const at = [...path, 'groups', j];
    const isRepeated = groups.slice(0, j).some(({ name }) => name === group.name);
    return [
      ...(isRepeated ? [{ path: [...at, 'name'], what: `${group.name} is listed twice.` }] : []),
      ...findUnknown([...at, 'owner'], group.owner, userIds, 'user'),
      ...listMembers(group).flatMap((code, k) => findUnknown([...at, 'members', k], code, userIds, 'user')),
      ...(group.robots ?? []).flatMap((code, k) => findUnknown([...at, 'robots', k], code, robotCodes, 'robot')),
    ];
  });
}

function listMembers({ members = [] }: SetupGroup): readonly string[] {
  return members === 'all' ? [] : members;
}

function findUnknown(path: Path, code: string, known: readonly string[], noun: string): Finding[] {
  if (known.includes(code)) return [];
  return [{ path, what: `the organization has no ${noun} ${code} in this file.${didYouMean(code, known)}` }];
}

/** Checks that robotCodes and tokens of custom robots are unique in the file, also among robots. */
function checkCustomRobots(located: readonly Located[], robots: Setup['robots']): Finding[] {
  const seen = new Set(robots.map(({ robotCode }) => robotCode));
  const all = located.flatMap(({ group, path }) =>
    (group.customRobots ?? []).flatMap(({ robotCode, token }, k) => [
      { path: [...path, 'customRobots', k, 'robotCode'], text: robotCode, what: robotCode },
      { path: [...path, 'customRobots', k, 'token'], text: token, what: 'the token' },
    ]),
  );
  return all.flatMap(({ path, text, what }) => {
    const isRepeated = seen.has(text);
    seen.add(text);
    return isRepeated ? [{ path, what: `${what} is listed twice.` }] : [];
  });
}

function findRepeatedIds(located: readonly Located[], field: 'openConversationId' | 'chatId'): Finding[] {
  const seen = new Set<string>();
  return located.flatMap(({ group, path }) => {
    const id = group[field];
    if (id === undefined) return [];
    const isRepeated = seen.has(id);
    seen.add(id);
    return isRepeated ? [{ path: [...path, field], what: `${id} is listed twice.` }] : [];
  });
}
