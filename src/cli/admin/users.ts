import { ApiError } from '../../client/errors.ts';
import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange } from './change.ts';
import { readDepartment } from './departments.ts';
import { readOrganization, searchOf } from './organizations.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject, readPages } from './show.ts';
import { exportUsers, importUsers } from './user-files.ts';

export const users: Readonly<Record<VerbOf<'users'>, AdminRun>> = {
  list: (session) => (session.given.has('former') ? listFormer(session) : listCurrent(session)),
  async show(session) {
    const path = { userId: firstOf(session) };
    printObject(
      session,
      await session.client.call('GET', '/console/v1/users/{userId}', { path, query: corpOf(session) }),
    );
    return 0;
  },
  add(session) {
    const { corpId } = corpOf(session);
    const userId = firstOf(session);
    const fields = { userId, name: session.given.need('name'), ...readFields(session) };
    return makeChange(session, {
      ...{ done: 'added', object: describe(session, userId), body: fields },
      within: async () => {
        await readOrganization(session, corpId);
        await readDepartments(session);
      },
      taken: () => readCurrent(session, userId),
      run: () => session.client.call('POST', '/console/v1/users', { body: { corpId, ...fields } }),
    });
  },
  update(session) {
    const path = { userId: firstOf(session) };
    const name = session.given.text('name');
    const body = { ...(name !== undefined && { name }), ...readFields(session), ...readCleared(session) };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --name or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session, path.userId), body },
      within: () => readDepartments(session),
      current: () => readCurrent(session, path.userId),
      run: () => session.client.call('PUT', '/console/v1/users/{userId}', { path, query: corpOf(session), body }),
    });
  },
  async remove(session) {
    for (const userId of session.operands) {
      await makeChange(session, {
        ...{ done: 'removed', object: describe(session, userId) },
        current: () => readCurrent(session, userId),
        run: () =>
          session.client.call('DELETE', '/console/v1/users/{userId}', { path: { userId }, query: corpOf(session) }),
      });
    }
    return 0;
  },
  async restore(session) {
    const path = { userId: firstOf(session) };
    const leftAt = session.given.number('leftAt');
    const body = leftAt === undefined ? {} : { leftAt };
    return makeChange(session, {
      ...{ done: 'restored', object: describe(session, path.userId) },
      current: () => readFormer(session, path.userId, leftAt),
      run: () =>
        session.client.call('POST', '/console/v1/users/{userId}/restore', { path, query: corpOf(session), body }),
    });
  },
  import: importUsers,
  export: exportUsers,
};

const describe = (session: Session, userId: string) => `user ${userId} of ${corpOf(session).corpId}`;

const listCurrent = (session: Session) =>
  printList(session, {
    columns: ['userId', 'name', 'mobile', 'email', 'jobNumber', 'title', 'departments'],
    load: (page) =>
      session.client.call('GET', '/console/v1/users', {
        query: { ...corpOf(session), ...searchOf(session), ...page },
      }),
    items: (page) => page.users,
  });

const loadFormer = (
  session: Session,
  query: { readonly limit: number; readonly cursor?: string; readonly text?: string },
) => session.client.call('GET', '/console/v1/formerUsers', { query: { ...corpOf(session), ...query } });

const listFormer = (session: Session) =>
  printList(session, {
    columns: ['userId', 'name', 'leftAt'],
    load: (page) => loadFormer(session, { ...searchOf(session), ...page }),
    items: (page) => page.formerUsers,
  });

/** Reads a user who has not left. Rejects with an ApiError if there is none. */
export async function readCurrent(session: Session, userId: string) {
  const user = await session.client.call('GET', '/console/v1/users/{userId}', {
    ...{ path: { userId }, query: corpOf(session) },
  });
  if (user.leftAt !== null) throw createNotFound(`user ${userId} has left; restore adds them again`);
  return user;
}

/** Reads a removed user: the last one, or the one who left at a time. Rejects with an ApiError if there is none. */
async function readFormer(session: Session, userId: string, leftAt: number | undefined) {
  const list = {
    load: (page: { readonly limit: number }) => loadFormer(session, { text: userId, ...page }),
    items: (page: Awaited<ReturnType<typeof loadFormer>>) => page.formerUsers,
  };
  for await (const items of readPages(list)) {
    const found = items.find((one) => one.userId === userId && (leftAt ?? one.leftAt) === one.leftAt);
    if (found) return found;
  }
  throw createNotFound(`no former user ${userId}`);
}

const createNotFound = (reason: string) =>
  new ApiError('huizhi.notFound', reason, { status: 404, requestId: undefined });

/** The members of a user that the options set. */
function readFields({ given }: Session) {
  const [mobile, email, jobNumber, title] = ['mobile', 'email', 'jobNumber', 'jobTitle'].map(given.text);
  const departments = given.numbers('departments');
  const managed = given.numbers('manages');
  const lost = managed?.find((deptId) => !departments?.includes(deptId));
  if (lost !== undefined) throw new UsageError(`--manages: name ${lost} in --department, too.`);
  const memberships = departments?.map((deptId) => {
    return managed ? { deptId, manager: managed.includes(deptId) } : { deptId };
  });
  return {
    ...(mobile !== undefined && { mobile }),
    ...(email !== undefined && { email }),
    ...(jobNumber !== undefined && { jobNumber }),
    ...(title !== undefined && { title }),
    ...(memberships && { departments: memberships }),
  };
}

/** Reads the departments of `--department`. Rejects with an ApiError if one does not exist. */
async function readDepartments(session: Session): Promise<void> {
  for (const deptId of session.given.numbers('departments') ?? []) await readDepartment(session, String(deptId));
}

const clearable: readonly string[] = ['mobile', 'email', 'jobNumber', 'title'];

/** The members of a user that `--clear` removes. */
function readCleared({ given }: Session): Readonly<Record<string, null>> {
  const names = given.list('clear') ?? [];
  const unknown = names.find((name) => !clearable.includes(name));
  if (unknown !== undefined)
    throw new UsageError(`--clear ${JSON.stringify(unknown)} must be one of ${clearable.join(', ')}.`);
  return Object.fromEntries(names.map((name) => [name, null]));
}
