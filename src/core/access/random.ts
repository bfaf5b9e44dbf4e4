import { hash, randomBytes } from 'node:crypto';

/** Returns random bytes for identifiers that callers see, at most 32. */
export type RandomBytes = (size: number) => Uint8Array;

/** Returns unpredictable bytes. */
export const createRandomBytes: RandomBytes = (size) => randomBytes(size);

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
