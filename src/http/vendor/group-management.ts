/** The calls of the versioned API that make and show groups. */
import { requireCaller } from '../../core/access/caller.ts';
import type { Caller, Context } from '../../core/context.ts';
import { createClaim, createGroup, type GroupIds } from '../../core/groups/create.ts';
import { type Conversation, findGroup, findGroupByChatId, readOwnerCode } from '../../core/groups/find.ts';
import { parseSwitches } from '../../core/groups/switches.ts';
import { findUserIds } from '../../core/users.ts';
import { wireError } from '../../wire/errors.ts';
import { defaultMembersPage, maxGroupText, maxMembersPage, maxSceneGroupUsers, maxUuid } from '../../wire/limits.ts';
import { chatPermission, chatReadPermission } from '../../wire/permissions.ts';
import { isCleanText } from '../../wire/text.ts';
import type {
  GroupQueryAnswer,
  MembersQueryAnswer,
  SceneGroupAnswer,
  SceneGroupsAnswer,
} from '../../wire/vendor/group-management.ts';
import type { Route, RouteRequest } from '../server/route.ts';

/** The calls under `/v1.0/im/`. */
export const groupManagementRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1.0/im/sceneGroups',
    permission: chatPermission,
    required: ['groupName', 'groupOwnerId', 'templateId'],
    handler: createSceneGroups,
  },
  {
    method: 'POST',
    path: '/v1.0/im/sceneGroup/create',
    permission: chatPermission,
    required: ['title', 'template_id', 'owner_user_id'],
    handler: createSceneGroup,
  },
  {
    method: 'POST',
    path: '/v1.0/im/sceneGroups/query',
    permission: chatPermission,
    required: ['openConversationId'],
    handler: queryGroup,
  },
  {
    method: 'POST',
    path: '/v1.0/im/sceneGroups/members/query',
    permission: chatPermission,
    required: ['openConversationId'],
    handler: queryMembers,
  },
  {
    method: 'POST',
    path: '/v1.0/im/chat/{chatId}/convertToOpenConversationId',
    permission: chatReadPermission,
    handler: convertChatId,
  },
];

async function createSceneGroups(request: RouteRequest): Promise<string> {
  const { groupName, groupOwnerId, templateId, userIdList, icon, uuid, managementOptions } = request.body;
  const names = { title: groupName, owner: groupOwnerId, templateId, icon, uuid };
  const made = await foundSceneGroup(request, { ...names, users: userIdList, admins: [], switches: managementOptions });
  return JSON.stringify(made satisfies SceneGroupsAnswer);
}

async function createSceneGroup(request: RouteRequest): Promise<string> {
  const { title, owner_user_id, template_id, user_ids, subadmin_ids, icon, uuid, management_options } = request.body;
  const names = { title, owner: owner_user_id, templateId: template_id, icon, uuid };
  const lists = { users: user_ids, admins: subadmin_ids, switches: management_options };
  const { openConversationId, chatId } = await foundSceneGroup(request, { ...names, ...lists });
  const answer: SceneGroupAnswer = { open_conversation_id: openConversationId, chat_id: chatId };
  return JSON.stringify(answer);
}

/** The fields of a new scene group under one spelling, not yet validated. */
type GivenGroup = Readonly<
  Record<'title' | 'owner' | 'templateId' | 'icon' | 'uuid' | 'users' | 'admins' | 'switches', unknown>
>;

async function foundSceneGroup({ context, call, caller }: RouteRequest, given: GivenGroup): Promise<GroupIds> {
  const { app, organization } = requireCaller(caller);
  const { corpId } = organization;
  const names = {
    title: parseName('the name', given.title),
    templateId: parseName('the template id', given.templateId),
    icon: parseOptional('icon', given.icon, maxGroupText),
    options: parseGroupSwitches(given.switches),
  };
  const uuid = parseOptional('uuid', given.uuid, maxUuid);
  const owner = parseName('the owner', given.owner);
  const users = parseCodes(given.users);
  const admins = parseCodes(given.admins);
  const { ids, unknown } = await findUserIds(context, corpId, [owner, ...users, ...admins]);
  if (unknown.length > 0) throw memberError(unknown, organization.code);
  const numbersOf = (codes: readonly string[]) => codes.flatMap((code) => ids.get(code) ?? []);
  const [ownerId = 0] = numbersOf([owner]);
  const members = { ownerId, userIds: numbersOf(users), adminIds: numbersOf(admins) };
  return createGroup(context, { corpId, ...names, ...members }, createClaim(app.id, call.path, uuid));
}

function memberError(unknown: readonly string[], organization: string) {
  return wireError('member.notFound', { why: `${unknown.slice(0, 20).join(', ')}: no user of ${organization}` });
}

