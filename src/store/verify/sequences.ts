import { withoutDay } from '../engine/partitions.ts';
import { padKeys } from '../engine/rows.ts';
import { placeholders, queryRows, type Row, sql, sqlList, type Work } from '../engine/sql.ts';
import { alsoCounted, counted } from '../move/check-numbers.ts';
import { columnsOf } from '../move/dump.ts';
import type { Problem } from './problems.ts';

/** Checks that counters and streams are beyond the numbers in use; otherwise a new row would get the number of another. */
export type SequenceCheck = {
  /** Records the numbers of a page of rows, and checks streams of users. */
  page(table: string, columns: readonly string[], rows: readonly Row[]): Work<Problem[]>;
  /** Checks the counters, after all pages. */
  end(): Work<Problem[]>;
};

/** The columns whose numbers an organization counts, with the name of the counter. */
const ofOrganization: Readonly<Record<string, { readonly column: string; readonly counter: string }>> = {
  events: { column: 'seq', counter: 'events' },
  subscriptions: { column: 'position', counter: 'events' },
  event_deliveries: { column: 'seq', counter: 'events' },
  dings: { column: 'id', counter: 'dings' },
};

const selectCounters = sql<[corpId: number, name: string, next: number]>(
  'verify_counters',
  `select corp_id, name, next from counters`,
);
const selectStreams = sqlList<[userId: number, last: number]>(
  'verify_streams',
  (count) => `select user_id, last from streams where corp_id = $1 and user_id in (${placeholders(2, count)})`,
);

export function createSequenceCheck(): SequenceCheck {
  /** The largest number in use, by organization (0 for the installation), counter and table. */
  const largest = new Map<
    string,
    { readonly corpId: number; readonly name: string; readonly table: string; most: number }
  >();
  const record = (corpId: number, name: string, table: string, number: number) => {
    const key = `${corpId} ${name} ${table}`;
    const before = largest.get(key);
    if (!before) largest.set(key, { corpId, name, table, most: number });
    else before.most = Math.max(before.most, number);
  };
  return {
    *page(table, columns, rows) {
      for (const { name, column } of countersOf(table)) {
        const at = columns.indexOf(column);
        for (const row of rows) record(0, name, table, withoutDay(Number(row[at])));
      }
      const own = ofOrganization[table];
      const at = columns.indexOf(own?.column ?? '');
      if (own) for (const row of rows) record(Number(row[0]), own.counter, table, Number(row[at]));
      return table === 'inbox' ? yield* findBeyondStreams(rows) : [];
    },
    *end() {
      const next = new Map((yield* queryRows(selectCounters)).map(([corpId, name, n]) => [`${corpId} ${name}`, n]));
      const behind = [...largest.values()].filter(({ corpId, name, most }) => {
        const number = next.get(`${corpId} ${name}`) ?? 1;
        return (corpId === 0 ? withoutDay(number) : number) <= most;
      });
      return behind.map(({ corpId, name, table }) => ({
        check: 'sequences',
        table: 'counters',
        row: [corpId, name],
        wrong: `${name} is not beyond the numbers in ${table}`,
      }));
    },
  };
}

/** Returns the counters of the installation that number a table. */
function countersOf(table: string) {
  return Object.entries(counted).flatMap(([name, of]) =>
    of.table === table || alsoCounted[name] === table ? [{ name, column: of.column }] : [],
  );
}

const seqAt = columnsOf('inbox')?.indexOf('seq') ?? 0;

function* findBeyondStreams(rows: readonly Row[]): Work<Problem[]> {
  const problems: Problem[] = [];
  for (const [corpId, own] of Map.groupBy(rows, ([corpId]) => Number(corpId))) {
    const users = padKeys([...new Set(own.map(([, userId]) => Number(userId)))]);
    const last = new Map(yield* queryRows(selectStreams(users.length), corpId, ...users));
    const beyond = own.filter((row) => Number(row[seqAt]) > (last.get(Number(row[1])) ?? 0));
    problems.push(...beyond.map((row) => describe(row)));
  }
  return problems;
}

function describe(row: Row): Problem {
  return { check: 'sequences', table: 'inbox', row, wrong: 'seq is beyond the end of its stream' };
}
