import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Bytes that a TLS connection had received when its handshake was finished. */
const received = new WeakMap<Duplex, number>();

/** Returns the bytes that arrived on a connection before its first request: those of a TLS handshake, or none. */
export function countHandshakeBytes(socket: Duplex): number {
  return received.get(socket) ?? 0;
}

/**
 * Guards the connections of a TLS server until their handshakes are finished, which node limits to the
 * `handshakeTimeout` of the server. They count as connections: `countOpen` returns the others, and above the limit a
 * connection is destroyed, because an error response needs a finished handshake. A server that stops does not wait for
 * them.
 */
export function guardHandshakes(server: Server, countOpen: () => number, limit: number): void {
  const pending = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const peer = formatPeer(socket);
    // node destroys the socket afterwards.
    socket.on('error', () => {});
    pending.set(peer, socket);
    socket.on('close', () => pending.get(peer) === socket && pending.delete(peer));
    if (countOpen() + pending.size > limit) socket.destroy();
  });
  server.on('secureConnection', (socket: Socket) => {
    pending.delete(formatPeer(socket));
    received.set(socket, socket.bytesRead);
  });
  const sweep = () => {
    if (!server.listening) for (const socket of pending.values()) socket.destroy();
  };
  let timer: NodeJS.Timeout | undefined;
  server.on('listening', () => {
    timer = setInterval(sweep, sweepInterval).unref();
  });
  server.on('close', () => clearInterval(timer));
}

/** Milliseconds. */
const sweepInterval = 250;

/** Identifies a connection among those of a server. A TLS socket and the TCP socket below it have the same peer. */
const formatPeer = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
