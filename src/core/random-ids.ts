import { hash, randomBytes } from 'node:crypto';

/**
 * Draws the bytes of an id that cannot be guessed.
 *
 * @param what names the object, such as `chat 7`; a seeded emulator draws the same bytes for the same name
 * @param size at most 32
 */
export type Draw = (what: string, size: number) => Buffer;

/** Creates a source of random bytes or, with a seed, of bytes that are the same in every run. */
export function createDraw(seed?: string): Draw {
  if (seed === undefined) return (_, size) => randomBytes(size);
  return (what, size) => hash('sha256', `huizhi ${what}\0${seed}`, 'buffer').subarray(0, size);
}
