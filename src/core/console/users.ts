import type { FormerCursor, FormerUser } from '../../store/people/former-users.ts';
import { huizhiError } from '../../wire/errors.ts';
import { personKey } from '../access/admissions.ts';
import { createUnionId } from '../contacts/ids.ts';
import type { Context } from '../context.ts';
import { badCursor, formatCursor, parseNumberCursor } from '../cursor.ts';
import { searchUsers } from '../users.ts';
import { containsText, pageOf, updateDirectory } from './changes.ts';
import { type ContactMembers, describePeople, describeUser, prepareContact, refuseMobileOfOther } from './contacts.ts';
import { type Page, requireOrganization } from './message-list.ts';
import { type Operator, operatorKey } from './operators.ts';
import { totalFound, totalOf } from './totals.ts';

export type OrganizationFields = { readonly corpId: string; readonly name: string };
export type UserFields = ContactMembers & { readonly userId: string; readonly name: string };
/** A change of a user; absent members stay as they are. */
export type UserChange = ContactMembers & { readonly name?: string | undefined };

/** Lists organizations whose corpId or name contains a text, sorted by corpId. */
export function listOrganizations({ directory }: Context, text: string, page: Page) {
  const found = directory.now.organizations().filter(({ code, name }) => containsText(text, [code, name]));
  const { items, cursor } = pageOf(found, ({ code }) => code, page);
  const total = totalOf(found.length);
  return { organizations: items.map(({ code, name }) => ({ corpId: code, name })), cursor, total };
}

/** Returns one organization. Throws `huizhi.notFound`. */
export function findOrganization(context: Context, corpId: string) {
  const { code, name } = requireOrganization(context, corpId);
  return { corpId: code, name };
}

/** Creates an organization. Throws `huizhi.conflict`. */
export function createOrganization(context: Context, operator: Operator, fields: OrganizationFields) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId: code, name } = fields;
    if (context.directory.now.organization(code))
      throw huizhiError('huizhi.conflict', `there is an organization ${code} already`);
    const corpId = await context.store.number('organization');
    const entry = { corpId, action: 'organization.create', target: code, was: null, became: { name } };
    await write([{ organization: { corpId, code, name } }], entry);
    return fields;
  });
}

/** Renames an organization. Throws `huizhi.notFound`. */
export function renameOrganization(context: Context, operator: Operator, fields: OrganizationFields) {
  return updateDirectory(context, operator, async (write) => {
    const known = requireOrganization(context, fields.corpId);
    const entry = { corpId: known.corpId, action: 'organization.rename', target: known.code };
    const change = { ...entry, was: { name: known.name }, became: { name: fields.name } };
    await write([{ organization: { ...known, name: fields.name } }], change);
    return fields;
  });
}

/**
 * Lists the users of an organization whose userId or name contains a text, sorted by userId. Throws `huizhi.notFound`.
 */
export async function listUsers(context: Context, corpCode: string, text: string, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const { users, next } = await searchUsers(context, corpId, text, { limit, after: cursor });
  const count = await context.store.userCount(corpId);
  const ids = users.map(({ id }) => id);
  const blocks = await findBlockedRobots(context, corpId, ids);
  const robotsBlockedBy = new Map(users.map(({ id, code }) => [code, blocks(id)]));
  const listed = (await describePeople(context, corpId, ids)).map((person) => {
    return { ...person, blockedRobots: robotsBlockedBy.get(person.userId) ?? [] };
  });
  const first = cursor === undefined && {
    total:
      text === ''
        ? totalOf(await context.store.operator.totalOfUsers(corpId))
        : totalFound(users.length, next !== null),
  };
  return { ...first, users: listed, cursor: next, count };
}

/** Reads the robots that users have blocked. Returns a function with the robotCodes for a user's number. */
async function findBlockedRobots({ store, directory }: Context, corpId: number, ids: readonly number[]) {
  const blocks = await store.operator.blocksOfUsers(corpId, ids);
  const codeOf = (robotId: number) => directory.now.robotOf(robotId)?.code ?? [];
  return (id: number) => (blocks.get(id) ?? []).flatMap(codeOf);
}

/** Returns one user. Removed users are found, too, since their messages stay on record. Throws `huizhi.notFound`. */
export async function findUser(context: Context, corpCode: string, userId: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const id = await context.store.operator.userNumber(corpId, userId);
  if (id === undefined) throw huizhiError('huizhi.notFound', `no user ${userId} in ${corpCode}`);
  const [known] = await context.store.operator.people(corpId, [id]);
  const blocks = await findBlockedRobots(context, corpId, [id]);
  return { ...(await describeUser(context, corpId, id)), blockedRobots: blocks(id), leftAt: known?.leftAt ?? null };
}

/**
 * Adds a user: a new person, even if the userId belonged to a user who has left. Throws `huizhi.notFound`,
 * `huizhi.conflict`.
 */
export function addUser(context: Context, operator: Operator, corpCode: string, fields: UserFields) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId } = requireOrganization(context, corpCode);
    const { userId, name } = fields;
    if ((await context.store.findUsers(corpId, [userId])).length > 0) {
      throw huizhiError('huizhi.conflict', `there is a user ${userId} in ${corpCode} already`);
    }
    const unionId = createUnionId(context);
    const user = { corpId, id: await context.store.number('user'), code: userId, name, unionId };
    const { change, became } = await prepareContact(context, corpId, userId, undefined, fields);
    const entry = { corpId, action: 'user.add', target: userId, was: null, became: { name, ...became } };
    await write([{ newcomer: user }, { contacts: { corpId, changes: [change] } }], entry);
    return describeUser(context, corpId, user.id);
  });
}

