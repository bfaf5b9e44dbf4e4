import type { IncomingMessage, ServerResponse } from 'node:http';
import { huizhiError, WireError, wireError } from '../../../wire/errors.ts';
import { findHeader } from '../headers.ts';
import { type Bag, type BagItem, createUnorderedList } from './bag.ts';
import { blockSize, copyIfShared, freeIfOwned, freeMemory, moveInto, truncate } from './buffers.ts';

export type BodyLimits = {
  /** Milliseconds without a new byte after which reading a body is aborted. The total time is not limited. */
  readonly stall: number;
  /** Bytes in memory for all bodies together, until their responses have been passed to node:http. */
  readonly buffered: number;
};

export const defaultBodyLimits: BodyLimits = { stall: 15_000, buffered: 16 * 1024 * 1024 };

/** Reads request bodies into memory, within limits that they share. */
export type Bodies = {
  /**
   * Reads one body of up to `limit` bytes. Rejects with `huizhi.tooLarge`, with `huizhi.requestTimeout` if no byte
   * arrives within the stall limit, with `huizhi.busy` if all bodies need too much memory, and with `Invalidbody` if
   * the connection closes first.
   */
  read(incoming: IncomingMessage, outgoing: ServerResponse, limit: number): Promise<Buffer>;
  /**
   * Counts a body that something else has read, of `bytes` bytes, until the returned function is called. Returns
   * undefined if all bodies would need too much memory.
   */
  reserve(bytes: number): (() => void) | undefined;
  /** Returns the bytes of memory that bodies use, and how many they may use. */
  memory(): { readonly used: number; readonly limit: number };
};

/** A body that is being read. */
type Body = BagItem & {
  /** Counts up from body to body. */
  readonly number: number;
  readonly outgoing: ServerResponse;
  /** The bytes received so far. Nothing else uses the memory of these blocks. */
  blocks: Buffer[];
  /** Unused bytes at the end of the last block. */
  free: number;
  length: number;
  /** Bytes of memory that count towards `buffered`: until it is refused, or its response has been passed to node:http. */
  held: number;
  /** Ticks since the last byte. */
  idle: number;
  fail(error: WireError): void;
};

/**
 * Timer ticks in the stall limit. Counting ticks instead of milliseconds avoids timing out callers while this process
 * itself is blocked.
 */
const ticks = 8;

/**
 * Creates a reader of bodies. When the bodies exceed the memory limit, the oldest unfinished one is refused. A body
 * normally arrives within milliseconds, so the oldest belongs to the slowest caller, and callers that never finish
 * cannot block the others.
 */
