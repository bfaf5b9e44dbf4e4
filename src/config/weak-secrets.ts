/** Characters of the shortest secret that a server starts with. */
const shortest = 12;

/** Fewer different characters than this are no random text. */
const fewestDifferent = 6;

/** Texts that documentation and examples, ours and others', have in the place of a secret. */
const placeholder =
  /long-random-text|^replace|^change[-_ ]?(?:me|this)|^your[-_ ]|^example|^placeholder|^<.*>$|^\$\{?\w+\}?$/i;

/** What is wrong with a secret that somebody could guess, as the end of a sentence; undefined when nothing is. */
export function weakness(secret: string): string | undefined {
  if (placeholder.test(secret)) return `is a placeholder; ${advice}`;
  const characters = [...secret];
  if (characters.length < shortest) return `is shorter than ${shortest} characters; ${advice}`;
  if (new Set(characters).size < fewestDifferent) return `repeats a few characters; ${advice}`;
  return undefined;
}

const advice = 'put a long random text, such as openssl rand -hex 32 prints.';
