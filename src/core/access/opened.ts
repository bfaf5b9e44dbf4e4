/**
 * A bounded cache of the contents of sealed texts (tokens and keys), so that a text used again need not be decrypted.
 */
export type OpenedCache<V> = {
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
export function createOpenedCache<V>(pairs: number): OpenedCache<V> {
  // Allocated with the first text, because many emulators in tests never need the cache.
  let texts: (string | undefined)[] = [];
  let values: (V | undefined)[] = [];
  return {
    get(text) {
      const slot = slotOf(text, pairs);
      if (texts[slot] === text) return values[slot];
      return texts[slot + 1] === text ? values[slot + 1] : undefined;
    },
    set(text, value) {
      if (texts.length === 0) {
        texts = new Array(2 * pairs).fill(undefined);
        values = new Array(2 * pairs).fill(undefined);
      }
      const slot = slotOf(text, pairs);
      if (texts[slot] !== text) {
        texts[slot + 1] = texts[slot];
        values[slot + 1] = values[slot];
      }
      texts[slot] = text;
      values[slot] = value;
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
function slotOf(text: string, pairs: number): number {
  const middle = text.length >> 1;
  const end = text.length - 12;
  let hash = 0;
  for (let i = 0; i < 3; i++) {
    hash = Math.imul(hash, 61) + text.charCodeAt(middle + i);
    hash = Math.imul(hash, 61) + text.charCodeAt(end + i);
  }
  return ((hash ^ (hash >>> 15)) & (pairs - 1)) << 1;
}
