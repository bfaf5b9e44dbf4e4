/** A seeded generator: the same numbers for the same seeds, on every machine. */
export type Random = {
  /** A whole number from 0 to `below - 1`. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** A text of lower-case letters and digits. */
  word(length: number): string;
};

/** Creates the generator of some seeds, such as the seed of a run and the index of a request. */
export function createRandom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((hash, seed) => mix(Math.imul(hash ^ (seed | 0), 0x9e3779b1)), 0x5eed);
  // Mulberry32.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('pick: the list is empty');
      return list[int(list.length)] as (typeof list)[number];
    },
    word: (length) => Array.from({ length }, () => int(36).toString(36)).join(''),
  };
}

function mix(value: number): number {
  const once = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  const twice = Math.imul(once ^ (once >>> 13), 0xc2b2ae35);
  return twice ^ (twice >>> 16);
}
