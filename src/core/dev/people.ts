/** Departments and users that a test creates or changes while the emulator runs. */
import { StoreError } from '../../store/engine/sql.ts';
import type { Organization } from '../../store/model.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import { huizhiError } from '../../wire/errors.ts';
import { describePeople } from '../console/contacts.ts';
import { createUnionId } from '../contacts/ids.ts';
import {
  applyDepartments,
  prepareContacts,
  type SetupDepartment,
  SetupError,
  type SetupUser,
} from '../contacts/setup.ts';
import type { Context } from '../context.ts';

/** Lists all departments of an organization but the root, each after the one above it. Throws `huizhi.notFound`. */
export async function listDepartments(context: Context, corpCode: string) {
  const { corpId } = requireOrganization(context, corpCode);
  const byParent = Map.groupBy(await context.store.departments.all(corpId), ({ parentId }) => parentId);
  const sorted = [...(byParent.get(rootDepartment) ?? [])];
  // Elements that are added during the iteration are visited, too.
  for (const { id } of sorted) sorted.push(...(byParent.get(id) ?? []));
  return sorted.map(({ id, name, parentId, position }) => ({ deptId: id, name, parentId, order: position }));
}

/**
 * Creates or changes departments as a configuration file does. Throws `huizhi.notFound`, and `huizhi.badRequest` if they do
 * not form a tree.
 */
export async function putDepartments(context: Context, corpCode: string, given: readonly SetupDepartment[]) {
  const { corpId } = requireOrganization(context, corpCode);
  await refuseBadSetup(() => applyDepartments(context, corpId, given, context.clock.now()));
  await context.directory.refresh();
  return listDepartments(context, corpCode);
}

/**
 * Creates or changes users as a configuration file does. Throws `huizhi.notFound`, `huizhi.badRequest` for an unknown
 * department, and `huizhi.conflict` for a mobile that another user has.
 */
export async function putUsers(context: Context, corpCode: string, given: readonly SetupUser[]) {
  const { corpId } = requireOrganization(context, corpCode);
  const named = given.map(({ userId, name }) => ({ code: userId, name, unionId: createUnionId(context) }));
  await refuseBadSetup(async () => {
    const contacts = await prepareContacts(context, corpId, given);
    await context.store.putUsers(corpId, named, contacts, context.clock.now());
  });
  await context.directory.refresh();
  const users = await context.store.contacts.byCodes(
    corpId,
    given.map(({ userId }) => userId),
  );
  const ids = new Map(users.map(({ code, id }) => [code, id]));
  return describePeople(
    context,
    corpId,
    given.flatMap(({ userId }) => ids.get(userId) ?? []),
  );
}

function requireOrganization({ directory }: Context, corpCode: string): Organization {
  const organization = directory.now.organization(corpCode);
  if (!organization) throw huizhiError('huizhi.notFound', `no organization ${corpCode}`);
  return organization;
}

async function refuseBadSetup(apply: () => Promise<void>): Promise<void> {
  try {
    await apply();
  } catch (error) {
    if (error instanceof SetupError) throw huizhiError('huizhi.badRequest', error.message, { cause: error });
    if (error instanceof StoreError && error.reason === 'taken')
      throw huizhiError('huizhi.conflict', error.message, { cause: error });
    throw error;
  }
}