export function createBodyReader({ stall, buffered }: BodyLimits): Bodies {
  const unfinished = createUnorderedList<Body>();
  const finished = createUnorderedList<Body>();
  let held = 0;
  let bodies = 0;
  let timer: NodeJS.Timeout | undefined;
  const hold = (body: Body, bytes: number) => {
    body.held += bytes;
    held += bytes;
    if (held > buffered) releaseAnswered();
    while (held > buffered && unfinished.items.length > 0) findOldest(unfinished.items)?.fail(busyError());
  };
  const release = (body: Body) => {
    finished.remove(body);
    held -= body.held;
    body.held = 0;
  };
  // A pipelined response that is queued behind another one gets its 'close' event late, or never if the connection closes.
  const releaseAnswered = () => {
    const isAnswered = ({ outgoing }: Body) => outgoing.writableEnded || outgoing.req.socket.destroyed;
    for (const body of finished.items.filter(isAnswered)) release(body);
  };
  const tick = () => {
    if (unfinished.items.length + finished.items.length === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    for (const body of [...unfinished.items]) if (++body.idle > ticks) body.fail(stallError(stall));
    releaseAnswered();
  };
  return {
    memory: () => ({ used: held, limit: buffered }),
    reserve(bytes) {
      if (held + bytes > buffered) return undefined;
      held += bytes;
      return () => {
        held -= bytes;
      };
    },
    read(incoming, outgoing, limit) {
      const refusal = findRefusal(incoming, limit);
      if (refusal) return Promise.reject(refusal);
      if (expectsContinue(incoming)) outgoing.writeContinue();
      timer ??= setInterval(tick, stall / ticks).unref();
      return readOne(incoming, outgoing, { limit, number: bodies++, unfinished, finished, hold, release });
    },
  };
}

/** Returns the body that began first. */
function findOldest(bodies: readonly Body[]): Body | undefined {
  return bodies.reduce<Body | undefined>(
    (oldest, one) => (oldest && oldest.number < one.number ? oldest : one),
    undefined,
  );
}

/** Returns the error for a body that can be refused before any of it is read. */
function findRefusal({ destroyed, rawHeaders }: IncomingMessage, limit: number): WireError | undefined {
  if (destroyed) return closedError();
  return Number(findHeader(rawHeaders, 'content-length') ?? 0) > limit ? tooLargeError(limit) : undefined;
}

/** Whether the client waits for `100 Continue` before it sends the body. */
export function expectsContinue({ rawHeaders, httpVersion }: IncomingMessage): boolean {
  return httpVersion === '1.1' && /(?:^|\W)100-continue(?:$|\W)/i.test(findHeader(rawHeaders, 'expect') ?? '');
}

type Shared = {
  readonly limit: number;
  readonly number: number;
  readonly unfinished: Bag<Body>;
  readonly finished: Bag<Body>;
  hold(body: Body, bytes: number): void;
  release(body: Body): void;
};

function readOne(incoming: IncomingMessage, outgoing: ServerResponse, shared: Shared): Promise<Buffer> {
  const { limit, number, unfinished, finished, hold, release } = shared;
  return new Promise((resolve, reject) => {
    const stop = () => {
      unfinished.remove(body);
      freeBlocks(body);
      incoming.off('data', receive).off('end', finish).off('error', fail).off('close', fail);
    };
    const fail = (error?: unknown) => {
      stop();
      release(body);
      // The rest of the body is not read; the connection closes after the response.
      incoming.pause();
      incoming.push = discard;
      reject(error instanceof WireError ? error : closedError());
    };
    const receive = (chunk: Buffer) => {
      body.idle = 0;
      if (body.length + chunk.length > limit) fail(tooLargeError(limit));
      else hold(body, append(body, chunk));
    };
    const finish = () => {
      resolve(takeWhole(body));
      stop();
      finished.add(body);
      outgoing.once('close', () => release(body));
    };
    const body: Body = { slot: -1, number, outgoing, blocks: [], free: 0, length: 0, held: 0, idle: 0, fail };
    unfinished.add(body);
    incoming.on('data', receive).on('end', finish).on('error', fail).on('close', fail);
  });
}

/** Frees what arrives after a body was refused. Returns false, so that node:http stops reading. */
function discard(chunk: unknown): boolean {
  if (Buffer.isBuffer(chunk)) freeIfOwned(chunk);
  return false;
}

/**
 * Appends a chunk and returns by how many bytes the memory of the body grew. Small chunks are copied into blocks: a
 * Buffer costs some hundred bytes, and a caller may send a body in chunks of one byte.
 */
function append(body: Body, chunk: Buffer): number {
  const { blocks, free } = body;
  const { length } = chunk;
  body.length += length;
  const last = blocks.at(-1);
  if (last && length <= free) {
    moveInto(last, last.length - free, chunk);
    body.free -= length;
    return 0;
  }
  if (last) blocks[blocks.length - 1] = truncate(last, last.length - free);
  // Most bodies are a single chunk, which is used as it is.
  const isWhole = length >= blockSize || !last;
  const block = isWhole ? copyIfShared(chunk) : Buffer.allocUnsafeSlow(blockSize);
  if (!isWhole) moveInto(block, 0, chunk);
  blocks.push(block);
  body.free = block.length - length;
  return block.length - free;
}

/**
 * Returns the whole body. A single full block is returned without a copy, and removed from `blocks` so that it is not
 * freed.
 */
function takeWhole(body: Body): Buffer {
  const { blocks, free, length } = body;
  const [only] = blocks;
  if (blocks.length !== 1 || !only || free !== 0) return Buffer.concat(blocks, length);
  body.blocks = [];
  return only;
}

/**
 * Frees the blocks at once. Otherwise a series of refused callers would leave several times the limit to the garbage
 * collector.
 */
function freeBlocks(body: Body): void {
  for (const block of body.blocks) freeMemory(block);
  body.blocks = [];
}

function busyError(): WireError {
  const reason = 'too many bodies at once';
  return huizhiError('huizhi.busy', reason, { retryAfter: 1 });
}

function closedError(): WireError {
  return wireError('Invalidbody', { why: 'the connection closed in the middle of the body' });
}

/** Returns the error `huizhi.tooLarge` for a body of more than `limit` bytes. */
export function tooLargeError(limit: number): WireError {
  const reason = `the limit is ${limit} bytes`;
  return huizhiError('huizhi.tooLarge', reason);
}

function stallError(stall: number): WireError {
  const reason = `no byte of the body arrived for ${stall / 1000} s`;
  return huizhiError('huizhi.requestTimeout', reason);
}
