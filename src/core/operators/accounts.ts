/** The operators of the console, as owners see and change them. */
import type { OperatorAccount, OperatorCursor, OperatorGrant } from '../../store/console/operators.ts';
import { StoreError } from '../../store/engine/sql.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { ConsoleRole } from '../../wire/own/console-roles.ts';
import { findPeople } from '../console/message-detail.ts';
import { type Page, requireOrganization } from '../console/message-list.ts';
import { adminToken, type Operator, operatorKey } from '../console/operators.ts';
import { totalOf } from '../console/totals.ts';
import type { Context } from '../context.ts';
import { badCursor, formatCursor, parseNumberCursor } from '../cursor.ts';
import { foldEmail } from './emails.ts';

/** A role as an owner gives it: in one organization, or in all of them. */
export type GivenGrant = {
  readonly role: ConsoleRole;
  readonly corpId?: string | undefined;
  readonly userId?: string | undefined;
};

/** An operator as an owner describes them; in a change, absent members stay as they are. */
export type OperatorFields = {
  readonly name: string;
  readonly email?: string | null | undefined;
  readonly grants?: readonly GivenGrant[] | undefined;
};
export type OperatorChange = Partial<OperatorFields> & { readonly disabled?: boolean | undefined };

/** Lists operators, sorted by name. Throws `huizhi.badRequest` for a bad cursor. */
export async function listOperators(context: Context, { limit, cursor }: Page) {
  const { accounts } = context.store;
  const found = await accounts.page(await findStart(context, cursor), limit + 1);
  const page = found.slice(0, limit);
  const first = cursor === undefined && { total: totalOf(await accounts.count()) };
  const last = page.at(-1);
  const operators = await Promise.all(page.map((one) => showOperator(context, one)));
  return { ...first, operators, cursor: last && found.length > limit ? formatCursor(last.id) : null };
}

async function findStart({ store }: Context, cursor: string | undefined): Promise<OperatorCursor> {
  if (cursor === undefined) return ['', 0];
  const id = parseNumberCursor(cursor);
  const name = (await store.accounts.names([id])).get(id)?.name;
  if (name === undefined) throw badCursor(cursor);
  return [name, id];
}

/** Returns one operator. Throws `huizhi.notFound`. */
export async function getOperator(context: Context, operatorId: string) {
  return showOperator(context, await requireAccount(context, operatorId));
}

async function showOperator(context: Context, account: OperatorAccount) {
  const { code, name, email, disabledAt, createdAt } = account;
  const grants = await showGrants(context, account.grants);
  return { operatorId: code, name, email, disabled: disabledAt !== null, createdAt, grants };
}

/** Returns grants with the codes of their organizations and users. */
export async function showGrants(context: Context, grants: readonly OperatorGrant[]) {
  const shown = grants.map(async ({ corpId, role, userId }) => {
    const people = userId === null ? undefined : await findPeople(context, corpId, new Set([userId]));
    return {
      role: role as ConsoleRole,
      corpId: corpId === 0 ? null : (context.directory.whole.organizationOf(corpId)?.code ?? null),
      userId: people?.get(userId ?? 0)?.code ?? null,
    };
  });
  return Promise.all(shown);
}

/** Adds an operator. Throws `huizhi.badRequest`, `huizhi.notFound`, and `huizhi.conflict` for an email in use. */
export async function addOperator(context: Context, operator: Operator, fields: OperatorFields) {
  const { store, clock } = context;
  const grants = await resolveGrants(context, fields.grants ?? []);
  const account: OperatorAccount = {
    id: await store.number('operator'),
    code: `op${Buffer.from(context.randomBytes(8)).toString('hex')}`,
    name: fields.name,
    email: toEmail(fields.email),
    generation: 1,
    createdAt: clock.now(),
    disabledAt: null,
    grants,
  };
  const entry = { ...auditOf(context, operator, account), action: 'operator.add', was: null };
  await refuseTaken(store.accounts.add(account, { ...entry, became: await describe(context, account) }));
  return showOperator(context, account);
}

/**
 * Changes an operator. Another role, or the disabled state, ends their sessions and event streams. Throws like
 * `addOperator`.
 */
