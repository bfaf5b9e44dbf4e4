/** Checks what a program hands over. One without types may hand over anything; what is wrong is named before a request goes out. */
import { refuseUnknown } from '../wire/did-you-mean.ts';

/** What a member must be: its description in an error, and the test of a value that is not undefined. */
export type Rule = readonly [what: string, isRight: (value: unknown) => boolean];

/** The rule of each member that an object may have. */
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
export const filledString: Rule = ['a string that is not empty', (value) => isString(value) && value !== ''];
export const filledStrings: Rule = [
  'a string that is not empty, or a list of such',
  (value) => [value].flat().every((one) => filledString[1](one)),
];
/** By its members: a signal may come from another realm or a polyfill. */
export const aSignal: Rule = ['an AbortSignal', (value) => isObject(value) && 'aborted' in value];

/** Throws a TypeError for a value that is no object, for an unknown member, and for one that breaks its rule. */
export function checkMembers(what: string, given: unknown, rules: Rules): void {
  refuseUnknown(what, given, Object.keys(rules));
  for (const [name, value] of Object.entries(Object(given)))
    if (value !== undefined) checkValue(`${what}: ${name}`, value, rules[name]);
}

/** Throws a TypeError that names the value unless it follows the rule. */
export function checkValue(name: string, value: unknown, rule: Rule | undefined): void {
  if (rule && !rule[1](value)) throw new TypeError(`${name} must be ${rule[0]}, not ${shown(value)}.`);
}

/** A kind, not the value: that may be a secret, or long. */
function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return value === '' ? 'an empty string' : String(value);
  if (!Array.isArray(value)) return `of type ${typeof value}`;
  const odd = value.findIndex((one) => !filledString[1](one));
  return odd < 0 ? 'a list' : `a list with ${shown(value[odd])} at index ${odd}`;
}
