import { existsSync } from 'node:fs';

/**
 * The folder of the package, with a slash at its end. Sources, built files and their chunks are at different depths, so
 * the folders above this file are searched for package.json.
 */
export const packageRoot: URL = findRoot(new URL('.', import.meta.url));

function findRoot(folder: URL): URL {
  const parent = new URL('..', folder);
  if (existsSync(new URL('package.json', folder)) || parent.href === folder.href) return folder;
  return findRoot(parent);
}
