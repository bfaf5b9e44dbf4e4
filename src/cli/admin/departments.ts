import type { VerbOf } from '../../config/admin-calls.ts';
import { UsageError } from '../../config/options.ts';
import { makeChange } from './change.ts';
import { readOrganization, searchOf } from './organizations.ts';
import { type AdminRun, corpOf, firstOf, type Session } from './session.ts';
import { printList, printObject } from './show.ts';

export const departments: Readonly<Record<VerbOf<'departments'>, AdminRun>> = {
  list(session) {
    const parentId = session.given.number('parent');
    const filter = { ...searchOf(session), ...(parentId !== undefined && { parentId }) };
    return printList(session, {
      columns: ['deptId', 'name', 'parentId', 'order', 'hasChildren'],
      load: (page) =>
        session.client.call('GET', '/console/v1/departments', { query: { ...corpOf(session), ...filter, ...page } }),
      items: (page) => page.departments,
    });
  },
  async show(session) {
    printObject(session, await readDepartment(session));
    return 0;
  },
  members: (session) =>
    printList(session, {
      columns: ['userId', 'name', 'mobile', 'email', 'jobNumber', 'title', 'departments'],
      load: (page) =>
        session.client.call('GET', '/console/v1/departments/{deptId}/users', {
          path: { deptId: firstOf(session) },
          query: { ...corpOf(session), ...page },
        }),
      items: (page) => page.users,
    }),
  add(session) {
    const { corpId } = corpOf(session);
    const deptId = session.given.number('deptId');
    const fields = {
      ...(deptId !== undefined && { deptId }),
      ...readFields(session),
      name: session.given.need('name'),
    };
    return makeChange(session, {
      ...{ done: 'added', object: `department ${fields.name} of ${corpId}`, body: fields },
      within: async () => {
        await readOrganization(session, corpId);
        await readParent(session);
      },
      ...(deptId !== undefined && { taken: () => readDepartment(session, String(deptId)) }),
      run: () => session.client.call('POST', '/console/v1/departments', { body: { corpId, ...fields } }),
    });
  },
  update(session) {
    const managers = session.given.list('managers');
    const name = session.given.text('name');
    const body = {
      ...(name !== undefined && { name }),
      ...readFields(session),
      ...(managers && { managers: [...managers] }),
    };
    if (Object.keys(body).length === 0) throw new UsageError('Nothing to change: add --name or another option.');
    return makeChange(session, {
      ...{ done: 'changed', object: describe(session), body },
      within: () => readParent(session),
      current: () => readDepartment(session),
      run: () => session.client.call('PUT', '/console/v1/departments/{deptId}', { ...pathOf(session), body }),
    });
  },
  remove: (session) =>
    makeChange(session, {
      ...{ done: 'removed', object: describe(session) },
      current: () => readDepartment(session),
      run: () => session.client.call('DELETE', '/console/v1/departments/{deptId}', pathOf(session)),
    }),
};

const describe = (session: Session) => `department ${firstOf(session)} of ${corpOf(session).corpId}`;

const pathOf = (session: Session, deptId = firstOf(session)) => ({ path: { deptId }, query: corpOf(session) });

/** Reads a department. Rejects with an ApiError if there is none. */
export const readDepartment = (session: Session, deptId?: string) =>
  session.client.call('GET', '/console/v1/departments/{deptId}', pathOf(session, deptId));

/** Reads the department of `--parent`, if it is given. Rejects with an ApiError if there is none. */
async function readParent(session: Session): Promise<void> {
  const parentId = session.given.number('parent');
  if (parentId !== undefined) await readDepartment(session, String(parentId));
}

/** The position of a department that the options set. */
function readFields({ given }: Session) {
  const [parentId, order] = [given.number('parent'), given.number('order')];
  return { ...(parentId !== undefined && { parentId }), ...(order !== undefined && { order }) };
}
