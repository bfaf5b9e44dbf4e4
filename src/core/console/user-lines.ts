/** The lines of a CSV file of users. */

import { type CsvRecord, parseCsv, parseCsvField } from '../../wire/csv.ts';
import { rootDepartment } from '../../wire/department-tree.ts';
import { maxProblems } from '../../wire/limits.ts';
import { type LineUser, parseLineUser } from '../../wire/own/console-directory.ts';

/** A valid line: a user, and the departments if the file has such a column and the line fills it. */
export type Line = LineUser & {
  readonly line: number;
  readonly departments?: readonly number[];
  readonly manages?: readonly number[];
};

export type Problem = { readonly line: number; readonly message: string };

/** The columns of an export, which an import accepts in any order. */
export const columns = [
  'userId',
  'name',
  'mobile',
  'email',
  'jobNumber',
  'title',
  'departments',
  'manages',
  'unionId',
] as const;

type Column = (typeof columns)[number];

/** The columns of a file without a header. */
const plainColumns: readonly Column[] = ['userId', 'name'];

/** The number of lines per batch; other requests run between batches. */
const stride = 500;

/**
 * Reads the lines of a CSV file, up to a maximum number of problems.
 *
 * @param departments the ids of the departments that exist, without the root
 */
export async function readLines(
  csv: string,
  departments: ReadonlySet<number>,
): Promise<{ readonly lines: readonly Line[]; readonly errors: readonly Problem[] }> {
  const lines: Line[] = [];
  const errors: Problem[] = [];
  const seen = createSeen();
  let named = plainColumns;
  for (const record of parseCsv(csv.replace(/^\uFEFF/, ''))) {
    if (record.line === 1 && isHeader(record)) {
      const header = parseHeader(record);
      if ('message' in header) return { lines, errors: [header] };
      named = header.columns;
      continue;
    }
    const read = readLine(record, named, departments);
    const problem = 'message' in read ? read.message : seen.findRepeated(read);
    if (problem !== undefined) errors.push({ line: record.line, message: problem });
    if (!('message' in read)) {
      seen.add(read);
      if (problem === undefined) lines.push(read);
    }
    if (errors.length === maxProblems) break;
    if ((lines.length + errors.length) % stride === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { lines, errors };
}

function isHeader({ fields: [first = ''] }: CsvRecord): boolean {
  return /^userid$/i.test(first.trim());
}

/** Two columns are userId and name, whatever the header calls the second one. */
function parseHeader({ line, fields }: CsvRecord): Problem | { readonly columns: readonly Column[] } {
  if (fields.length <= plainColumns.length) return { columns: plainColumns };
  const found: Column[] = [];
  for (const field of fields) {
    const column = columns.find((one) => one.toLowerCase() === field.trim().toLowerCase());
    if (!column) return { line, message: `there is no column ${field.trim().slice(0, 50)}: use ${columns.join(',')}` };
    if (found.includes(column)) return { line, message: `the column ${column} is named twice` };
    found.push(column);
  }
  if (!found.includes('name')) return { line, message: 'there is no column name' };
  return { columns: found };
}

function readLine(record: CsvRecord, named: readonly Column[], departments: ReadonlySet<number>): Line | Problem {
  const { line, problem } = record;
  if (problem !== undefined) return { line, message: problem };
  const texts = record.fields.map((field) => parseCsvField(field.trim()));
  if (texts.some((text) => text.includes('\ufffd'))) {
    return { line, message: 'is not UTF-8: save the file as CSV UTF-8' };
  }
  if (texts.length !== named.length) {
    return { line, message: `there are ${texts.length} fields, not ${named.length}: ${named.join(',')}` };
  }
  const given = Object.fromEntries(named.map((column, i) => [column, texts[i] ?? '']).filter(isFilled));
  const { departments: homes, manages, unionId: _, ...members } = given;
  const parsed = parseLineUser({ userId: '', name: '', ...members });
  if ('problem' in parsed) return { line, message: parsed.problem };
  const ids = parseIds(homes, departments);
  const managed = parseIds(manages, departments);
  if (typeof ids === 'string') return { line, message: `departments: ${ids}` };
  if (typeof managed === 'string') return { line, message: `manages: ${managed}` };
  const lost = ids && managed?.find((id) => !ids.includes(id));
  if (lost !== undefined) return { line, message: `manages: ${lost} is none of the departments` };
  return { line, ...parsed.user, ...(ids && { departments: ids }), ...(managed && { manages: managed }) };
}

/** Empty fields change nothing; userId and name must not be empty. */
function isFilled([column = '', text]: readonly string[]): boolean {
  return text !== '' || column === 'userId' || column === 'name';
}

/** Parses deptIds that are separated by semicolons. Returns a problem as text. */
function parseIds(text: string | undefined, known: ReadonlySet<number>): readonly number[] | string | undefined {
  if (text === undefined) return undefined;
  const ids: number[] = [];
  for (const part of text.split(';')) {
    const id = /^\s*\d{1,16}\s*$/.test(part) ? Number(part) : Number.NaN;
    if (id !== rootDepartment && !known.has(id)) return `there is no department ${part.trim().slice(0, 20)}`;
    if (!ids.includes(id)) ids.push(id);
  }
  return ids;
}

/** Finds userIds and mobiles that an earlier line has. */
function createSeen() {
  const users = new Map<string, number>();
  const mobiles = new Map<string, number>();
  return {
    findRepeated({ userId, mobile }: Line): string | undefined {
      const earlier = users.get(userId);
      if (earlier !== undefined) return `userId ${userId} is already in line ${earlier}`;
      const other = mobiles.get(mobile ?? '');
      return other === undefined ? undefined : `the mobile is already in line ${other}`;
    },
    add({ line, userId, mobile }: Line): void {
      if (!users.has(userId)) users.set(userId, line);
      if (mobile && !mobiles.has(mobile)) mobiles.set(mobile, line);
    },
  };
}