const invalid = (why: string) => wireError('parameter.invalid', { why });

function parseName(what: string, value: unknown): string {
  const isName = typeof value === 'string' && value.trim() !== '' && value.length <= maxGroupText && isCleanText(value);
  if (!isName) throw invalid(`${what} is not a text of 1 to ${maxGroupText} characters`);
  return value;
}

function parseOptional(what: string, value: unknown, longest: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string' && value.length <= longest && isCleanText(value)) return value;
  throw invalid(`${what} is not a text of up to ${longest} characters`);
}

function parseCodes(value: unknown): readonly string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || !value.every((code) => typeof code === 'string' && isCleanText(code))) {
    throw invalid('a list of userIds is not a list of texts');
  }
  if (value.length > maxSceneGroupUsers) {
    const why = `there are ${value.length} userIds, and at most ${maxSceneGroupUsers} are allowed`;
    throw wireError('member.exceed', { why });
  }
  return value as readonly string[];
}

function parseGroupSwitches(value: unknown) {
  const fields = value ?? {};
  const switches = typeof fields === 'object' ? parseSwitches(fields as Readonly<Record<string, unknown>>) : undefined;
  if (!switches) throw invalid('a management option is neither 0 nor 1');
  return switches;
}

async function queryGroup({ context, caller, body }: RouteRequest): Promise<string> {
  const group = await findNamedGroup(context, requireCaller(caller), body.openConversationId);
  const answer: GroupQueryAnswer = {
    title: group.title,
    openConversationId: group.openId,
    templateId: group.templateId ?? '',
    ownerUserId: await readOwnerCode(context, group),
    icon: group.icon ?? '',
    groupUrl: '',
    status: group.disbandedAt === null ? 1 : 2,
    success: true,
  };
  return JSON.stringify(answer);
}

async function queryMembers({ context, caller, body }: RouteRequest): Promise<string> {
  const { openConversationId, cursor, size } = body;
  const limit = parsePageSize('size', size ?? defaultMembersPage, maxMembersPage);
  const after = parseNumberToken(cursor);
  const group = await findNamedGroup(context, requireCaller(caller), openConversationId);
  refuseDisbanded(group);
  const found = await context.store.conversations.members(group.corpId, group.id, after, limit + 1);
  const page = found.slice(0, limit);
  const hasMore = found.length > limit;
  const last = page.at(-1);
  const answer: MembersQueryAnswer = {
    memberUserIds: page.map(({ code }) => code),
    hasMore,
    ...(hasMore && last && { nextCursor: String(last.id) }),
    success: true,
  };
  return JSON.stringify(answer);
}

async function convertChatId({ context, caller, segment }: RouteRequest): Promise<string> {
  const { organization } = requireCaller(caller);
  const { group, isElsewhere } = await findGroupByChatId(context, organization.corpId, segment);
  if (group) return JSON.stringify({ openConversationId: group.openId });
  if (isElsewhere) {
    throw wireError('permession.checkFailed', { why: `the group of ${segment} belongs to another organization` });
  }
  throw wireError('invalideChatId', { why: `no group has the chatId ${segment}` });
}

/** Returns the group with an openConversationId. Throws `invalid.openConversationId` or `conversation.org.notMatch`. */
export async function findNamedGroup(
  context: Context,
  { organization }: Caller,
  openConversationId: unknown,
): Promise<Conversation> {
  const openId = typeof openConversationId === 'string' ? openConversationId : '';
  const { group, isElsewhere } = await findGroup(context, organization.corpId, openId);
  if (group) return group;
  const why = `${organization.code} has no group ${openId}`;
  throw wireError(isElsewhere ? 'conversation.org.notMatch' : 'invalid.openConversationId', { why });
}

/** Throws `group.disbanded` if a group has been disbanded. */
export function refuseDisbanded({ openId, disbandedAt }: Conversation): void {
  if (disbandedAt !== null) throw wireError('group.disbanded', { why: `the group ${openId} was disbanded` });
}

/** Parses the number of items of a page. Throws `invalidParameter.param.invalid`. */
export function parsePageSize(name: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw wireError('invalidParameter.param.invalid', { why: `${name} is not a whole number from 1 to ${most}` });
}

/** Parses a token that is the number after which a page begins. Throws `invalidParameter.param.invalid`. */
export function parseNumberToken(token: unknown): number {
  if (token === undefined || token === null || token === '') return 0;
  if (typeof token === 'string' && /^(?:0|[1-9]\d{0,14})$/.test(token)) return Number(token);
  throw wireError('invalidParameter.param.invalid', { why: 'the token of the page was not issued by this call' });
}
