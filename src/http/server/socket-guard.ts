import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Gives every connection of a server an error listener of its own before anything else happens to it. node:http removes its listener when
 * it hands a socket over (CONNECT, an upgrade), and an 'error' event without a listener ends the process.
 */
export function guardSockets(server: Server): void {
  server.on('connection', (socket: Socket) => socket.on('error', ignore));
}

/** A peer that resets its connection is no fault of this process; node destroys the socket by itself. */
const ignore = () => {};
