import type { Contact, Membership, NewUser } from '../../store/model.ts';
import type { ContactChange } from '../../store/people/contacts.ts';
import { createUnionId } from '../contacts/ids.ts';
import { createMerge, pickFields } from '../contacts/setup.ts';
import type { Context } from '../context.ts';
import { updateDirectory } from './changes.ts';
import { requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';
import { type Line, type Problem, readLines } from './user-lines.ts';

/**
 * Imports users from CSV. New users are added and existing ones changed; nobody is removed. If any line is invalid,
 * nothing is changed. A dry run only returns what would be changed.
 */
export function importUsers(context: Context, operator: Operator, corpCode: string, csv: string, dryRun: boolean) {
  return updateDirectory(context, operator, async (write) => {
    const { corpId } = requireOrganization(context, corpCode);
    const departments = new Set((await context.store.departments.all(corpId)).map(({ id }) => id));
    const { lines, errors } = await readLines(csv, departments);
    const known = await loadKnownUsers(context, corpId, lines);
    const mobileErrors = errors.length > 0 ? [] : await findTakenMobiles(context, corpId, lines, known);
    const sorted = await sortLines(context, corpId, lines, known);
    const { fresh, renamed, changed } = sorted;
    const counts = { created: fresh.length, renamed: renamed.length, changed: changed.length };
    const unchanged = lines.length - fresh.length - renamed.length - changed.length;
    const answer = { dryRun, ...counts, unchanged, errors: [...errors, ...mobileErrors] };
    const isEmpty = unchanged === lines.length;
    if (dryRun || answer.errors.length > 0 || isEmpty) return answer;
    const users: NewUser[] = [];
    for (const { userId, name } of [...fresh, ...renamed]) {
      // Used for a new user only, also when the user of this code leaves before the users are stored.
      const id = await context.store.number('user');
      users.push({ corpId, id, code: userId, name, unionId: createUnionId(context) });
    }
    const entry = { corpId, action: 'user.import', target: corpCode, was: null, became: counts };
    await write([{ users }, { contacts: { corpId, changes: sorted.changes } }], entry);
    return answer;
  });
}

/** Number of users that one query reads. Other requests can run between reads. */
const stride = 500;

async function loadKnownUsers({ store }: Context, corpId: number, lines: readonly Line[]) {
  const known = new Map<string, Contact>();
  for (let at = 0; at < lines.length; at += stride) {
    const codes = lines.slice(at, at + stride).map(({ userId }) => userId);
    for (const user of await store.contacts.byCodes(corpId, codes)) known.set(user.code, user);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return known;
}

/** Returns an error for each line whose mobile another user has, unless that user gets another one by the import. */
async function findTakenMobiles(
  { store }: Context,
  corpId: number,
  lines: readonly Line[],
  known: ReadonlyMap<string, Contact>,
): Promise<readonly Problem[]> {
  const byUser = new Map(lines.map((line) => [line.userId, line]));
  const mobiles = lines.flatMap(({ userId, mobile }) => (mobile === known.get(userId)?.mobile ? [] : (mobile ?? [])));
  const owners = await store.contacts.mobiles(corpId, mobiles);
  return lines.flatMap(({ line, userId, mobile }) => {
    const owner = owners.get(mobile ?? '');
    if (owner === undefined || owner === userId) return [];
    const next = byUser.get(owner)?.mobile ?? mobile;
    return next === mobile ? [{ line, message: `the mobile belongs to user ${owner}` }] : [];
  });
}

type SortedLines = {
  readonly fresh: readonly Line[];
  readonly renamed: readonly Line[];
  /** Lines that change something else than the name. */
  readonly changed: readonly Line[];
  readonly changes: readonly ContactChange[];
};

async function sortLines(
  context: Context,
  corpId: number,
  lines: readonly Line[],
  known: ReadonlyMap<string, Contact>,
): Promise<SortedLines> {
  const placed = lines.filter(({ departments, manages }) => departments || manages);
  const merge = await createMerge(
    context,
    corpId,
    placed.map(({ userId }) => userId),
  );
  const changes = lines.flatMap((line) => createChange(corpId, line, known.get(line.userId), merge));
  const touched = new Set(changes.map(({ code }) => code));
  const fresh = lines.filter(({ userId }) => !known.has(userId));
  const renamed = lines.filter(({ userId, name }) => (known.get(userId)?.name ?? name) !== name);
  const renamedIds = new Set(renamed.map(({ userId }) => userId));
  const changed = lines.filter(({ userId }) => known.has(userId) && !renamedIds.has(userId) && touched.has(userId));
  return { fresh, renamed, changed, changes };
}

type Merge = Awaited<ReturnType<typeof createMerge>>;

/** Returns the change that a line makes; none if it changes nothing but the name. */
function createChange(corpId: number, line: Line, known: Contact | undefined, merge: Merge): readonly ContactChange[] {
  const given = Object.entries(pickFields(line));
  const fields = Object.fromEntries(given.filter(([name, value]) => known?.[name as keyof Contact] !== value));
  const before = merge.current(line.userId);
  const departments = line.departments ?? (line.manages && before.map(({ departmentId }) => departmentId));
  const memberships = departments && merge(line.userId, departments, line.manages);
  const isMoved = memberships !== undefined && renderPlaces(memberships) !== renderPlaces(before);
  if (Object.keys(fields).length === 0 && !isMoved) return [];
  return [{ corpId, code: line.userId, fields, ...(isMoved && { memberships }) }];
}

function renderPlaces(memberships: readonly Membership[]): string {
  const places = memberships.map(({ departmentId, leader }) => `${departmentId}${leader ? '!' : ''}`);
  return places.toSorted().join(' ');
}
