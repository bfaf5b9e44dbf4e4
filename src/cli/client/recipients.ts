import { UsageError } from '../../config/options.ts';
import type { ClientConfig } from '../../config/read-client.ts';
import { readLines } from '../input.ts';

/** Returns the users of `--to` and `--to-file`. Throws a UsageError if there are none. */
export async function readRecipients({ to, toFile }: Pick<ClientConfig, 'to' | 'toFile'>): Promise<readonly string[]> {
  return toFile === undefined ? to : [...to, ...(await readUserFile(toFile, '--to-file', to.length === 0))];
}

/**
 * Returns the userIds in the first column of a file, without a `userId` heading. Throws a UsageError that names `option`
 * if the file cannot be read, or if it has none and some are needed.
 */
export async function readUserFile(path: string, option: string, isNeeded: boolean): Promise<readonly string[]> {
  const lines = await readLines(path, option);
  const listed = lines.map((line) => (line.split(/[,;\t]/)[0] ?? '').trim().replace(/^"(.*)"$/, '$1'));
  const userIds = listed.filter((userId) => userId !== '' && userId.toLowerCase() !== 'userid');
  if (userIds.length > 0 || !isNeeded) return userIds;
  const source = path === '-' ? 'standard input' : JSON.stringify(path);
  throw new UsageError(`${option}: ${source} contains no userId: put one at the beginning of each line.`);
}
