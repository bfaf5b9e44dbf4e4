import { hash, randomFillSync } from 'node:crypto';

/** Returns random bytes for identifiers that callers see, at most 32. */
export type RandomBytes = (size: number) => Uint8Array;

const page = new Uint8Array(4096);
let used = page.length;

/**
 * Returns unpredictable bytes, copied from a page that is filled once for many calls. Measured: filling a buffer for each
 * identifier takes a twentieth of the start of an emulator.
 */
export const createRandomBytes: RandomBytes = (size) => {
  if (used + size > page.length) {
    randomFillSync(page);
    used = 0;
  }
  used += size;
  return page.slice(used - size, used);
};

/** Creates reproducible bytes: the same seed gives the same sequence. `restart` starts the sequence again. */
export function createSeededBytes(seed: string): { readonly next: RandomBytes; readonly restart: () => void } {
  let count = 0;
  return {
    next: (size) => hash('sha256', `huizhi id ${count++}\0${seed}`, 'buffer').subarray(0, size),
    restart() {
      count = 0;
    },
  };
}
