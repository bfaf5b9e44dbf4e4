/** Smaller pieces of a body are copied together into blocks of this size, in bytes. */
export const blockSize = 16 * 1024;

/** To free fewer bytes costs more time than it saves memory. */
const leastFreed = 1024;

/** Returns a buffer that is no part of a larger one, which it would keep in memory: the same one, or a copy. */
export function unshared(buffer: Buffer): Buffer {
  if (buffer.length === buffer.buffer.byteLength) return buffer;
  const copy = Buffer.allocUnsafeSlow(buffer.length);
  buffer.copy(copy);
  return copy;
}

/** Returns the first bytes of a buffer that nothing else uses, without the memory of the rest. */
export function cut(buffer: Buffer, length: number): Buffer {
  if (buffer.length === length) return buffer;
  const first = unshared(buffer.subarray(0, length));
  freeMemory(buffer);
  return first;
}

/** Copies a buffer that nothing else uses into a block, and frees its memory, if that is not a part of node's pool. */
export function moveInto(block: Buffer, position: number, buffer: Buffer): void {
  buffer.copy(block, position);
  if (buffer.length >= leastFreed && buffer.length === buffer.buffer.byteLength) freeMemory(buffer);
}

/**
 * Frees memory that nothing uses any more, and leaves its buffers empty. The garbage collector would free it much later: it sees small
 * objects, not the many bytes that each stands for.
 */
export function freeMemory({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
