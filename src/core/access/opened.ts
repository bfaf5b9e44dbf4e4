/** A bounded memory of what sealed texts turned out to be. */
export type Opened<V> = {
  get(text: string): V | undefined;
  set(text: string, value: V): void;
  clear(): void;
};

/**
 * Remembers by place: a few characters of a text say which pair of places, and what is put there pushes out what was there longest.
 * Sealed texts look like chance, so any of their characters make a good hash; a Map would hash all of a text and look it up among all
 * texts of the process first, which costs several times what comparing it does. Only what could be opened is put in, so texts that
 * somebody makes up push nothing out.
 *
 * @param pairs a power of two; twice as many texts are remembered at the most
 */
export function createOpened<V>(pairs: number): Opened<V> {
  // Taken with the first text: many an emulator in a test never sees one twice.
  let texts: (string | undefined)[] = [];
  let values: (V | undefined)[] = [];
  return {
    get(text) {
      const place = placeOf(text, pairs);
      if (texts[place] === text) return values[place];
      return texts[place + 1] === text ? values[place + 1] : undefined;
    },
    set(text, value) {
      if (texts.length === 0) {
        texts = new Array(2 * pairs).fill(undefined);
        values = new Array(2 * pairs).fill(undefined);
      }
      const place = placeOf(text, pairs);
      if (texts[place] !== text) {
        texts[place + 1] = texts[place];
        values[place + 1] = values[place];
      }
      texts[place] = text;
      values[place] = value;
    },
    clear() {
      texts = [];
      values = [];
    },
  };
}

/** Characters from the middle and from near the end: whichever order the parameters of a query have, some are of its key. */
function placeOf(text: string, pairs: number): number {
  const middle = text.length >> 1;
  const end = text.length - 12;
  let hash = 0;
  for (let i = 0; i < 3; i++) {
    hash = Math.imul(hash, 61) + text.charCodeAt(middle + i);
    hash = Math.imul(hash, 61) + text.charCodeAt(end + i);
  }
  return ((hash ^ (hash >>> 15)) & (pairs - 1)) << 1;
}
