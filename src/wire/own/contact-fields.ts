/** The members of users and departments that the configuration file, the console and the emulator share. */
import { z } from 'zod';
import { mobilePattern, normalizeMobile } from '../mobile.ts';
import { isCleanText } from '../text.ts';

/** A mobile number, unique in an organization. */
export const mobile = () =>
  z
    .string()
    .regex(mobilePattern, 'must be digits, with another country code in front: +852-51234567')
    .transform(normalizeMobile);

export const email = () =>
  z
    .string()
    .max(254)
    .regex(/^[^\s@\p{C}]+@[^\s@\p{C}]+$/u, 'must be an email address');

const line = (longest: number) =>
  z
    .string()
    .refine(isCleanText, 'holds a NUL character or half of a surrogate pair')
    .regex(
      new RegExp(`^(?=.*[^\\s\\p{C}])[\\P{C}\\u200c\\u200d]{1,${longest}}$`, 'u'),
      `must be 1 to ${longest} characters on one line and not blank`,
    );

export const jobNumber = () => line(64);
export const title = () => line(200);
export const departmentName = () => line(64);

/** The id of a department that is not the root. */
export const departmentId = () =>
  z.int('must be a whole number').min(2, 'must be 2 or more; 1 is the root department').max(Number.MAX_SAFE_INTEGER);

/** The id of any department; 1 is the root. */
export const anyDepartmentId = () =>
  z.int('must be a whole number').min(1, 'must be 1 or more').max(Number.MAX_SAFE_INTEGER);

/** The place of a department among those of the same parent, ascending, or of a member in a department, descending. */
export const order = () => z.int('must be a whole number').min(0, 'must not be negative').max(Number.MAX_SAFE_INTEGER);

/** Maximum number of departments of one user. */
export const maxMemberships = 100;
