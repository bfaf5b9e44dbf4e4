import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/options.ts';
import { ListenError, SideError } from '../server.ts';

/** Why a command failed and what to do about it, in one line. */
export function explain(error: unknown, config: Config): string {
  const reason = error instanceof Error ? error.message : String(error);
  const failed = `huizhi ${config.command} failed: ${reason.trim().replaceAll(/\s+/g, ' ')}`;
  const advice =
    error instanceof SideError ? adviceOnDatabase(error.cause, error, error.option) : adviceOnDatabase(error, config);
  if (error instanceof ListenError) return error.message;
  return advice === undefined ? failed : `${failed.replace(/\.$/, '')}. ${advice}`;
}

/** What to do about a database that cannot be used. The store knows most of it; SQLite says the same of a folder that is missing and of one that may not be written, so we look. */
export function adviceOnDatabase(
  error: unknown,
  { database }: Pick<Config, 'database'>,
  option = '--database',
): string | undefined {
  if (property(error, 'name') !== 'StoreError' || property(error, 'reason') !== 'unavailable') return undefined;
  const advice = property(error, 'advice');
  if (typeof advice === 'string' && advice !== '') return advice;
  if (database === ':memory:') return undefined;
  if (database.includes('://'))
    return `See whether the database server runs and takes this user, or correct ${option}.`;
  const folder = dirname(database);
  if (!existsSync(folder)) return adviceOnFolder(folder, option);
  const closed = [folder, database].find((path) => existsSync(path) && !writable(path));
  if (closed !== undefined) return `This user may not write ${closed}: change its permissions, or set ${option}.`;
  return existsSync(database) ? `Correct ${option}.` : `Correct ${option}: there is no such file.`;
}

/** What to do about a folder that is not there. */
export const adviceOnFolder = (folder: string, option = '--database') =>
  `The folder ${folder} does not exist: create it, or set ${option}.`;

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function property(error: unknown, name: 'advice' | 'name' | 'reason'): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}
