/**
 * Mobile numbers. Those of mainland China are stored without their country code, as the vendor returns them; others have
 * theirs and a hyphen in front: `+852-51234567`.
 */

/** A mobile number as callers and operators write it. */
export const mobilePattern = /^(?:\+\d{1,4}-)?\d{4,20}$/;

/** The country code of mainland China. */
const homeCode = '86';

/** The prefix of a number of mainland China; without a hyphen only if the rest is a mobile number there. */
const homePrefix = /^(?:\+86-|\+?86-?(?=1\d{10}$))/;

/** Returns a mobile number as it is stored. */
export function normalizeMobile(mobile: string): string {
  return mobile.replace(homePrefix, '');
}

/** Splits a stored mobile number into its country code and the rest. */
export function splitMobile(mobile: string): { readonly stateCode: string; readonly number: string } {
  const [, stateCode = homeCode, number = mobile] = /^\+(\d+)-(\d+)$/.exec(mobile) ?? [];
  return { stateCode, number };
}
