import { measureParts } from '../media.ts';
import type { Dump } from '../model.ts';
import { columnsOf } from './dump.ts';

type Row = readonly unknown[];

/** Returns a function that reads a column of a table's rows as a number. */
function readNumber(table: string, column: string): (row: Row) => number {
  const at = columnsOf(table)?.indexOf(column) ?? -1;
  return (row) => Number(row[at]);
}

const sizeOf = readNumber('media', 'size');
const stateOf = readNumber('media', 'state');
const partOf = readNumber('media_parts', 'part');
const bytesOf = readNumber('media_usage', 'bytes');
const dataAt = columnsOf('media_parts')?.indexOf('data') ?? -1;

/** Returns the number of bytes that a base64 text stands for; undefined if it is not base64. */
function measureBase64(text: string): number | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z\d+/]*={0,2}$/.test(text)) return undefined;
  return (text.length / 4) * 3 - (text.length - text.indexOf('=')) * Number(text.includes('='));
}

/** The value of `state` of a file that is being removed: its first parts may be deleted. */
const removed = 2;

/**
 * Checks the files of a dump: each has parts without gaps, which have its size together, and each organization's usage
 * is the size of all of its files, with what is left of those that are being removed.
 *
 * @returns a description of the first problem, or undefined
 */
export function findMediaProblem({ tables }: Pick<Dump, 'tables'>): string | undefined {
  const files = Map.groupBy(tables.media ?? [], (row) => stateOf(row) === removed);
  const sizes = new Map((files.get(false) ?? []).map((row) => [keyOf(row), sizeOf(row)]));
  const left = new Set((files.get(true) ?? []).map(keyOf));
  const parts = Map.groupBy(tables.media_parts ?? [], keyOf);
  const usage = new Map<unknown, number>();
  for (const [key, rows] of parts) {
    const isLeft = left.has(key);
    const size = measureParts(rows.map(measureRow), isLeft);
    if (size === undefined || (!isLeft && size !== sizes.get(key)))
      return `media_parts: the parts of media ${key} are not its bytes`;
    const [corpId] = rows[0] ?? [];
    usage.set(corpId, (usage.get(corpId) ?? 0) + size);
  }
  const empty = [...sizes].find(([key, size]) => size > 0 && !parts.has(key));
  if (empty) return `media_parts: media ${empty[0]} has no parts`;
  return findUsageProblem(tables.media_usage ?? [], usage);
}

const keyOf = ([corpId, mediaId]: Row) => `${corpId} ${mediaId}`;

const measureRow = (row: Row) => ({ part: partOf(row), bytes: measureBase64(String(row[dataAt])) });

function findUsageProblem(rows: readonly Row[], usage: ReadonlyMap<unknown, number>): string | undefined {
  const stated = new Map(rows.map((row) => [row[0], bytesOf(row)]));
  const wrong = [...new Set([...stated.keys(), ...usage.keys()])].find(
    (corpId) => (stated.get(corpId) ?? 0) !== (usage.get(corpId) ?? 0),
  );
  return wrong === undefined ? undefined : `media_usage: the bytes of organization ${wrong} are not those of its media`;
}
