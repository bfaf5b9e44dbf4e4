/**
 * Returns an email address in lower case. The Kelvin sign (U+212A) stays as it is: its lower case is the letter k, so that
 * the address of somebody else would be equal to one with this letter.
 */
export function foldEmail(email: string): string {
  return email.replaceAll(/[^\u212a]+/g, (part) => part.toLowerCase());
}
