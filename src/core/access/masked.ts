/** The number of characters of a masked value that are shown. */
const shown = 4;

/** Values up to this length are not masked, because no secret is that short. */
const shortest = 6;

/**
 * Masks an unknown value from a token call, for logs. It may be a secret in the wrong field, so only its first
 * characters and its length are shown. That is enough to tell an appKey from a secret.
 */
export function maskUnknown(value: string): string {
  const characters = [...value];
  if (characters.length <= shortest) return value;
  return `${characters.slice(0, shown).join('')}… (${characters.length} characters)`;
}
