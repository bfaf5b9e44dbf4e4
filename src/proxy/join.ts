import { type Duplex, pipeline, type Readable, type Writable } from 'node:stream';

/** A failure ends both streams of a pipeline, so the program sees a connection that closed. */
const ignore = () => {};

/** Connects two sockets with each other until one of them ends. */
export function join(one: Duplex, other: Duplex): void {
  if (one.destroyed || other.destroyed) {
    one.destroy();
    other.destroy();
  } else {
    // A pipeline that begins and ends with the same socket adds more listeners to it than the default limit allows.
    one.setMaxListeners(20);
    pipeline(one, other, one, ignore);
  }
}

/** Sends everything that can be read to a stream. `pipeline` throws for a stream that is destroyed. */
export function pipe(from: Readable, to: Writable): void {
  if (from.destroyed || to.destroyed) {
    from.destroy();
    to.destroy();
  } else pipeline(from, to, ignore);
}
