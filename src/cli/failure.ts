import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/options.ts';
import { ListenError, SideError, TlsError } from '../server.ts';

/** Describes on one line why a command failed and what to do about it. */
export function describeCommandError(error: unknown, config: Config): string {
  const reason = error instanceof Error ? error.message : String(error);
  const failed = `huizhi ${config.command} failed: ${reason.trim().replaceAll(/\s+/g, ' ')}`;
  const advice =
    error instanceof SideError ? adviseOnDatabase(error.cause, error, error.option) : adviseOnDatabase(error, config);
  if (error instanceof ListenError || error instanceof TlsError) return error.message;
  return advice === undefined ? failed : `${failed.replace(/\.$/, '')}. ${advice}`;
}

/**
 * Returns what to do about a StoreError whose database cannot be used; undefined for other errors. Most of these errors
 * carry their own advice. SQLite reports a missing folder and a read-only one with the same code, so this function
 * checks the file system.
 */
export function adviseOnDatabase(
  error: unknown,
  { database }: Pick<Config, 'database'>,
  option = '--database',
): string | undefined {
  if (readProperty(error, 'name') !== 'StoreError') return undefined;
  const advice = readProperty(error, 'advice');
  if (typeof advice === 'string' && advice !== '') return advice;
  if (readProperty(error, 'reason') !== 'unavailable') return undefined;
  if (database === ':memory:') return undefined;
  if (database.includes('://'))
    return `Check that the database server is running and accepts this user, or correct ${option}.`;
  const folder = dirname(database);
  if (!existsSync(folder)) return adviseOnFolder(folder, option);
  const closed = [folder, database].find((path) => existsSync(path) && !isWritable(path));
  if (closed !== undefined) return `This user cannot write to ${closed}: change its permissions, or set ${option}.`;
  return existsSync(database) ? `Correct ${option}.` : `Correct ${option}: the file does not exist.`;
}

/** What to do about a missing folder. */
export const adviseOnFolder = (folder: string, option = '--database') =>
  `The folder ${folder} does not exist: create it, or set ${option}.`;

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function readProperty(error: unknown, name: 'advice' | 'name' | 'reason'): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}
