import type { Organization, Robot } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { maxGroupMembers } from '../../wire/limits.ts';
import type { Context } from '../context.ts';
import { findUserIds } from '../users.ts';
import type { GroupFields } from './create.ts';

/** The description of a group by an operator or a test; `all` are the current users of the organization. */
export type GroupDescription = {
  readonly title: string;
  readonly owner: string;
  readonly members?: 'all' | readonly string[] | undefined;
  readonly robots?: readonly string[] | undefined;
};

/**
 * Looks up what the description of a group names. Throws `huizhi.notFound` for unknown users and robots, and
 * `huizhi.conflict` for too many members and for robots that are not installed in the organization.
 */
export async function resolveGroup(
  context: Context,
  organization: Organization,
  { title, owner, members = [], robots = [] }: GroupDescription,
): Promise<GroupFields> {
  const { corpId } = organization;
  const [ownerId = 0] = await findUsersOf(context, organization, [owner]);
  const userIds =
    members === 'all' ? await listAllUsers(context, organization) : await findUsersOf(context, organization, members);
  refuseManyMembers(new Set([ownerId, ...userIds]).size);
  const robotIds = robots.map((code) => findInstalledRobot(context, organization, code).id);
  return { corpId, title, ownerId, userIds, robotIds };
}

/** Throws `huizhi.conflict` if a group would have too many members. */
export function refuseManyMembers(count: number): void {
  if (count <= maxGroupMembers) return;
  throw huizhiError(
    'huizhi.conflict',
    `the group would have ${count} members, and at most ${maxGroupMembers} are allowed`,
  );
}

/** Returns the numbers of users. Throws `huizhi.notFound` if one of them does not exist. */
export async function findUsersOf(
  context: Context,
  { corpId, code }: Organization,
  codes: readonly string[],
): Promise<readonly number[]> {
  const { ids, unknown } = await findUserIds(context, corpId, codes);
  if (unknown[0] !== undefined) throw huizhiError('huizhi.notFound', `no user ${unknown[0]} in ${code}`);
  return [...ids.values()];
}

/** Returns a robot that is installed in an organization. Throws `huizhi.notFound` or `huizhi.conflict`. */
export function findInstalledRobot({ directory }: Context, { corpId, code }: Organization, robotCode: string): Robot {
  const robot = directory.now.robot(robotCode);
  if (!robot) throw huizhiError('huizhi.notFound', `no robot ${robotCode}`);
  if (directory.now.isInstalled(corpId, robot.id)) return robot;
  throw huizhiError('huizhi.conflict', `robot ${robotCode} is not installed in ${code}`);
}

const usersPage = 1000;

/** Reads the numbers of the users of an organization; a few more than a group can have if there are more. */
export async function listAllUsers({ store }: Context, { corpId }: Organization): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let after = ''; ids.length <= maxGroupMembers; ) {
    const some = await store.usersPage(corpId, after, usersPage);
    ids.push(...some.map(({ id }) => id));
    const last = some.at(-1);
    if (!last || some.length < usersPage) break;
    after = last.code;
  }
  return ids;
}