export async function changeOperator(
  context: Context,
  operator: Operator,
  operatorId: string,
  change: OperatorChange,
): Promise<Awaited<ReturnType<typeof showOperator>>> {
  const was = await requireAccount(context, operatorId);
  const fields = {
    name: change.name ?? was.name,
    email: change.email === undefined ? was.email : toEmail(change.email),
    grants: change.grants === undefined ? was.grants : await resolveGrants(context, change.grants),
    disabledAt: change.disabled === undefined ? was.disabledAt : toDisabledAt(context, was, change.disabled),
  };
  const accessOf = ({ grants, disabledAt }: Pick<OperatorAccount, 'grants' | 'disabledAt'>) =>
    JSON.stringify([grants, disabledAt !== null]);
  const isOther = accessOf(was) !== accessOf(fields);
  const became = { ...was, ...fields, generation: was.generation + (isOther ? 1 : 0) };
  const [before, after] = [await describe(context, was), await describe(context, became)];
  if (JSON.stringify(before) === JSON.stringify(after)) return showOperator(context, was);
  const entry = { ...auditOf(context, operator, was), action: 'operator.change', was: before, became: after };
  try {
    await refuseTaken(context.store.accounts.change(was, became, entry));
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'stale') throw error;
    return changeOperator(context, operator, operatorId, change);
  }
  if (isOther) context.admissions.recheck(operatorKey(was));
  return showOperator(context, became);
}

/** Deletes an operator and ends their sessions. Their messages and audit entries stay. Throws `huizhi.notFound`. */
export async function deleteOperator(context: Context, operator: Operator, operatorId: string): Promise<void> {
  const account = await requireAccount(context, operatorId);
  const entry = { ...auditOf(context, operator, account), action: 'operator.delete', became: null };
  const removed = await context.store.accounts.remove(account.id, {
    ...entry,
    was: await describe(context, account),
  });
  if (!removed) throw notFound(operatorId);
  context.admissions.recheck(operatorKey(account));
}

/** Finds an operator by operatorId. Throws `huizhi.notFound`. */
export async function requireAccount({ store }: Context, operatorId: string): Promise<OperatorAccount> {
  const account = await store.accounts.byCode(operatorId);
  if (!account) throw notFound(operatorId);
  return account;
}

const notFound = (operatorId: string) => huizhiError('huizhi.notFound', `no operator ${operatorId}`);

/** Creates the common members of the audit entry of a change of an operator. */
export function auditOf({ clock }: Context, { actor }: Operator, { code }: Pick<OperatorAccount, 'code'>) {
  return { corpId: 0, at: clock.now(), actor, target: code };
}

async function describe(context: Context, account: OperatorAccount) {
  const { name, email, disabled, grants } = await showOperator(context, account);
  return { name, email, disabled, grants };
}

const toEmail = (email: string | null | undefined) => (email == null ? null : foldEmail(email));

const toDisabledAt = ({ clock }: Context, was: OperatorAccount, isDisabled: boolean) =>
  isDisabled ? (was.disabledAt ?? clock.now()) : null;

/** Finds the organizations and users of grants, and sorts them. Throws `huizhi.badRequest` and `huizhi.notFound`. */
async function resolveGrants(context: Context, given: readonly GivenGrant[]): Promise<readonly OperatorGrant[]> {
  const grants: OperatorGrant[] = [];
  for (const [i, grant] of given.entries()) {
    const resolved = await resolveGrant(context, grant, `grants.${i}`);
    if (grants.some(({ corpId }) => corpId === resolved.corpId))
      throw huizhiError(
        'huizhi.badRequest',
        `grants.${i}: there is a role in ${grant.corpId ?? 'all organizations'} already`,
      );
    grants.push(resolved);
  }
  return grants.toSorted((a, b) => a.corpId - b.corpId);
}

async function resolveGrant(
  context: Context,
  { role, corpId, userId }: GivenGrant,
  at: string,
): Promise<OperatorGrant> {
  if (role === 'owner' && corpId !== undefined)
    throw huizhiError('huizhi.badRequest', `${at}.corpId: an owner is one of all organizations`);
  if (corpId === undefined && userId !== undefined)
    throw huizhiError('huizhi.badRequest', `${at}.userId: a user belongs to one organization, and corpId is absent`);
  if (corpId === undefined) return { corpId: 0, role, userId: null };
  const organization = requireOrganization(context, corpId);
  const [user] = userId === undefined ? [] : await context.store.findUsers(organization.corpId, [userId]);
  if (userId !== undefined && !user) throw huizhiError('huizhi.notFound', `no user ${userId} in ${corpId}`);
  return { corpId: organization.corpId, role, userId: user?.id ?? null };
}

async function refuseTaken(written: Promise<void>): Promise<void> {
  try {
    await written;
  } catch (error) {
    if (!(error instanceof StoreError) || error.reason !== 'taken') throw error;
    throw huizhiError('huizhi.conflict', 'another operator has this email address', { cause: error });
  }
}

/** Returns what a session shows of its operator. */
export function showSelf({ account }: Operator) {
  if (!account) return { operatorId: adminToken.code, name: adminToken.name, email: null };
  return { operatorId: account.code, name: account.name, email: account.email };
}
