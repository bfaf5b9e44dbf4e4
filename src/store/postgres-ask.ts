import { beginOf, perDay } from './days.ts';
import type { Lane } from './postgres-pool.ts';
import type { Query, Row, Statement, Value } from './sql.ts';

/** Each statement is prepared once on each connection, and from then on named. */
export async function ask(lane: Lane, { statement, params }: Query): Promise<readonly Row[]> {
  const options = { prepare: true, simple: false };
  const text = textOf(statement, params, lane.days);
  return rowsOf(lane, lane.sql.unsafe(text, params.map(storable), options));
}

/** Runs a text without parameters. */
export async function run(lane: Lane, text: string): Promise<readonly Row[]> {
  return rowsOf(lane, lane.sql.unsafe(text).simple());
}

async function rowsOf(lane: Lane, asked: ReturnType<Lane['sql']['unsafe']>): Promise<readonly Row[]> {
  lane.asked.add(asked);
  try {
    return (await asked.values()) as unknown as readonly Row[];
  } finally {
    lane.asked.delete(asked);
  }
}

/** What the name of a day's table ends in. */
export function suffixOf(day: number): string {
  return day === 0 ? '_first' : `_${new Date(beginOf(day)).toISOString().slice(0, 10).replaceAll('-', '')}`;
}

/** A statement as the server gets it: about whatever day, and (where it is about the day of its parameter `at`) about each day. */
type Text = { readonly ofAll: string; readonly at: number | undefined; readonly ofDay: Map<number, string> };

const texts = new WeakMap<Statement, Text>();
const dayMark = /\{day \$(\d+)\}/g;

/** By its own name, a day's table costs no more than one that is alone; by the name of the whole all its days are locked and planned. */
export function textOf(statement: Statement, params: readonly Value[], days: ReadonlySet<number>): string {
  const known = texts.get(statement) ?? prepared(statement);
  if (known.at === undefined) return known.ofAll;
  const day = Math.floor(Number(params[known.at]) / perDay);
  if (!days.has(day)) return known.ofAll;
  const text = known.ofDay.get(day) ?? locked(statement).replaceAll(dayMark, suffixOf(day));
  known.ofDay.set(day, text);
  return text;
}

function prepared(statement: Statement): Text {
  const mark = dayMark.exec(statement.text)?.[1];
  dayMark.lastIndex = 0;
  const at = mark === undefined ? undefined : Number(mark) - 1;
  const text = { ofAll: locked(statement).replaceAll(dayMark, ''), at, ofDay: new Map() };
  texts.set(statement, text);
  return text;
}

const locked = ({ text }: Statement) => text.replaceAll('{locked}', 'for update');

/** PostgreSQL has no text with a zero in it, so whoever asks for one asks for what is not there. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
