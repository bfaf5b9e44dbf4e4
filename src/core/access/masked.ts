/** Characters of an unknown value that are shown. */
const shown = 4;

/** A value up to this long is shown whole: no secret is as short. */
const shortest = 6;

/**
 * A value from a token call that is known to nobody, for logs. It may be a secret that was put into the wrong field, so only its beginning
 * and its length are shown, which is enough to tell an appKey from a secret.
 */
export function masked(value: string): string {
  const characters = [...value];
  if (characters.length <= shortest) return value;
  return `${characters.slice(0, shown).join('')}… (${characters.length} characters)`;
}
