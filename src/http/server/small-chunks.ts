import type { IncomingMessage } from 'node:http';
import { blockSize, cut, moveInto } from './buffers.ts';

/**
 * Makes the body of a request yield blocks instead of many small chunks; to be called before its first byte is parsed. node:http makes a Buffer
 * of every chunk, and keeps up to 64 KiB of them until the body is read. A caller may send chunks of one byte, each of which takes some
 * hundred bytes of memory: that would be 25 MB for one connection.
 */
export function joinSmallChunks(incoming: IncomingMessage): void {
  const push = incoming.push.bind(incoming);
  // One chunk as it came, or a block with several.
  let pending: Buffer | undefined;
  let used = 0;
  const flush = () => {
    const joined = pending && cut(pending, used);
    pending = undefined;
    used = 0;
    return joined === undefined || push(joined);
  };
  const join = (chunk: Buffer) => {
    const { length } = chunk;
    if (used + length > blockSize) flush();
    if (pending === undefined) {
      pending = chunk;
      // Not on the next tick, which comes after every chunk.
      setImmediate(flush);
    } else {
      if (pending.length < blockSize) pending = blockOf(pending);
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

function blockOf(chunk: Buffer): Buffer {
  const block = Buffer.allocUnsafeSlow(blockSize);
  moveInto(block, 0, chunk);
  return block;
}
