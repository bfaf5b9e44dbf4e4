import { queryRows, type Reader, type Row, sql, type Work } from '../engine/sql.ts';
import { migrations } from '../migrations/index.ts';
import { findRowProblem } from '../move/check-dump.ts';
import { findEventRowProblem } from '../move/check-events.ts';
import { columnsOf } from '../move/dump.ts';
import { copiedTables, type Position, type TableText } from '../move/tables.ts';
import { areUnionIdsMissing } from '../people/union-ids.ts';
import { createDepartmentCheck } from './departments.ts';
import { findMediaProblems } from './media.ts';
import { createProblemList, type Problem, type VerifyFinding } from './problems.ts';
import { findReceiptProblems } from './receipts.ts';
import { createReferenceCheck } from './references.ts';
import { createSequenceCheck } from './sequences.ts';

export type { VerifyFinding } from './problems.ts';

export type VerifyOptions = {
  /** The numbers of the known message kinds. */
  readonly kinds: ReadonlySet<number>;
  /** Called after each page of rows, with the tables that are checked completely and their number. */
  readonly onProgress: (done: number, total: number) => void;
};

/**
 * Checks the invariants of a database, table by table in pages, and changes nothing. Each page is read in one snapshot
 * with the rows that it refers to, so a server may run on the database.
 *
 * @returns at least one finding of each check; those after the file and the schema are missing if these are wrong
 */
export async function verifyDatabase(reader: Reader, options: VerifyOptions): Promise<readonly VerifyFinding[]> {
  const before = [...(await verifyFile(reader)), await verifySchema(reader)];
  if (before.some(({ state }) => state === 'wrong')) return before;
  const problems = createProblemList();
  const checks = createPageChecks(options.kinds);
  let rows = 0;
  for (const [done, table] of copiedTables.entries()) {
    // The bytes of files are checked below, without reading them.
    if (table.name === 'media_parts') continue;
    let after: Position | undefined = table.first;
    while (after) {
      const page: Page = await checkPage(reader, table, after, checks.page);
      problems.add(page.problems);
      rows += page.rows;
      after = page.last;
      options.onProgress(done, copiedTables.length);
    }
  }
  problems.add(await reader.snapshot(checks.end));
  for await (const found of findMediaProblems(reader)) problems.add(found);
  return [
    ...before,
    ...problems.list('rows', `${rows} rows have the columns and values of their tables`),
    ...problems.list('references', 'what rows refer to exists'),
    ...problems.list('receipts', 'receipts, texts and copies in the inboxes agree'),
    ...problems.list('sequences', 'counters and streams are beyond the numbers in use'),
    ...problems.list('departments', 'departments lead to the root'),
    ...problems.list('media', 'files have all of their bytes'),
  ];
}

const checkIntegrity = sql<[problem: string]>('integrity_check', 'pragma integrity_check(10)');

/** Lets SQLite check the structure of its file. PostgreSQL has its own tools for that. */
async function verifyFile(reader: Reader): Promise<readonly VerifyFinding[]> {
  if (reader.engine !== 'sqlite') return [];
  const found = (await reader.rows(checkIntegrity)).map(([problem]) => problem);
  if (found.length === 1 && found[0] === 'ok')
    return [{ check: 'file', state: 'ok', found: 'the file is not damaged' }];
  return found.map((problem) => ({ check: 'file', state: 'wrong', found: problem }));
}

async function verifySchema(reader: Reader): Promise<VerifyFinding> {
  const version = await reader.version();
  const { latest } = migrations;
  if (version === latest) return { check: 'schema', state: 'ok', found: `the schema has version ${version}` };
  const advice = version < latest ? 'run huizhi migrate first' : 'run a newer huizhi';
  const found = `the schema has version ${version}, and this huizhi checks version ${latest}: ${advice}`;
  return { check: 'schema', state: 'wrong', found };
}

type CheckPage = (table: string, columns: readonly string[], rows: readonly Row[]) => Work<readonly Problem[]>;

/** Creates the checks of all tables: those of a page, and those after all pages. */
function createPageChecks(kinds: ReadonlySet<number>) {
  const references = createReferenceCheck();
  const sequences = createSequenceCheck();
  const departments = createDepartmentCheck();
  const page: CheckPage = function* (table, columns, found) {
    const rows = yield* fillMissing(table, columns, found);
    const wrong = rows.flatMap((row) => describeRow(table, row, findWrongRow(table, columns, row, kinds)));
    // The other checks rely on the types of the values.
    if (wrong.length > 0) return wrong;
    return [
      ...(yield* references(table, columns, rows)),
      ...(yield* findReceiptProblems(table, rows)),
      ...(yield* sequences.page(table, columns, rows)),
      ...(yield* departments.page(table, rows)),
    ];
  };
  return {
    page,
    *end(): Work<readonly Problem[]> {
      return [...(yield* sequences.end()), ...departments.end()];
    },
  };
}

/** Fills in the unionIds of users that a migration has left to the next start of a server. */
function* fillMissing(table: string, columns: readonly string[], rows: readonly Row[]): Work<readonly Row[]> {
  const at = table === 'users' ? columns.indexOf('union_id') : -1;
  if (at === -1 || rows.every((row) => row[at] !== null) || !(yield* areUnionIdsMissing())) return rows;
  return rows.map((row) => (row[at] === null ? row.with(at, '') : row));
}

function findWrongRow(table: string, columns: readonly string[], row: Row, kinds: ReadonlySet<number>) {
  return findRowProblem(table, columns, row, kinds) ?? (table === 'events' ? findEventRowProblem(row) : undefined);
}

function describeRow(table: string, row: Row, wrong: string | undefined): Problem[] {
  return wrong === undefined ? [] : [{ check: 'rows', table, row, wrong }];
}

type Page = {
  readonly problems: readonly Problem[];
  readonly rows: number;
  /** The position of the last row; undefined after the last page. */
  readonly last: Position | undefined;
};

async function checkPage(reader: Reader, table: TableText, after: Position, check: CheckPage): Promise<Page> {
  const { name, key } = table;
  return reader.snapshot(function* () {
    const rows = yield* queryRows(table.page, ...after);
    const found = yield* check(name, columnsOf(name) ?? [], rows);
    const problems = found.map((problem) => ({ ...problem, row: problem.row?.slice(0, key) }));
    return { problems, rows: rows.length, last: rows.at(-1)?.slice(0, key) };
  });
}
