/**
 * A bounded cache of the contents of sealed texts (tokens and keys), so that a text used again need not be decrypted.
 */
export type Opened<V> = {
  get(text: string): V | undefined;
  set(text: string, value: V): void;
  clear(): void;
};

/**
 * A two-way set-associative cache: a few characters of a text select a set, and inserting evicts the older of its two
 * entries. Sealed texts look random, so any of their characters make a good hash. A Map would first hash and intern the
 * whole text, which costs several times as much as comparing it. Only texts that could be opened are inserted, so
 * forged texts evict nothing.
 *
 * @param pairs the number of sets, a power of two; the cache holds at most twice as many texts
 */
export function createOpened<V>(pairs: number): Opened<V> {
  // Allocated with the first text, because many emulators in tests never need the cache.
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

/**
 * Hashes characters from the middle and from near the end: in a query string, one of both is part of the key, whatever
 * the parameter order.
 */
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
