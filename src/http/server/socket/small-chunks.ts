import type { IncomingMessage } from 'node:http';
import { blockSize, moveInto, truncate } from '../body/buffers.ts';

/**
 * Joins small chunks of a request's body into blocks; must be called before the first byte of the body is parsed.
 * node:http creates a Buffer for every chunk and buffers up to 64 KiB of chunks until the body is read. If a caller
 * sends chunks of one byte, each Buffer takes some hundred bytes, which adds up to 25 MB for one connection.
 */
export function joinSmallChunks(incoming: IncomingMessage): void {
  const push = incoming.push.bind(incoming);
  // A single chunk as received, or a block that holds several.
  let pending: Buffer | undefined;
  let used = 0;
  const flush = () => {
    const joined = pending && truncate(pending, used);
    pending = undefined;
    used = 0;
    return joined === undefined || push(joined);
  };
  const join = (chunk: Buffer) => {
    const { length } = chunk;
    if (used + length > blockSize) flush();
    if (pending === undefined) {
      pending = chunk;
      // process.nextTick would run after every chunk and join nothing.
      setImmediate(flush);
    } else {
      if (pending.length < blockSize) pending = copyToBlock(pending);
      moveInto(pending, used, chunk);
    }
    used += length;
    return incoming.readableLength < incoming.readableHighWaterMark;
  };
  incoming.push = (chunk: unknown, encoding) => {
    if (Buffer.isBuffer(chunk) && chunk.length < blockSize) return join(chunk);
    flush();
    return push(chunk, encoding);
  };
}

function copyToBlock(chunk: Buffer): Buffer {
  const block = Buffer.allocUnsafeSlow(blockSize);
  moveInto(block, 0, chunk);
  return block;
}
