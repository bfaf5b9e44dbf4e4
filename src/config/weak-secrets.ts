/** Minimum length of a secret, in characters. */
const shortest = 12;

/** A random secret has at least this many different characters. */
const fewestDifferent = 6;

/** Placeholders for secrets in the documentation and examples of huizhi and of other programs. */
const placeholder =
  /long-random-text|^replace|^change[-_ ]?(?:me|this)|^your[-_ ]|^example|^placeholder|^<.*>$|^(?:0123456789abcdef)+$|^\$\{?\w+\}?$/i;

/** Returns why a secret is easy to guess, as the end of a sentence; undefined for a strong one. */
export function describeWeakness(secret: string): string | undefined {
  if (placeholder.test(secret)) return `is a placeholder; ${advice}`;
  const characters = [...secret];
  if (characters.length < shortest) return `is shorter than ${shortest} characters; ${advice}`;
  if (new Set(characters).size < fewestDifferent) return `repeats a few characters; ${advice}`;
  return undefined;
}

const advice = 'use a long random text, such as the output of openssl rand -hex 32.';
