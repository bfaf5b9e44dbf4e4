/** Pages of the members of a department. */

import { type Driver, queryRows, queryValue, type Statement, sql, type Work } from '../engine/sql.ts';
import type { Contact } from '../model.ts';
import { type ContactRow, contactColumns, toContact } from './contacts.ts';
import { countMembers, rootDepartment } from './departments.ts';

/** The order of a list of members: by position, or by when they were added to the organization. */
export type MemberOrder = 'custom' | 'oldest' | 'newest';

type MemberRow = readonly [...ContactRow, leader: number | null, position: number | null];

/** A member of one department. */
export type Member = Contact & { readonly leader: boolean; readonly position: number };

function toMember(corpId: number, row: MemberRow): Member {
  const [leader, position] = [row[8], row[9]];
  return {
    ...toContact(corpId, row.slice(0, 8) as unknown as ContactRow),
    leader: leader === 1,
    position: position ?? 0,
  };
}

const explicitMembers = `from department_members m join users u on u.corp_id = m.corp_id and u.id = m.user_id
  where m.corp_id = $1 and m.department_id = $2 and u.left_at is null`;

const selectMembers = (name: string, order: string): Statement<MemberRow> =>
  sql(
    `select_members_${name}`,
    `select ${contactColumns}, m.leader, m.position ${explicitMembers} order by ${order} limit $3 offset $4`,
  );
/** Members of the root department are those with such a membership, and all users without any. */
const selectRootMembers = (name: string, order: string): Statement<MemberRow> =>
  sql(
    `select_root_members_${name}`,
    `select ${contactColumns}, m.leader, m.position from users u left join department_members m
       on m.corp_id = u.corp_id and m.department_id = $2 and m.user_id = u.id
     where u.corp_id = $1 and u.left_at is null and (u.placed is null or m.user_id is not null)
     order by ${order} limit $3 offset $4`,
  );

const inDepartment = {
  custom: selectMembers('custom', 'm.position desc, m.user_id'),
  oldest: selectMembers('oldest', 'm.user_id'),
  newest: selectMembers('newest', 'm.user_id desc'),
};
const inRoot = { oldest: selectRootMembers('oldest', 'u.id'), newest: selectRootMembers('newest', 'u.id desc') };

const selectUnplaced = sql<ContactRow>(
  'select_unplaced',
  `select ${contactColumns} from users u where u.corp_id = $1 and u.placed is null and u.left_at is null
   order by u.id limit $2 offset $3`,
);

export type MemberQuery = {
  readonly corpId: number;
  readonly departmentId: number;
  readonly order: MemberOrder;
  readonly offset: number;
  readonly limit: number;
};

function* readMembers({ corpId, departmentId, order, offset, limit }: MemberQuery): Work<readonly Member[]> {
  const isRoot = departmentId === rootDepartment;
  const statement = isRoot && order !== 'custom' ? inRoot[order] : inDepartment[order];
  const rows = yield* queryRows(statement, corpId, departmentId, limit, offset);
  const members = rows.map((row) => toMember(corpId, row));
  if (!isRoot || order !== 'custom' || members.length === limit) return members;
  const before = (yield* queryValue(countMembers, corpId, departmentId)) ?? 0;
  const rest = limit - members.length;
  const unplaced = yield* queryRows(selectUnplaced, corpId, rest, Math.max(0, offset - before));
  return [...members, ...unplaced.map((row) => toMember(corpId, [...row, 0, 0]))];
}

const selectCodes = sql<[code: string]>('select_member_codes', `select u.code ${explicitMembers} order by m.user_id`);
const selectUnplacedCodes = sql<[code: string]>(
  'select_unplaced_codes',
  `select code from users where corp_id = $1 and placed is null and left_at is null order by id`,
);

function* readMemberCodes(corpId: number, departmentId: number): Work<readonly string[]> {
  const explicit = yield* queryRows(selectCodes, corpId, departmentId);
  const unplaced = departmentId === rootDepartment ? yield* queryRows(selectUnplacedCodes, corpId) : [];
  return [...explicit, ...unplaced].map(([code]) => code);
}

/** Creates the verbs that list the members of departments. */
export function createMemberVerbs(driver: Driver) {
  return {
    /** Reads a page of the direct members of a department. */
    page: (query: MemberQuery) => driver.snapshot(() => readMembers(query)),
    /** Reads the codes of all direct members of a department. */
    codes: (corpId: number, departmentId: number) => driver.snapshot(() => readMemberCodes(corpId, departmentId)),
  };
}

export type MemberVerbs = ReturnType<typeof createMemberVerbs>;
