import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config } from '../config/options.ts';

/** Why a command failed and what to do about it, in one line. */
export function explain(error: unknown, config: Config): string {
  const reason = error instanceof Error ? error.message : String(error);
  const failed = `huizhi ${config.command} failed: ${reason.trim().replaceAll(/\s+/g, ' ')}`;
  const advice = adviceOnDatabase(error, config);
  return aboutListening(error, config) ?? (advice === undefined ? failed : `${failed}. ${advice}`);
}

function aboutListening(error: unknown, { host, port }: Config): string | undefined {
  const free = 'choose another with --port (0 picks a free one)';
  const code = property(error, 'code');
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is taken: stop the program that listens there, or ${free}.`;
  if (code === 'EACCES' && property(error, 'syscall') === 'listen')
    return `This user may not listen on port ${port} of ${host}: ports below 1024 are often for the administrator, so ${free}.`;
  if (code === 'EADDRNOTAVAIL')
    return `${host} is no address of this machine: set --host to one of its own, or to 0.0.0.0.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `The host name ${host} cannot be resolved: set --host to an address.`;
  return undefined;
}

/** What to do about a database that cannot be used. The store knows most of it; SQLite says the same of a folder that is missing and of one that may not be written, so we look. */
export function adviceOnDatabase(error: unknown, { database }: Config): string | undefined {
  if (property(error, 'name') !== 'StoreError' || property(error, 'reason') !== 'unavailable') return undefined;
  const advice = property(error, 'advice');
  if (typeof advice === 'string' && advice !== '') return advice;
  if (database === ':memory:') return undefined;
  if (database.includes('://'))
    return 'See whether the database server runs and takes this user, or correct --database.';
  const folder = dirname(database);
  if (!existsSync(folder)) return adviceOnFolder(folder);
  const closed = [folder, database].find((path) => existsSync(path) && !writable(path));
  if (closed !== undefined) return `This user may not write ${closed}: change its permissions, or set --database.`;
  return 'Correct --database.';
}

/** What to do about a folder that is not there. */
export const adviceOnFolder = (folder: string) => `The folder ${folder} does not exist: create it, or set --database.`;

function writable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function property(error: unknown, name: 'advice' | 'code' | 'name' | 'reason' | 'syscall'): unknown {
  return error instanceof Error ? Reflect.get(error, name) : undefined;
}
