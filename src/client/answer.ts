/** Checks answers against what the API documents. The client has no dependencies, so this is done without a schema library. */
import { isObject } from './check.ts';
import { ConnectionError } from './errors.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The answer of one call. */
export type Answer = {
  readonly fields: Fields;
  readonly headers: Headers;
  /** When the server answered, by its own clock if it tells, in epoch milliseconds. */
  readonly time: number;
  readonly status: number;
  readonly requestId: string | undefined;
};

/** Reads the members of an object in an answer. Each function throws a ConnectionError that names the member if it is something else. */
export type Reader = {
  text(name: string): string;
  /** Empty when it is absent or null. */
  optionalText(name: string): string;
  /** An absent list is empty: some servers leave empty lists out, others answer null. */
  texts(name: string): readonly string[];
  objects(name: string): readonly Reader[];
  /** The members of an object of texts; none when it is absent. */
  textsByName(name: string): ReadonlyMap<string, string>;
  /** A number, or digits as text; undefined when it is absent. */
  number(name: string): number | undefined;
  /** The error of an answer that makes no sense for the reason given. */
  invalid(reason: string): ConnectionError;
};

/** A reader of the whole answer; `call` names it in errors. */
export function readerOf(call: string, { fields, requestId, status }: Answer): Reader {
  const invalid = (reason: string) =>
    new ConnectionError('invalidAnswer', `${call} was answered with ${reason}`, { requestId, status });
  return createReader(fields, '', invalid);
}

function createReader(fields: Fields, at: string, invalid: (reason: string) => ConnectionError): Reader {
  const wrong = (name: string, expected: string) => invalid(`${at}${name} that is not ${expected}`);
  const text = (value: unknown, name: string) => {
    if (typeof value === 'string') return value;
    throw wrong(name, 'a string');
  };
  const list = (name: string): readonly unknown[] => {
    const value = fields[name] ?? [];
    if (Array.isArray(value)) return value;
    throw wrong(name, 'a list');
  };
  const object = (value: unknown, name: string): Fields => {
    if (isObject(value)) return value;
    throw wrong(name, 'an object');
  };
  return {
    invalid,
    text: (name) => text(fields[name], name),
    optionalText: (name) => text(fields[name] ?? '', name),
    texts: (name) => list(name).map((value, i) => text(value, `${name}[${i}]`)),
    objects: (name) =>
      list(name).map((value, i) => createReader(object(value, `${name}[${i}]`), `${at}${name}[${i}].`, invalid)),
    textsByName: (name) =>
      new Map(Object.entries(object(fields[name] ?? {}, name)).map(([key, value]) => [key, text(value, name)])),
    number(name) {
      const value = fields[name] ?? undefined;
      if (value === undefined) return undefined;
      const number = typeof value === 'number' ? value : /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN;
      if (Number.isFinite(number)) return number;
      throw wrong(name, 'a number');
    },
  };
}
