import type { IncomingMessage, ServerResponse } from 'node:http';
import { createFairTurns, type FairTurns, type Turn } from '../../../core/access/fair-turns.ts';
import { huizhiError, wireError } from '../../../wire/errors.ts';
import { expectsContinue } from './bodies.ts';
import type { BodyStream, Sender } from './body-stream.ts';
import { freeMemory } from './buffers.ts';

export type UploadLimits = {
  /** Milliseconds without a new byte after which a body is aborted. The total time is not limited. */
  readonly stall: number;
  /** Bodies that are read at the same time. Further ones wait for their turn, without being read. */
  readonly concurrent: number;
  /** The part of these that one organization may have, of that one of its apps, and of the people's part, one of them. */
  readonly share: number;
  /** Bytes per second that a body has to arrive with while others wait for its turn. */
  readonly slowest: number;
};

/** About 1.2 MiB are in memory for each upload that is being read. */
export const defaultUploadLimits: UploadLimits = { stall: 15_000, concurrent: 24, share: 0.75, slowest: 16 * 1024 };

/**
 * Reads bodies of any size as streams. Unlike `Bodies`, it counts no bytes: of a body, only what node buffers and the
 * chunk that the reader is handling are in memory, so the number of bodies that are read at a time is the limit.
 */
export type Uploads = {
  /**
   * Streams a body when its sender has a turn. Organizations get turns round-robin, and so do the apps of each and its
   * people, so that many or slow bodies of one do not delay those of others. A chunk is valid until the next one is requested. The
   * iteration throws `huizhi.tooLarge` above `limit` bytes, `huizhi.requestTimeout` if no byte arrives within the stall
   * limit, `huizhi.busy` if the body is slow while others wait for its turn, and `Invalidbody` if the connection closes
   * first. If it ends early, the rest of the body is not read.
   */
  stream(incoming: IncomingMessage, outgoing: ServerResponse, limit: number, sender: Sender): BodyStream;
};

/** A body that is being read. */
type Reading = {
  turn: Turn | undefined;
  bytes: number;
  /** Time (`performance.now()`) and bytes at the beginning of the current period, which is as long as the stall limit. */
  period: { readonly since: number; readonly bytes: number };
  /** Whether the last period brought too few bytes. */
  isSlow: boolean;
  /** Ticks since the last byte, while the reader waits for one. */
  idle: number;
  isWaiting: boolean;
  fail(error: Error): void;
};

/** Timer ticks in the stall limit; see `createBodyReader`. */
const ticks = 8;

/** Creates a reader of large bodies. */
export function createUploads({ stall, concurrent, share, slowest }: UploadLimits): Uploads {
  const readings = new Set<Reading>();
  const turns = createFairTurns(concurrent, share);
  let timer: NodeJS.Timeout | undefined;
  const tick = () => {
    if (readings.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    for (const reading of readings) {
      measurePeriod(reading, stall, slowest);
      if (reading.isWaiting && ++reading.idle > ticks) reading.fail(stallError(stall));
      else if (reading.isSlow && reading.turn?.isWanted()) reading.fail(busyError());
    }
  };
  const enter = async (reading: Reading, outgoing: ServerResponse, sender: Sender): Promise<void> => {
    reading.turn = await waitForTurn(turns, outgoing, sender);
    readings.add(reading);
    timer ??= setInterval(tick, stall / ticks).unref();
  };
  const leave = (reading: Reading) => {
    readings.delete(reading);
    reading.turn?.end();
  };
  return {
    async *stream(incoming, outgoing, limit, sender) {
      const source = createSource(incoming);
      const period = { since: performance.now(), bytes: 0 };
      const { fail } = source;
      const reading: Reading = { turn: undefined, bytes: 0, period, isSlow: false, idle: 0, isWaiting: false, fail };
      await enter(reading, outgoing, sender);
      reading.period = { since: performance.now(), bytes: 0 };
      try {
        if (expectsContinue(incoming)) outgoing.writeContinue();
        for (;;) {
          reading.isWaiting = true;
          const chunk = await source.next();
          Object.assign(reading, { isWaiting: false, idle: 0 });
          if (chunk === undefined) return;
          reading.bytes += chunk.length;
          if (reading.bytes > limit) throw huizhiError('huizhi.tooLarge', `the limit is ${limit} bytes`);
          yield chunk;
          // Otherwise the garbage collector would free it much later: it counts small Buffer objects, not their memory.
          if (chunk.length === chunk.buffer.byteLength) freeMemory(chunk);
        }
      } finally {
        source.close();
        leave(reading);
      }
    },
  };
}

/** Resolves with a turn of the sender. Rejects if the connection closes first. */
function waitForTurn(turns: FairTurns, outgoing: ServerResponse, sender: Sender): Promise<Turn> {
  const { corpId, appId, userId } = sender;
  const groups = [corpId, appId, ...(userId === undefined ? [] : [userId])].map(String);
  return new Promise((resolve, reject) => {
    if (outgoing.req.destroyed) return reject(closedError());
    const onClose = () => {
      waiting.end();
      reject(closedError());
    };
    outgoing.once('close', onClose);
    const waiting = turns.request(groups, (turn) => {
      outgoing.off('close', onClose);
      resolve(turn);
    });
  });
}

/** Compares the bytes of a period with the slowest rate when it ends. Bytes of earlier periods give no credit. */
function measurePeriod(reading: Reading, stall: number, slowest: number): void {
  const { since, bytes } = reading.period;
  const elapsed = performance.now() - since;
  if (elapsed < stall) return;
  reading.isSlow = reading.bytes - bytes < (elapsed / 1000) * slowest;
  reading.period = { since: performance.now(), bytes: reading.bytes };
}

type Source = {
  /** Resolves with the next chunk, or with undefined at the end of the body. */
  next(): Promise<Buffer | undefined>;
  fail(error: Error): void;
  close(): void;
};

function createSource(incoming: IncomingMessage): Source {
  let failure: Error | undefined = incoming.destroyed && !incoming.complete ? closedError() : undefined;
  let wake = () => {};
  const onChange = () => wake();
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const onClose = () => {
    if (!incoming.readableEnded) fail(closedError());
    else wake();
  };
  incoming.on('readable', onChange).on('end', onChange).on('close', onClose).on('error', onClose);
  return {
    async next() {
      for (;;) {
        if (failure) throw failure;
        const chunk = incoming.read() as Buffer | null;
        if (chunk !== null) return chunk;
        if (incoming.readableEnded) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    fail,
    close: () =>
      void incoming.off('readable', onChange).off('end', onChange).off('close', onClose).off('error', onClose),
  };
}

function busyError(): Error {
  return huizhiError('huizhi.busy', 'the body arrives too slowly while others wait', { retryAfter: 1 });
}

function closedError(): Error {
  return wireError('Invalidbody', { why: 'the connection closed in the middle of the body' });
}

function stallError(stall: number): Error {
  return huizhiError('huizhi.requestTimeout', `no byte of the body arrived for ${stall / 1000} s`);
}
