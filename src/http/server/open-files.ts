import { readFileSync } from 'node:fs';
import type { Log } from '../../core/context.ts';

/** Descriptors that stay free for the database, the web pages and connections that are being refused. */
const reserved = 64;

/**
 * How many connections a process can really have: `wanted`, or what its limit of open files leaves. With descriptors used up it could neither
 * refuse anybody nor open a file.
 */
export function connectionsWithin(wanted: number, log: Log): number {
  const files = openFilesLimit();
  const possible = Math.max(1, files - reserved);
  if (wanted <= possible) return wanted;
  log.info(
    { maxConnections: wanted, openFiles: files, connections: possible },
    'the limit of open files allows fewer connections',
  );
  return possible;
}

/** The soft limit, which node has raised to the hard one; Infinity where it cannot be told (Linux alone tells it in a file). */
function openFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
