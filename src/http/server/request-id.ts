import { hash, randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

/** Makes the next request id: an upper-case UUIDv7, as the vendor's are. */
export type RequestIds = () => string;

/**
 * Request ids as a server needs them: nobody can predict the next. RFC 9562: 48 bits of time, the version, 12 bits, the variant, 62 bits.
 *
 * They are pieces of a page of random digits. What that buys: 10 random bytes for each id cost 1.5 us, and joining sixteen bytes another 0.5;
 * a piece of the page costs 0.1.
 */
export const newRequestId: RequestIds = () => {
  if (used + digitsOfOne > digits.length) refill();
  const at = used;
  used += digitsOfOne;
  const variant = variants[digits.charCodeAt(at + 3)] ?? '8';
  return `${timePart(Date.now())}${digits.slice(at, at + 3)}-${variant}${digits.slice(at + 4, at + 7)}-${digits.slice(at + 7, at + 19)}`;
};

/** By the code of a digit: two bits that are always the same, and two of its own. */
const variants: string[] = [];
for (let i = 0; i < 16; i++) variants['0123456789ABCDEF'.charCodeAt(i)] = '89AB'[i & 3] ?? '8';

const page = Buffer.alloc(4000);
const digitsOfOne = 19;
let digits = '';
let used = 0;

function refill(): void {
  digits = randomFillSync(page).toString('hex').toUpperCase();
  used = 0;
}

let partTime = -1;
let part = '';

/** The time with the version behind it, which stay the same for a millisecond. */
function timePart(time: number): string {
  if (time !== partTime) {
    const text = time.toString(16).toUpperCase().padStart(12, '0');
    part = `${text.slice(0, 8)}-${text.slice(8)}-7`;
    partTime = time;
  }
  return part;
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
