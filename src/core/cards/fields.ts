/** Reads the fields of the card calls, which are not validated before. */
import type { CardValues } from '../../store/cards/cards.ts';
import type { User } from '../../store/model.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';
import { isObject, type JsonObject } from '../../wire/json.ts';
import { maxCardKeyBytes, maxCardSize, maxCardText, maxCardValue } from '../../wire/limits.ts';
import { isCleanText } from '../../wire/text.ts';
import type { Context } from '../context.ts';

export type Fields = JsonObject;

/** Throws `param.empty` for a body without fields. */
export function refuseEmpty(body: Fields): void {
  if (Object.keys(body).length === 0) throw wireError('param.empty', { why: 'the body has no fields' });
}

export const isGiven = (value: unknown) => value !== undefined && value !== null;

/** Returns a text that must be given. Throws `code` if it is absent or blank, and `param.invalid` if it is no text. */
export function parseText(value: unknown, code: ErrorCode, what: string): string {
  if (!isGiven(value) || (typeof value === 'string' && value.trim() === ''))
    throw wireError(code, { why: `${what} is absent or blank` });
  if (typeof value === 'string' && value.length <= maxCardText && isCleanText(value)) return value;
  throw invalid(`${what} is not a text of up to ${maxCardText} characters that can be stored`);
}

/** Returns an object, or undefined if it is absent. Throws `code` for another type. */
export function parseObject(value: unknown, what: string, code: ErrorCode = 'param.invalid'): Fields | undefined {
  if (!isGiven(value)) return undefined;
  if (isObject(value)) return value;
  throw wireError(code, { why: `${what} is not an object` });
}

export function parseFlag(value: unknown, what: string, code: ErrorCode = 'param.invalid'): boolean {
  if (!isGiven(value)) return false;
  if (typeof value === 'boolean') return value;
  throw wireError(code, { why: `${what} is neither true nor false` });
}

export function invalid(why: string) {
  return wireError('param.invalid', { why });
}

export function tooLarge() {
  const why = `a variable has more than ${maxCardValue} characters, or all of a card with their names more than ${maxCardSize}`;
  return wireError('param.stream.content', { why });
}

/** Returns the variables of a `cardParamMap`; undefined if they are absent. */
export function parseParamMap(data: unknown, what: string): CardValues | undefined {
  const given = parseObject(parseObject(data, what)?.cardParamMap, `${what}.cardParamMap`);
  if (!given) return undefined;
  const values = Object.entries(given).map(([name, value]) => {
    checkName(name, `${what}.cardParamMap`);
    if (typeof value !== 'string') throw invalid(`${what}.cardParamMap.${name} is not a text`);
    return [name, cleanValue(value)] as const;
  });
  const found = Object.fromEntries(values);
  if (isTooLarge(found)) throw tooLarge();
  return found;
}

/** Throws `param.invalid` if a variable cannot have a name. */
export function checkName(name: string, what: string): void {
  if (!isCleanText(name) || Buffer.byteLength(name) > maxCardKeyBytes)
    throw invalid(`a name in ${what} is too long or cannot be stored`);
}

/** Returns the text to store: without NUL characters, and with U+FFFD for each lone surrogate. */
export function cleanValue(value: string): string {
  return value.toWellFormed().replaceAll('\0', '');
}

/** Whether a variable, or all of them together with their names, are longer than a card may have. */
export function isTooLarge(values: CardValues): boolean {
  const all = Object.entries(values);
  if (all.some(([, value]) => value.length > maxCardValue)) return true;
  return all.reduce((sum, [name, value]) => sum + name.length + value.length, 0) > maxCardSize;
}

/** How a call names people: 1 by userId, which is the default, 2 by unionId. */
export function parseUserIdType(value: unknown): 1 | 2 {
  if (!isGiven(value) || value === 1) return 1;
  if (value === 2) return 2;
  throw invalid('userIdType is neither 1 nor 2');
}

/** Finds a current user by userId or unionId. */
export async function findUser(
  { store }: Context,
  corpId: number,
  type: 1 | 2,
  id: string,
): Promise<Pick<User, 'id' | 'code'> | undefined> {
  if (type === 2) return store.contacts.find(corpId, 'unionId', id);
  return (await store.findUsers(corpId, [id]))[0];
}

/** Returns the `privateData` of a call by user number. Throws `param.userIdEmpty` and `param.userIdNotExist`. */
export async function parsePrivates(
  context: Context,
  corpId: number,
  type: 1 | 2,
  given: unknown,
): Promise<ReadonlyMap<number, CardValues>> {
  const privates = new Map<number, CardValues>();
  const people = Object.entries(parseObject(given, 'privateData') ?? {});
  if (people.length > maxPrivate) throw invalid(`privateData has more than ${maxPrivate} people`);
  for (const [id, data] of people) {
    if (id.trim() === '') throw wireError('param.userIdEmpty', { why: 'a userId in privateData is blank' });
    const user = await findUser(context, corpId, type, id);
    if (!user) throw noUser(id);
    privates.set(user.id, parseParamMap(data, 'privateData') ?? {});
  }
  return privates;
}

/** The most people whose private data one call sets. */
const maxPrivate = 100;

export function noUser(id: string) {
  return wireError('param.userIdNotExist', { why: `${id.slice(0, 100)} is not a user of the organization` });
}
