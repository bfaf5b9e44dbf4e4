import { OldHostError } from '../../wire/error-table/errcode.ts';
import { isObject, type JsonObject, parseJson } from '../../wire/json.ts';
import { readJsonObject } from '../server/body/json-body.ts';
import type { Call } from '../server/call.ts';
import { findValidParameter } from '../server/query.ts';

/**
 * How a parameter of the old host is read. Numbers, booleans and objects may arrive as text, because the official
 * SDKs send every value as a string; a `list` is a JSON array or text with commas, an `object` JSON or its text.
 */
export type ParameterKind = 'text' | 'number' | 'boolean' | 'list' | 'object';

/** The parameters of a call, in the order in which they are checked. Others are ignored. */
export type ParameterTable = Readonly<Record<string, { readonly kind: ParameterKind; readonly required?: true }>>;

type Values = {
  readonly text: string;
  readonly number: number;
  readonly boolean: boolean;
  readonly list: readonly string[];
  readonly object: JsonObject;
};

/** The values of the parameters of a table; those that are not required may be undefined. */
export type Given<T extends ParameterTable> = {
  readonly [name in keyof T]: Values[T[name]['kind']] | (T[name] extends { required: true } ? never : undefined);
};

/**
 * Reads the parameters of a call from the query and from the body, which may be a form or JSON; the body wins. Throws
 * 40 for a required parameter that is absent, 41 for one of the wrong type, and 40035 for a body that cannot be read.
 */
export async function readParameters<T extends ParameterTable>(call: Call, table: T): Promise<Given<T>> {
  return parseParameters(call, call.method === 'GET' ? '' : await call.body(), table);
}

/** Like `readParameters`, for a call whose body has been read. */
export function parseParameters<T extends ParameterTable>(call: CallHead, body: string, table: T): Given<T> {
  const values = { ...readForm(call.query), ...readBody(call, body) };
  const names = Object.keys(table);
  const absent = names.find((name) => table[name]?.required && isAbsent(values[name]));
  if (absent !== undefined) throw missingError(absent);
  return Object.fromEntries(
    names.map((name) => [name, isAbsent(values[name]) ? undefined : parseValue(table, name, values[name])]),
  ) as Given<T>;
}

/** Reads one text parameter of a form body, or undefined if the body is not a form or lacks it. */
export async function readFormField(call: Call, name: string): Promise<string | undefined> {
  if (!isForm(call)) return undefined;
  const { count, value } = findValidParameter(await call.body(), name);
  return count === 1 ? value : undefined;
}

/** What the parameters of a call depend on, besides its body. */
type CallHead = Pick<Call, 'query' | 'header'>;

function isForm(call: CallHead): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(call.header('content-type') ?? '');
}

/** If the content type names neither, a body that starts with a brace is parsed as JSON, any other as a form. */
function readBody(call: CallHead, text: string): JsonObject {
  if (text.trim() === '') return {};
  const isJson = !isForm(call) && (/json/i.test(call.header('content-type') ?? '') || text.trimStart().startsWith('{'));
  return isJson ? readJsonObject(text, undefined) : readForm(text);
}

/** A name that is given twice has an array as its value, which no kind but `list` accepts. */
function readForm(text: string): JsonObject {
  const values = new Map<string, string[]>();
  for (const [name, value] of decodePairs(text)) {
    const known = values.get(name);
    if (known) known.push(value);
    else values.set(name, [value]);
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, all.length === 1 ? all[0] : all]));
}

function decodePairs(text: string): readonly (readonly [string, string])[] {
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '));
  try {
    return text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const mark = pair.indexOf('=');
        return mark === -1 ? [decode(pair), ''] : [decode(pair.slice(0, mark)), decode(pair.slice(mark + 1))];
      });
  } catch (cause) {
    throw new OldHostError(40035, 'a percent escape is broken', { cause });
  }
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

function parseValue(table: ParameterTable, name: string, value: unknown): unknown {
  const parsed = parsers[table[name]?.kind ?? 'text'](value);
  if (parsed === undefined) {
    throw new OldHostError(41, `${name} is not a valid ${table[name]?.kind}`, { fill: { name } });
  }
  return parsed;
}

/** Each returns undefined for a value that is not of its kind. */
const parsers: { readonly [kind in ParameterKind]: (value: unknown) => Values[kind] | undefined } = {
  text: parseText,
  number: (value) => {
    const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
    return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
  },
  boolean: (value) => {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  },
  list: (value) => {
    const items = typeof value === 'string' ? parseList(value) : value;
    if (!Array.isArray(items)) return undefined;
    const texts = items.map(parseText).filter((item) => item !== undefined);
    return texts.length === items.length ? texts : undefined;
  },
  object: (value) => parseObject(value, 2),
};

function parseText(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && !value.includes('\0') && value.isWellFormed() ? value : undefined;
}

function parseList(text: string): unknown {
  if (text.startsWith('[')) return parseJson(text);
  return text === '' ? [] : text.split(',').map((item) => item.trim());
}

/** @param depth how often text inside of the text is parsed: some clients send JSON as a JSON string */
function parseObject(value: unknown, depth: number): JsonObject | undefined {
  if (typeof value === 'string') return depth === 0 ? undefined : parseObject(parseJson(value), depth - 1);
  return isObject(value) ? value : undefined;
}

function missingError(name: string): OldHostError {
  return new OldHostError(40, `there is no parameter ${name}`, { fill: { name } });
}
