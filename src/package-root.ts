import { existsSync, readFileSync } from 'node:fs';

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

/** Returns the version of the package, from its package.json. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : 'unknown';
}