/**
 * Changes a user. Throws `huizhi.notFound`, `huizhi.badRequest` for an unknown department, and `huizhi.conflict` for a
 * mobile of another user.
 */
export function changeUser(
  context: Context,
  operator: Operator,
  corpCode: string,
  userId: string,
  { name, ...members }: UserChange,
) {
  return updateDirectory(context, operator, async (write) => {
    const user = await userOf(context, corpCode, userId);
    const { corpId, id } = user;
    const [known] = await context.store.contacts.ofUsers(corpId, [id]);
    const { change, was, became } = await prepareContact(context, corpId, userId, known, members);
    const isMore = Object.keys(became).length > 0;
    const renamed = name === undefined ? [] : [{ renamed: { ...user, name } }];
    const action = isMore ? 'user.change' : 'user.rename';
    await write([...renamed, ...(isMore ? [{ contacts: { corpId, changes: [change] } }] : [])], {
      ...{ corpId, action, target: userId },
      was: { ...(name !== undefined && { name: user.name }), ...was },
      became: { ...(name !== undefined && { name }), ...became },
    });
    return describeUser(context, corpId, id);
  });
}

/**
 * Removes a user: they receive no more messages, their sessions end, and so does their role as an operator of the
 * organization. Throws `huizhi.notFound`.
 */
export function removeUser(context: Context, operator: Operator, corpCode: string, userId: string) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId, id, code, name } = await userOf(context, corpCode, userId);
    const entry = { corpId, action: 'user.remove', target: code, was: { name }, became: null };
    const operators = await context.store.accounts.ofUser(corpId, id);
    await write([{ leaver: { corpId, code, at: context.clock.now() } }], entry);
    const keys = [personKey({ corpId, userId: id }), ...operators.map((one) => operatorKey({ id: one }))];
    for (const key of keys) context.admissions.recheck(key);
    context.events.publish([{ corpId, userId: id }]);
    return {};
  });
}

/**
 * Lists users of an organization who have left and whose userId or name contains a text, sorted by userId, then by the
 * time they left.
 */
export async function listFormerUsers(context: Context, corpCode: string, text: string, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const { users, next } = await findFormer(context, corpId, text, limit, await formerPlace(context, corpId, cursor));
  const formerUsers = users.map(({ code, name, leftAt }) => ({ userId: code, name, leftAt }));
  const first = cursor === undefined && { total: totalFound(users.length, next !== null) };
  return { ...first, formerUsers, cursor: next && formatCursor(next[2]) };
}

async function findFormer({ store }: Context, corpId: number, text: string, limit: number, after: FormerCursor) {
  const users: FormerUser[] = [];
  let position = after;
  for (let looked = 0; looked < mostFormer; looked += formerStride) {
    const rows = await store.operator.formerPage(corpId, position, formerStride);
    for (const [i, row] of rows.entries()) {
      position = [row.code, row.leftAt, row.id];
      if (containsText(text, [row.code, row.name])) users.push(row);
      const isAll = i === rows.length - 1 && rows.length < formerStride;
      if (users.length === limit) return { users, next: isAll ? null : position };
    }
    if (rows.length < formerStride) return { users, next: null };
  }
  return { users, next: position };
}

/** Maximum number of former users that one call scans, and how many of them it reads at a time. */
const mostFormer = 10_000;
const formerStride = 500;

/** Parses a cursor: the number of the last user that was scanned. */
async function formerPlace({ store }: Context, corpId: number, cursor: string | undefined): Promise<FormerCursor> {
  if (cursor === undefined) return ['', 0, 0];
  const id = parseNumberCursor(cursor);
  const [user] = await store.operator.people(corpId, [id]);
  if (user) return [user.code, user.leftAt ?? 0, id];
  throw badCursor(cursor);
}

/**
 * Restores a removed user with inbox and name. If several removed users had this userId, restores the one who left last
 * or, if `leftAt` (epoch milliseconds) is given, the one who left then. Throws `huizhi.notFound`, or `huizhi.conflict`
 * if a current user has the userId.
 */
export function restoreUser(
  context: Context,
  operator: Operator,
  corpCode: string,
  userId: string,
  leftAt: number | undefined,
) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId } = requireOrganization(context, corpCode);
    if ((await context.store.findUsers(corpId, [userId])).length > 0) {
      throw huizhiError('huizhi.conflict', `there is a user ${userId} in ${corpCode} already`);
    }
    const former = await context.store.operator.formerUser(corpId, userId, leftAt);
    if (!former) throw huizhiError('huizhi.notFound', `no former user ${userId} in ${corpCode}`);
    const { id, name } = former;
    const [contact] = await context.store.contacts.ofUsers(corpId, [id]);
    await refuseMobileOfOther(context, corpId, userId, contact?.mobile);
    const entry = { corpId, action: 'user.restore', target: userId, was: { leftAt: former.leftAt }, became: { name } };
    await write([{ restored: { corpId, id } }], entry);
    return describeUser(context, corpId, id);
  });
}

async function userOf(context: Context, corpCode: string, userId: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const [user] = await context.store.findUsers(corpId, [userId]);
  if (!user) throw huizhiError('huizhi.notFound', `no user ${userId} in ${corpCode}`);
  return user;
}
