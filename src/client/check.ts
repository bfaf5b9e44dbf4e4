/** Validates arguments. A JavaScript program may pass any value; a wrong one is reported before a request is sent. */
import { refuseUnknown } from '../wire/did-you-mean.ts';

/** A rule for a member: its description in error messages, and a test for values other than undefined. */
export type Rule = readonly [what: string, isRight: (value: unknown) => boolean];

/** The rules of all members that an object may have. */
export type Rules<Names extends string = string> = Readonly<Record<Names, Rule>>;

const isString = (value: unknown) => typeof value === 'string';
const isFunction = (value: unknown) => typeof value === 'function';
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const aString: Rule = ['a string', isString];
export const aFunction: Rule = ['a function', isFunction];
export const aBoolean: Rule = ['true or false', (value) => typeof value === 'boolean'];
export const aNumber: Rule = ['a number', (value) => typeof value === 'number' && !Number.isNaN(value)];
export const anything: Rule = ['', () => true];
export const stringOrFunction: Rule = ['a string or a function', (value) => isString(value) || isFunction(value)];
export const stringOrObject: Rule = ['a string or an object', (value) => isString(value) || isObject(value)];
export const filledString: Rule = ['a non-empty string', (value) => isString(value) && value !== ''];
export const filledStrings: Rule = [
  'a non-empty string, or a list of non-empty strings',
  (value) => [value].flat().every((one) => filledString[1](one)),
];
/** Checked by its members instead of instanceof: a signal may come from another realm or a polyfill. */
export const aSignal: Rule = ['an AbortSignal', (value) => isObject(value) && 'aborted' in value];

/** Throws a TypeError if the value is not an object, has an unknown member, or a member breaks its rule. */
export function checkMembers(what: string, given: unknown, rules: Rules): void {
  refuseUnknown(what, given, Object.keys(rules));
  for (const [name, value] of Object.entries(Object(given)))
    if (value !== undefined) checkValue(`${what}: ${name}`, value, rules[name]);
}

/** Throws a TypeError that names the value if it breaks the rule. */
export function checkValue(name: string, value: unknown, rule: Rule | undefined): void {
  if (rule && !rule[1](value)) throw new TypeError(`${name} must be ${rule[0]}, not ${describeValue(value)}.`);
}

/** Describes the type of a value, not the value itself, which may be secret or long. */
function describeValue(value: unknown): string {
  if (value === undefined || value === null || value === '') return value === '' ? 'an empty string' : String(value);
  if (!Array.isArray(value)) return `of type ${typeof value}`;
  const odd = value.findIndex((one) => !filledString[1](one));
  return odd < 0 ? 'a list' : `a list with ${describeValue(value[odd])} at index ${odd}`;
}
