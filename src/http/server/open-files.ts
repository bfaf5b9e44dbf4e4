import { readFileSync } from 'node:fs';
import type { Log } from '../../core/context.ts';

/** File descriptors reserved for the database, the web pages and connections that are being refused. */
const reserved = 64;

/**
 * Returns how many connections this process can have: `wanted`, or fewer if the limit of open files requires it, which
 * is logged. Without free descriptors the process could neither refuse a connection nor open a file.
 */
export function limitConnections(wanted: number, log: Log): number {
  const files = readOpenFilesLimit();
  const possible = Math.max(1, files - reserved);
  if (wanted <= possible) return wanted;
  log.info(
    { maxConnections: wanted, openFiles: files, connections: possible },
    'the limit of open files allows fewer connections',
  );
  return possible;
}

/**
 * Returns the soft limit, which node has raised to the hard limit; Infinity if it is unknown (only Linux has this
 * file).
 */
function readOpenFilesLimit(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
