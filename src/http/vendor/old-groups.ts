/** The calls of the old host that make and show groups. */
import { requireCaller } from '../../core/access/caller.ts';
import type { Context } from '../../core/context.ts';
import { createClaim, createGroup } from '../../core/groups/create.ts';
import {
  type Conversation,
  countMembersAfter,
  findGroupByChatId,
  readAllMembers,
  readOwnerCode,
} from '../../core/groups/find.ts';
import { listSwitches, parseSwitches, type Switches } from '../../core/groups/switches.ts';
import { findUserIds } from '../../core/users.ts';
import { type Errcode, OldHostError } from '../../wire/error-table/errcode.ts';
import {
  maxChatMembers,
  maxChatName,
  maxChatUsers,
  maxGroupText,
  maxSceneGroupTitle,
  maxSceneGroupUsers,
  maxUuid,
} from '../../wire/limits.ts';
import { chatPermission, chatReadPermission } from '../../wire/permissions.ts';
import type { Route, RouteRequest } from '../server/route.ts';
import { createOldHostRoutes, type Payload } from './old-host-call.ts';
import type { Given } from './parameters.ts';

const switchParameters = {
  showHistoryType: { kind: 'number' },
  searchable: { kind: 'number' },
  validationType: { kind: 'number' },
  mentionAllAuthority: { kind: 'number' },
  managementType: { kind: 'number' },
  chatBannedType: { kind: 'number' },
} as const;

const sceneParameters = {
  title: { kind: 'text', required: true },
  template_id: { kind: 'text', required: true },
  owner_user_id: { kind: 'text', required: true },
  user_ids: { kind: 'list' },
  subadmin_ids: { kind: 'list' },
  uuid: { kind: 'text' },
  icon: { kind: 'text' },
  show_history_type: { kind: 'number' },
  searchable: { kind: 'number' },
  validation_type: { kind: 'number' },
  mention_all_authority: { kind: 'number' },
  management_type: { kind: 'number' },
  chat_banned_type: { kind: 'number' },
} as const;

const createParameters = {
  name: { kind: 'text' },
  owner: { kind: 'text' },
  useridlist: { kind: 'list' },
  icon: { kind: 'text' },
  ...switchParameters,
} as const;

const updateParameters = {
  chatid: { kind: 'text' },
  name: { kind: 'text' },
  owner: { kind: 'text' },
  add_useridlist: { kind: 'list' },
  del_useridlist: { kind: 'list' },
  icon: { kind: 'text' },
  isBan: { kind: 'boolean' },
  ...switchParameters,
} as const;

/** `/topapi/im/chat/scenegroup/create` and the calls under `/chat/`. */
export const oldGroupRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods: ['POST', 'GET'],
    path: '/topapi/im/chat/scenegroup/create',
    permission: chatPermission,
    parameters: sceneParameters,
    handler: createSceneGroup,
  }),
  ...createOldHostRoutes({
    methods: ['POST'],
    path: '/chat/create',
    permission: chatPermission,
    parameters: createParameters,
    handler: createChat,
  }),
  ...createOldHostRoutes({
    methods: ['POST'],
    path: '/chat/update',
    permission: chatPermission,
    parameters: updateParameters,
    handler: updateChat,
  }),
  ...createOldHostRoutes({
    methods: ['GET'],
    path: '/chat/get',
    permission: chatReadPermission,
    parameters: { chatid: { kind: 'text' } },
    handler: getChat,
  }),
];

async function createSceneGroup(
  { context, call, caller }: RouteRequest,
  given: Given<typeof sceneParameters>,
): Promise<Payload> {
  const { app, organization } = requireCaller(caller);
  const { title, template_id: templateId, owner_user_id: owner, uuid, icon } = given;
  const isFit = isName(title, maxSceneGroupTitle) && isName(templateId, maxGroupText);
  if (!isFit || (uuid?.length ?? 0) > maxUuid) {
    throw refuse(40035, 'title, template_id or uuid is blank or too long');
  }
  const { user_ids: users = [], subadmin_ids: admins = [] } = given;
  if (users.length > maxSceneGroupUsers || admins.length > maxSceneGroupUsers) {
    throw refuse(660045, `there are ${users.length} user_ids, and at most ${maxSceneGroupUsers} are allowed`);
  }
  refuseLongIcon(icon);
  const options = readSwitches(given);
  const { corpId } = organization;
  const { ids, unknown } = await findUserIds(context, corpId, [owner, ...users, ...admins]);
  const ownerId = ids.get(owner);
  if (ownerId === undefined) throw refuse(660036, `${owner} is not a user of ${organization.code}`);
  if (unknown.length > 0) throw refuse(660041, `${describeCodes(unknown)}: no user of ${organization.code}`);
  const numbersOf = (codes: readonly string[]) => codes.flatMap((code) => ids.get(code) ?? []);
  const { openConversationId, chatId } = await createGroup(
    context,
    { corpId, title, templateId, ownerId, icon, options, userIds: numbersOf(users), adminIds: numbersOf(admins) },
    createClaim(app.id, call.path, uuid),
  );
  return { result: { open_conversation_id: openConversationId, chat_id: chatId }, success: true };
}

