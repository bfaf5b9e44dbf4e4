/**
 * A bounded map for what may be kept because nobody else can change it. Two generations: when the young one is full the old one is
 * dropped, so that a hit costs one look-up and nothing is moved on the way.
 */
export type Cache<K, V> = {
  get(key: K): V | undefined;
  set(key: K, value: V): void;
  delete(key: K): void;
  clear(): void;
};

/** @param limit entries that one generation holds; up to twice as many are kept, and with 0 none */
export function createCache<K, V>(limit: number): Cache<K, V> {
  let young = new Map<K, V>();
  let old = new Map<K, V>();
  const set = (key: K, value: V) => {
    if (limit === 0) return;
    if (young.size >= limit) {
      old = young;
      young = new Map();
    }
    young.set(key, value);
  };
  const promote = (key: K) => {
    const value = old.get(key);
    if (value !== undefined) set(key, value);
    return value;
  };
  return {
    get: (key) => young.get(key) ?? promote(key),
    set,
    delete: (key) => {
      young.delete(key);
      old.delete(key);
    },
    clear: () => {
      young.clear();
      old.clear();
    },
  };
}

/** Remembers what was seen lately. */
export type Doorkeeper = {
  /** Whether this was seen before; it has been, from now on. */
  seen(key: number): boolean;
};

/**
 * Lets into a cache only what is asked for a second time: when a million keys are asked at random, none is kept, and what was made for
 * one answer dies young. The lowest bits of a number say where it is remembered, until another one comes to the same place.
 *
 * @param places a power of two
 */
export function createDoorkeeper(places: number): Doorkeeper {
  const last = new Float64Array(places);
  return {
    seen(key) {
      const place = key & (places - 1);
      if (last[place] === key) return true;
      last[place] = key;
      return false;
    },
  };
}
