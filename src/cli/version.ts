import { readFileSync } from 'node:fs';
import { packageRoot } from '../package-root.ts';
import { printUnescaped } from './output.ts';

/** Returns the version of the package, from its package.json. */
export function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  return typeof manifest === 'object' && manifest && 'version' in manifest ? String(manifest.version) : 'unknown';
}

/** Prints the version to stdout. */
export function printVersion(): void {
  // A reader such as `head` may close the pipe early (EPIPE); that is not a failure.
  process.stdout.on('error', () => {});
  printUnescaped(`${readVersion()}\n`);
}