async function createChat(
  { context, call, caller }: RouteRequest,
  given: Given<typeof createParameters>,
): Promise<Payload> {
  if (!/json/i.test(call.header('content-type') ?? '')) throw refuse(43009, 'the content type is not JSON');
  const { corpId } = requireCaller(caller).organization;
  const { name = '', owner = '', useridlist = [], icon } = given;
  if (name.trim() === '') throw refuse(40035, 'name is blank', '群名称不能为空');
  if (name.length > maxChatName) throw refuse(400002, `name has more than ${maxChatName} characters`);
  if (owner === '') throw refuse(49013, 'owner is empty');
  if (useridlist.length === 0) throw refuse(49010, 'useridlist is empty');
  refuseLongList(useridlist);
  if (!useridlist.includes(owner)) throw refuse(49006, `the owner ${owner} is not in useridlist`);
  refuseLongIcon(icon);
  const options = readSwitches(given);
  const userIds = await findKnownUsers(context, corpId, useridlist);
  const [ownerId = 0] = await findKnownUsers(context, corpId, [owner]);
  const made = await createGroup(context, { corpId, title: name, ownerId, userIds, icon, options });
  return { chatid: made.chatId, openConversationId: made.openConversationId, conversationTag };
}

function refuseLongIcon(icon: string | undefined): void {
  if (icon !== undefined && icon.length > maxGroupText)
    throw refuse(40035, `icon has more than ${maxGroupText} characters`);
}

/** The vendor's number of a group of one organization. */
const conversationTag = 2;

async function updateChat({ context, caller }: RouteRequest, given: Given<typeof updateParameters>): Promise<Payload> {
  const { corpId } = requireCaller(caller).organization;
  const { name, owner, icon, isBan, add_useridlist: added = [], del_useridlist: removed = [] } = given;
  const group = await findChat(context, corpId, given.chatid);
  if (group.disbandedAt !== null) throw disbandedError(group);
  if (name !== undefined && !isName(name, maxChatName)) {
    throw refuse(40035, `name is blank or has more than ${maxChatName} characters`);
  }
  refuseLongIcon(icon);
  refuseLongList(added);
  refuseLongList(removed);
  const both = added.filter((code) => removed.includes(code));
  if (both.length > 0) throw refuse(49004, `${describeCodes(both)} are in both lists`);
  const ban = isBan === undefined ? {} : { chatBannedType: Number(isBan) };
  const options = { ...group.options, ...readSwitches({ ...ban, ...omitAbsent(given) }) };
  const [ownerId = group.ownerId] = owner === undefined ? [] : await findKnownUsers(context, corpId, [owner]);
  const members = {
    added: await findKnownUsers(context, corpId, added),
    removed: await findKnownUsers(context, corpId, removed),
  };
  await checkMembers(context, group, ownerId, members);
  const change = { options, ownerId, ...(name !== undefined && { title: name }), ...(icon !== undefined && { icon }) };
  const at = context.clock.now();
  if (!(await context.store.groups.update(corpId, group.id, { at, change, ...members }))) throw disbandedError(group);
  return {};
}

async function checkMembers(
  context: Context,
  group: Conversation,
  ownerId: number | null,
  members: { readonly added: readonly number[]; readonly removed: readonly number[] },
): Promise<void> {
  const { added, removed } = members;
  if (added.length > 0) {
    const count = await countMembersAfter(context, group, members, maxChatMembers);
    if (count > maxChatMembers) throw refuse(49009, `the group would have ${count} members`);
  }
  if (ownerId === null) return;
  const isIn = added.includes(ownerId) || (await context.store.conversations.isMember(group.corpId, group.id, ownerId));
  if (!isIn || removed.includes(ownerId)) throw refuse(49015, 'the owner would not be a member');
}

async function getChat({ context, caller }: RouteRequest, given: { readonly chatid: string | undefined }) {
  const { corpId } = requireCaller(caller).organization;
  const group = await findChat(context, corpId, given.chatid);
  const info = {
    ...listSwitches(group),
    chatid: group.chatId,
    conversationTag,
    icon: group.icon ?? '',
    name: group.title,
    owner: await readOwnerCode(context, group),
    status: group.disbandedAt === null ? 1 : 2,
    useridlist: (await readAllMembers(context, group)).map(({ code }) => code),
  };
  return { chat_info: info };
}

async function findChat(context: Context, corpId: number, chatId = ''): Promise<Conversation> {
  if (chatId === '') throw refuse(49000, 'chatid is absent or empty');
  const { group } = await findGroupByChatId(context, corpId, chatId);
  if (!group) throw refuse(40016, `the organization has no group ${chatId}`);
  return group;
}

async function findKnownUsers(context: Context, corpId: number, codes: readonly string[]): Promise<readonly number[]> {
  const { ids, unknown } = await findUserIds(context, corpId, codes);
  if (unknown.length > 0) throw refuse(40031, `${describeCodes(unknown)}: no user of the organization`);
  return [...ids.values()];
}

function refuseLongList(codes: readonly string[]): void {
  if (codes.length <= maxChatUsers) return;
  throw refuse(49011, `there are ${codes.length} userids, and at most ${maxChatUsers} are allowed`);
}

function readSwitches(given: Readonly<Record<string, unknown>>): Switches {
  const switches = parseSwitches(given);
  if (!switches) throw refuse(40035, 'a switch is neither 0 nor 1');
  return switches;
}

const omitAbsent = (given: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

const isName = (text: string, longest: number) => text.trim() !== '' && text.length <= longest;

const describeCodes = (codes: readonly string[]) => codes.slice(0, 20).join(', ');

function disbandedError({ chatId }: Conversation): OldHostError {
  return refuse(49023, `the group ${chatId} was disbanded`);
}

function refuse(errcode: Errcode, why: string, errmsg?: string): OldHostError {
  return new OldHostError(errcode, why, errmsg === undefined ? {} : { errmsg });
}
