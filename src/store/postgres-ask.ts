import type { Lane } from './postgres-pool.ts';
import type { Query, Row, Statement, Value } from './sql.ts';

/** Each statement is prepared once on each connection, and from then on named. */
export async function ask(lane: Lane, { statement, params }: Query): Promise<readonly Row[]> {
  const options = { prepare: true, simple: false };
  return rowsOf(lane, lane.sql.unsafe(textOf(statement), params.map(storable), options));
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

const texts = new WeakMap<Statement, string>();

function textOf(statement: Statement): string {
  const known = texts.get(statement);
  if (known !== undefined) return known;
  const text = statement.text.replaceAll('{locked}', 'for update');
  texts.set(statement, text);
  return text;
}

/** PostgreSQL has no text with a zero in it, so whoever asks for one asks for what is not there. */
function storable(value: Value): Value {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}
