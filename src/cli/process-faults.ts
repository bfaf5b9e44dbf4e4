import type { Log } from '../log.ts';
import { report } from './output.ts';

/**
 * Decides what a fault that nothing else handled does to a server. For `dev` and `serve` only: the process of an embedded emulator belongs to
 * somebody else.
 *
 * - An unhandled rejection ends one piece of work. Durable state changes in transactions only, so the server logs it and continues.
 * - An error of a connection says that the peer is gone, and nothing about this process: log it and continue.
 * - Any other exception has cut code off in the middle, and what this process caches may be wrong. Log it and exit with 1; everything that was
 *   acknowledged is in the database, and the next start finishes what was interrupted.
 */
export function handleProcessFaults(command: string, log: Log): void {
  process.on('unhandledRejection', (reason) =>
    log.fatal({ err: errorOf(reason) }, 'unhandled rejection: the server continues'),
  );
  process.on('uncaughtException', (thrown: unknown) => {
    const err = errorOf(thrown);
    if (isConnectionError(err)) return log.fatal({ err }, 'unhandled error of a connection: the server continues');
    log.fatal({ err }, 'uncaught exception: the server exits');
    // Also for those who have switched the log off.
    report([`huizhi ${command} exits after an uncaught exception: ${err.message}`]);
    process.exit(1);
  });
}

function errorOf(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

const connectionCodes = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH']);

/** An error of reading from or writing to a socket, as node makes them. */
function isConnectionError(error: NodeJS.ErrnoException): boolean {
  return /^(?:read|write|shutdown)$/.test(error.syscall ?? '') && connectionCodes.has(error.code ?? '');
}
