import type { Log } from '../log.ts';
import { report } from './output.ts';

/**
 * Installs the handlers for errors that no other code caught. For `dev` and `serve` only: an embedded emulator must not
 * change the process of the program that embeds it.
 *
 * - An unhandled rejection ends one operation. Durable state changes in transactions only, so the server logs it and
 *   continues.
 * - A connection error means that the peer is gone; this process is intact. The server logs it and continues.
 * - Any other exception may have interrupted code half-way and left caches inconsistent. The server logs it and exits
 *   with 1. Everything that was acknowledged is in the database, and the next start finishes interrupted deliveries.
 */
export function handleProcessFaults(command: string, log: Log): void {
  process.on('unhandledRejection', (reason) =>
    log.fatal({ err: toError(reason) }, 'unhandled rejection: the server continues'),
  );
  process.on('uncaughtException', (thrown: unknown) => {
    const err = toError(thrown);
    if (isConnectionError(err)) return log.fatal({ err }, 'unhandled error of a connection: the server continues');
    log.fatal({ err }, 'uncaught exception: the server exits');
    // The log may be off, so the reason also goes to stderr.
    report([`huizhi ${command} exits after an uncaught exception: ${err.message}`]);
    process.exit(1);
  });
}

function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

const connectionCodes = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Whether an error comes from reading from or writing to a socket. */
function isConnectionError(error: NodeJS.ErrnoException): boolean {
  return /^(?:read|write|shutdown)$/.test(error.syscall ?? '') && connectionCodes.has(error.code ?? '');
}
