/** Smaller chunks of a body are copied into blocks of this many bytes. */
export const blockSize = 16 * 1024;

/** Freeing fewer bytes than this is not worth the time. */
const minFreed = 1024;

/** Returns the buffer, or a copy if it is a view of larger memory, which it would prevent from being collected. */
export function copyIfShared(buffer: Buffer): Buffer {
  if (buffer.length === buffer.buffer.byteLength) return buffer;
  const copy = Buffer.allocUnsafeSlow(buffer.length);
  buffer.copy(copy);
  return copy;
}

/** Returns the first `length` bytes of a buffer that nothing else uses, and frees the memory of the rest. */
export function truncate(buffer: Buffer, length: number): Buffer {
  if (buffer.length === length) return buffer;
  const first = copyIfShared(buffer.subarray(0, length));
  freeMemory(buffer);
  return first;
}

/**
 * Copies a buffer that nothing else uses into a block at `position`, and frees its memory unless it belongs to node's
 * buffer pool.
 */
export function moveInto(block: Buffer, position: number, buffer: Buffer): void {
  buffer.copy(block, position);
  freeIfOwned(buffer);
}

/** Frees the memory of a buffer that nothing else uses, unless it is small or part of node's buffer pool. */
export function freeIfOwned(buffer: Buffer): void {
  if (buffer.length >= minFreed && buffer.length === buffer.buffer.byteLength) freeMemory(buffer);
}

/**
 * Frees memory that is no longer used; buffers on it become empty. The garbage collector would free it much later,
 * because it counts the small Buffer objects and not the memory behind them.
 */
export function freeMemory({ buffer }: Buffer): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}
