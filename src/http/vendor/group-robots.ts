/** The calls of the versioned API about the robots in groups. */
import { requireCaller } from '../../core/access/caller.ts';
import { findGroup } from '../../core/groups/find.ts';
import { findCallerRobot } from '../../core/robots.ts';
import { wireError } from '../../wire/errors.ts';
import { maxGroupsPage } from '../../wire/limits.ts';
import { robotPermission } from '../../wire/permissions.ts';
import type {
  GroupRobotsAnswer,
  InstalledGroupsAnswer,
  RobotGroupsAnswer,
} from '../../wire/vendor/group-management.ts';
import type { Route, RouteRequest } from '../server/route.ts';
import { findNamedGroup, parseNumberToken, parsePageSize, refuseDisbanded } from './group-management.ts';

/** The calls under `/v1.0/robot/` about groups. */
export const groupRobotRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1.0/robot/groups/robots/query',
    permission: robotPermission,
    required: ['openConversationId'],
    handler: queryRobots,
  },
  {
    method: 'POST',
    path: '/v1.0/robot/groups/query',
    permission: robotPermission,
    required: ['robotCode', 'pageNumber', 'pageSize'],
    handler: queryRobotGroups,
  },
  {
    method: 'POST',
    path: '/v1.0/robot/installed/groups/query',
    permission: robotPermission,
    required: ['robotCode', 'maxResult'],
    handler: queryInstalledGroups,
  },
  {
    method: 'POST',
    path: '/v1.0/robot/groups/orgRobots/add',
    permission: robotPermission,
    required: ['openConversationId', 'robotCode'],
    handler: addRobot,
  },
];

async function queryRobots({ context, caller, body }: RouteRequest): Promise<string> {
  const { organization } = requireCaller(caller);
  const { openConversationId } = body;
  const openId = typeof openConversationId === 'string' ? openConversationId : '';
  const { group, isElsewhere } = await findGroup(context, organization.corpId, openId);
  const why = `${organization.code} has no group ${openId}`;
  if (!group) throw wireError(isElsewhere ? 'unauthorized' : 'illegal.openconevrsation.id', { why });
  if (group.disbandedAt !== null) throw wireError('reject', { why: `the group ${openId} was disbanded` });
  const { now: directory } = context.directory;
  const ids = await context.store.conversations.robots(group.corpId, group.id);
  const robots = ids.flatMap((id) => (directory.isInstalled(group.corpId, id) ? (directory.robotOf(id) ?? []) : []));
  const answer: GroupRobotsAnswer = {
    chatbotInstanceVOList: robots.map(({ code, name, appId }) => ({
      robotCode: code,
      name,
      downloadIconURL: '',
      openRobotType: directory.appOf(appId)?.kind === 'thirdParty' ? 3 : 2,
    })),
  };
  return JSON.stringify(answer);
}

/** Maximum page number in the call that lists a robot's groups. */
const mostPages = 10_000;

async function queryRobotGroups(request: RouteRequest): Promise<string> {
  const { pageNumber, pageSize } = request.body;
  const robot = findRobot(request);
  const limit = parsePageSize('pageSize', pageSize, maxGroupsPage);
  const offset = (parsePageSize('pageNumber', pageNumber, mostPages) - 1) * limit;
  const { corpId } = requireCaller(request.caller).organization;
  const found = await request.context.store.groups.ofRobot(corpId, robot.id, offset, limit + 1);
  const answer: RobotGroupsAnswer = {
    hasMore: found.length > limit,
    openConversationIds: found.slice(0, limit),
  };
  return JSON.stringify(answer);
}

async function queryInstalledGroups(request: RouteRequest): Promise<string> {
  const { maxResult, nextToken } = request.body;
  const robot = findRobot(request);
  const limit = parsePageSize('maxResult', maxResult, maxGroupsPage);
  const after = parseNumberToken(nextToken);
  const { corpId } = requireCaller(request.caller).organization;
  const found = await request.context.store.conversations.ofRobot(corpId, robot.id, after, limit + 1);
  const page = found.slice(0, limit);
  const hasMore = found.length > limit;
  const last = page.at(-1);
  const answer: InstalledGroupsAnswer = {
    openConversationIds: page.filter(({ isGroup }) => isGroup).map(({ openId }) => openId),
    hasMore,
    ...(hasMore && last && { nextToken: String(last.id) }),
  };
  return JSON.stringify(answer);
}

async function addRobot(request: RouteRequest): Promise<string> {
  const { context, caller, body } = request;
  const robot = findRobot(request);
  const group = await findNamedGroup(context, requireCaller(caller), body.openConversationId);
  refuseDisbanded(group);
  await context.store.conversations.addRobot(group.corpId, group.id, robot.id);
  return JSON.stringify({ result: true });
}

/** Returns the robot of the body. Throws the `invalidParameter.robotCode.…` errors. */
function findRobot({ context, caller, body }: RouteRequest) {
  const { robotCode } = body;
  if (typeof robotCode !== 'string') {
    throw wireError('invalidParameter.param.invalid', { why: 'robotCode is not a string' });
  }
  if (robotCode.trim() === '') throw wireError('invalidParameter.robotCode.empty', { why: 'robotCode is blank' });
  return findCallerRobot(context, requireCaller(caller), robotCode);
}
