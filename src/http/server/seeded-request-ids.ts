import { hash } from 'node:crypto';
import { v7 } from 'uuid';
import type { RequestIds } from './request-id.ts';

/** Creates reproducible request ids: the same seed and times give the same ids. `restart` starts the sequence again. */
export function createSeededRequestIds(
  seed: string,
  now: () => number,
): { readonly next: RequestIds; readonly restart: () => void } {
  let count = 0;
  const next = () => {
    const random = hash('sha256', `huizhi request ${count++}\0${seed}`, 'buffer').subarray(0, 16);
    return v7({ random, msecs: now() }).toUpperCase();
  };
  return {
    next,
    restart() {
      count = 0;
    },
  };
}
