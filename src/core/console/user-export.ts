import type { Contact, Membership } from '../../store/model.ts';
import { renderCsvField } from '../../wire/csv.ts';
import type { Context } from '../context.ts';
import { requireOrganization } from './message-list.ts';
import { columns } from './user-lines.ts';

/** Number of users that one query reads. Other requests can run between reads. */
const stride = 500;

/**
 * Renders the users of an organization as CSV, in the order of their userIds, in the form that an import reads. Throws
 * `huizhi.notFound`.
 */
export async function exportUsers(context: Context, corpCode: string): Promise<string> {
  const { corpId } = requireOrganization(context, corpCode);
  const { store } = context;
  const lines = [columns.join(',')];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const users: readonly Contact[] = await store.contacts.page(corpId, after, stride);
    const ids = users.map(({ id }) => id);
    const memberships = await store.departments.memberships(corpId, ids);
    lines.push(...users.map((user) => renderLine(user, memberships.get(user.id) ?? [])));
    after = users.length < stride ? undefined : users.at(-1)?.code;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return `\uFEFF${lines.join('\r\n')}\r\n`;
}

function renderLine(user: Contact, memberships: readonly Membership[]): string {
  const { code, name, mobile, email, jobNumber, title, unionId } = user;
  const departments = memberships.map(({ departmentId }) => departmentId).join(';');
  const manages = memberships.filter(({ leader }) => leader).map(({ departmentId }) => departmentId);
  const fields = [code, name, mobile, email, jobNumber, title, departments, manages.join(';'), unionId];
  return fields.map((field) => renderCsvField(field ?? '')).join(',');
}
