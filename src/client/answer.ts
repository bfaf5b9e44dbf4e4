/** Validates responses against the documented API. The client has no dependencies, so it uses no schema library. */
import { isObject } from './check.ts';
import { ConnectionError } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The successful response of one call; `fields` is its JSON body. */
export type Answer = {
  readonly fields: Fields;
  readonly headers: Headers;
  /** When the server answered, by its own clock if it tells, in epoch milliseconds. */
  readonly time: number;
  readonly status: number;
  readonly requestId: string | undefined;
};

/**
 * Reads the members of a JSON object in a response. Each function throws a ConnectionError that names a member of the
 * wrong type.
 */
export type Reader = {
  text(name: string): string;
  /** A string; empty if the member is absent or null. */
  optionalText(name: string): string;
  /** A list of strings; empty if the member is absent or null, since servers omit empty lists or return null. */
  texts(name: string): readonly string[];
  /** A list of numbers; empty if the member is absent or null. */
  numbers(name: string): readonly number[];
  /** Returns a Reader for each object of the list; empty if the member is absent or null. */
  objects(name: string): readonly Reader[];
  /** An object whose values are strings; empty if the member is absent or null. */
  textsByName(name: string): ReadonlyMap<string, string>;
  /** An object whose values are lists of strings; empty if the member is absent or null. */
  textListsByName(name: string): ReadonlyMap<string, readonly string[]>;
  /** An object, as a reader. */
  object(name: string): Reader;
  /** A number, or a string of digits as a number; undefined if the member is absent or null. */
  number(name: string): number | undefined;
  /** Creates the error for an invalid response; the message ends with `reason`. */
  invalid(reason: string): ConnectionError;
};

/** Creates a reader of a response body; errors name the call as `call`. */
export function createAnswerReader(call: string, { fields, requestId, status }: Answer): Reader {
  const invalid = (reason: string) =>
    new ConnectionError('invalidAnswer', `${call} returned ${reason}`, { requestId, status });
  return createFieldReader(fields, '', invalid);
}

function createFieldReader(fields: Fields, at: string, invalid: (reason: string) => ConnectionError): Reader {
  const createError = (name: string, expected: string) => invalid(`${at}${name}, which is not ${expected}`);
  const text = (value: unknown, name: string) => {
    if (typeof value === 'string') return value;
    throw createError(name, 'a string');
  };
  const number = (value: unknown, name: string) => {
    const found = typeof value === 'number' ? value : /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
    if (Number.isFinite(found)) return found;
    throw createError(name, 'a number');
  };
  const list = (name: string): readonly unknown[] => {
    const value = fields[name] ?? [];
    if (Array.isArray(value)) return value;
    throw createError(name, 'a list');
  };
  const object = (value: unknown, name: string): Fields => {
    if (isObject(value)) return value;
    throw createError(name, 'an object');
  };
  return {
    invalid,
    text: (name) => text(fields[name], name),
    optionalText: (name) => text(fields[name] ?? '', name),
    texts: (name) => list(name).map((value, i) => text(value, `${name}[${i}]`)),
    numbers: (name) => list(name).map((value, i) => number(value, `${name}[${i}]`)),
    objects: (name) =>
      list(name).map((value, i) => createFieldReader(object(value, `${name}[${i}]`), `${at}${name}[${i}].`, invalid)),
    textsByName: (name) =>
      new Map(Object.entries(object(fields[name] ?? {}, name)).map(([key, value]) => [key, text(value, name)])),
    textListsByName(name) {
      const lists = object(fields[name] ?? {}, name);
      const reader = createFieldReader(lists, `${at}${name}.`, invalid);
      return new Map(Object.keys(lists).map((key) => [key, reader.texts(key)]));
    },
    object: (name) => createFieldReader(object(fields[name], name), `${at}${name}.`, invalid),
    number: (name) => (fields[name] === undefined || fields[name] === null ? undefined : number(fields[name], name)),
  };
}
