import { createHash } from 'node:crypto';
import { advanceNumbers } from '../backup/advance.ts';
import { isRestored, recordOrigin } from '../backup/origin.ts';
import { beatsQuery, isInUse } from '../engine/live-processes.ts';
import { type Driver, queryRows, type Row, sql, type Value, type Work } from '../engine/sql.ts';
import { migrations } from '../migrations/index.ts';
import { daily, ensureSetting, readSetting } from '../settings.ts';
import { copiedTables, countRows, type Position, readPage, type TableHash, type TableText } from './tables.ts';

/** The progress of one step of a move, in rows of all tables. */
export type MoveProgress = {
  readonly step: 'copy' | 'compare';
  readonly done: number;
  readonly total: number;
};

export type MovedTable = { readonly table: string; readonly rows: number; readonly sha256: string };

/** A move that is not possible or has failed. The message says what to do. */
class MoveError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'MoveError';
  }
}

/**
 * The setting in which a move stores its progress in the target, in the same transactions as the rows. A server does
 * not start on a database with this setting.
 */
export const moveSetting = 'move';

/** The value of the setting: the fingerprint of the source, and the last row that was copied. */
type StoredProgress = { readonly source: string; readonly table: string; readonly after: Position };

/**
 * Copies all data from one database into an empty one, and compares both afterwards. If it was interrupted, calling it
 * again resumes the copy. It does not write to the source.
 *
 * @returns the tables with the checksums of their rows, which are equal on both sides
 * @throws MoveError if the source has another schema or is in use, the target contains other data, or the copy differs
 *   from the source
 */
export async function move(
  from: Driver,
  to: Driver,
  onProgress: (progress: MoveProgress) => void,
): Promise<readonly MovedTable[]> {
  await checkSource(from);
  await to.migrate(migrations);
  return to.alone(async () => {
    const source = await fingerprint(from);
    const progress = await startOrResume(to, source);
    const counts = await Promise.all(copiedTables.map((table) => countRows(from, table)));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const createCounter = (step: MoveProgress['step'], before: number) => {
      let done = before;
      return (rows: number) => {
        done += rows;
        onProgress({ step, done, total });
      };
    };
    await copyAll(from, to, progress, createCounter('copy', await countCopied(to)));
    const moved = await compareAll(from, to, createCounter('compare', 0));
    const isDaily = from.daily || (await from.read(() => readSetting(daily))) !== undefined;
    if (isDaily && !to.daily) await to.write(() => ensureSetting(daily, '1'));
    const record = await recordOrigin(to);
    const finish = function* () {
      yield* record();
      yield* queryRows(forget, moveSetting);
    };
    // Nobody else moves the numbers of the target ahead: it now has an origin of its own.
    if (await isRestored(from)) await advanceNumbers(to, finish);
    else await to.write(finish);
    return moved;
  });
}

async function checkSource(from: Driver): Promise<void> {
  const found = await from.version();
  if (found !== migrations.latest) {
    const why = `the source has schema version ${found} and this huizhi copies version ${migrations.latest}`;
    const advice =
      found > migrations.latest
        ? 'run a newer huizhi'
        : 'bring the source up to date first, with huizhi migrate --database and its address';
    throw new MoveError(`${why}: ${advice}`);
  }
  if (await isInUse(async () => from.read(() => queryRows(selectBeats))))
    throw new MoveError('the source is in use: stop every huizhi on it first');
}

const selectBeats = sql('select_signs', beatsQuery);

const selectSettings = sql(
  'select_own_settings',
  `select name, value from settings where name <> 'touched' order by name`,
);
const selectCounters = sql('select_counters', `select corp_id, name, next from counters order by corp_id, name`);

/** Returns a fingerprint that differs between sources, and changes when a server has used the source. */
async function fingerprint(from: Driver): Promise<string> {
  const rows = [await from.read(() => queryRows(selectSettings)), await from.read(() => queryRows(selectCounters))];
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
}

const keep = sql(
  'keep_move',
  `insert into settings (corp_id, name, value) values (0, $1, $2)
   on conflict (corp_id, name) do update set value = excluded.value`,
);
const forget = sql('forget_move', `delete from settings where corp_id = 0 and name = $1`);

/** Returns the progress of an earlier run of the same move, or starts a move into an empty target. */
async function startOrResume(to: Driver, source: string): Promise<StoredProgress> {
  const text = await to.read(() => readSetting(moveSetting));
  if (text !== undefined) {
    const progress = JSON.parse(text) as StoredProgress;
    if (progress.source === source) return progress;
    throw new MoveError(
      'the target holds the beginning of a move from another database, or the source was used since: empty the target and begin again',
    );
  }
  for (const table of copiedTables) {
    if ((await countRows(to, table)) > 0)
      throw new MoveError(`the target holds other data (${table.name}): name an empty one`);
  }
  const progress = { source, table: copiedTables[0]?.name ?? '', after: copiedTables[0]?.first ?? [] };
  await to.write(() => queryRows(keep, moveSetting, JSON.stringify(progress)));
  return progress;
}

/** Counts the rows that earlier runs have copied. */
async function countCopied(to: Driver): Promise<number> {
  let rows = 0;
  for (const table of copiedTables) rows += await countRows(to, table);
  return rows;
}

async function copyAll(
  from: Driver,
  to: Driver,
  progress: StoredProgress,
  onRows: (rows: number) => void,
): Promise<void> {
  const start = copiedTables.findIndex(({ name }) => name === progress.table);
  for (const [i, table] of copiedTables.entries()) {
    if (i < start) continue;
    let after = i === start ? progress.after : table.first;
    for (;;) {
      const rows = await readPage(from, table, after);
      const last = rows.at(-1);
      if (!last) break;
      after = last.slice(0, table.key);
      const next: StoredProgress = { source: progress.source, table: table.name, after };
      await to.write(() => insertPage(table, rows, next));
      onRows(rows.length);
    }
  }
}

function* insertPage(table: TableText, rows: readonly Row[], progress: StoredProgress): Work<void> {
  yield* queryRows(table.insert(rows.length), ...(rows.flat() as readonly Value[]));
  yield* queryRows(keep, moveSetting, JSON.stringify(progress));
}

async function compareAll(from: Driver, to: Driver, onRows: (rows: number) => void): Promise<MovedTable[]> {
  const moved: MovedTable[] = [];
  for (const table of copiedTables) {
    const [here, there] = await Promise.all([hashTable(from, table, onRows), hashTable(to, table)]);
    if (here.rows !== there.rows || here.sha256 !== there.sha256) {
      const what = `${table.name}: ${here.rows} rows (${here.sha256}) in the source, ${there.rows} (${there.sha256}) in the target`;
      throw new MoveError(`the copy differs from its source, in ${what}; empty the target and begin again`);
    }
    moved.push({ table: table.name, ...here });
  }
  return moved;
}

/** Bytes as text that is the same on both engines, whose drivers return other classes for them. */
function toText(value: Value): Value {
  return value instanceof Uint8Array ? createHash('sha256').update(value).digest('hex') : value;
}

async function hashTable(driver: Driver, table: TableText, onRows?: (rows: number) => void): Promise<TableHash> {
  const hash = createHash('sha256');
  let count = 0;
  let after = table.first;
  for (;;) {
    const rows = await readPage(driver, table, after);
    const last = rows.at(-1);
    if (!last) return { rows: count, sha256: hash.digest('hex') };
    for (const row of rows) hash.update(`${JSON.stringify(row.map(toText))}\n`);
    after = last.slice(0, table.key);
    count += rows.length;
    onRows?.(rows.length);
  }
}
