import { hash, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Makes the next request id: an upper-case UUIDv7, as the vendor's are. */
export type RequestIds = () => string;

/** Request ids as a server needs them: nobody can tell the next. */
export const newRequestId: RequestIds = () => v7({ random: nextRandom() }).toUpperCase();

/** Random bytes by the page: asking for 16 at a time costs 4 us, as much as everything else about a cached receipt. */
const page = Buffer.alloc(4096);
let used = page.length;

function nextRandom(): Uint8Array {
  if (used === page.length) {
    randomFillSync(page);
    used = 0;
  }
  used += 16;
  return page.subarray(used - 16, used);
}

/** Request ids that are the same in every run with the same seed and the same times; `restart` begins anew. */
export function seededRequestIds(
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
