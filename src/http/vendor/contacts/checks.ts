/** Checks of parameters and results that several calls share. */
import type { Found } from '../../../core/contacts/lookups.ts';
import { type Errcode, OldHostError } from '../../../wire/error-table/errcode.ts';
import { mobilePattern, normalizeMobile } from '../../../wire/mobile.ts';

/** The largest offset and page size of lists. */
const maxOffset = 100_000;
const maxSize = 100;
/** The longest text that can be an identifier, in characters. */
const maxText = 128;

/** Throws 400002 for a text that cannot be an identifier. */
export function checkText(name: string, value: string): string {
  if (value !== '' && value.length <= maxText) return value;
  throw new OldHostError(400002, value === '' ? `${name} is empty` : `${name} is longer than ${maxText} characters`);
}

/** Returns a mobile as it is stored. Throws 400002 for an empty one, and 40104 for one of another form. */
export function checkMobile(value: string): string {
  checkText('mobile', value);
  if (mobilePattern.test(value)) return normalizeMobile(value);
  throw new OldHostError(40104, 'mobile is not a number');
}

/** Throws 40068 for an offset and 40069 for a size that is out of range. */
export function checkPage(offset: number, size: number): void {
  if (offset < 0 || offset > maxOffset) throw new OldHostError(40068, `the offset is not between 0 and ${maxOffset}`);
  if (size < 1 || size > maxSize) throw new OldHostError(40069, `the size is not between 1 and ${maxSize}`);
}

/** Returns a user. Throws `missing` if there is none, and `outside` if the app may not see the user. */
export function requireUser<T>(found: Found<T>, missing: Errcode, outside: Errcode = 50002): T {
  if (found === undefined) throw new OldHostError(missing, 'the organization has no such user');
  if (found === 'outside') throw new OldHostError(outside, 'the user is outside of the contact scope of the app');
  return found;
}

/** Returns a department or its content. Throws 60003 if there is none, and 50004 if the app may not see it. */
export function requireDepartment<T>(found: Found<T>): T {
  if (found === undefined) throw new OldHostError(60003, 'the organization has no such department');
  if (found === 'outside') throw new OldHostError(50004, 'the department is outside of the contact scope of the app');
  return found;
}
