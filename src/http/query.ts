import type { Parameter } from '../core/read-status.ts';

/** A query string; names and values are decoded when they are asked for. */
export type Query = {
  readonly text: string;
  /** How often a parameter was given and its (first) value; throws a URIError for a broken percent escape. */
  parameter(name: string): Parameter;
  /** The first value, or undefined. */
  get(name: string): string | undefined;
};

const absent: Parameter = { count: 0, value: '' };

/** Reads a query string without building what nobody asks for: receipts are polled more than anything else is called. */
export function readQuery(text: string): Query {
  const parameter = (name: string): Parameter => {
    let found = absent;
    for (let at = 0; at < text.length; ) {
      const end = endOf(text, at);
      const value = valueFor(text.slice(at, end), name);
      if (value !== undefined) found = { count: found.count + 1, value: found.count === 0 ? value : found.value };
      at = end + 1;
    }
    return found;
  };
  return {
    text,
    parameter,
    get(name) {
      const { count, value } = parameter(name);
      return count === 0 ? undefined : value;
    },
  };
}

function endOf(text: string, from: number): number {
  const at = text.indexOf('&', from);
  return at === -1 ? text.length : at;
}

function valueFor(pair: string, name: string): string | undefined {
  const equals = pair.indexOf('=');
  const key = equals === -1 ? pair : pair.slice(0, equals);
  if (key !== name && decode(key) !== name) return undefined;
  return equals === -1 ? '' : decode(pair.slice(equals + 1));
}

/** As forms are encoded: `+` is a space. */
function decode(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text;
  return decodeURIComponent(text.replaceAll('+', ' '));
}
