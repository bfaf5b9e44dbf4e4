import { readVersion } from '../package-root.ts';
import { printUnescaped } from './output.ts';

/** Prints the version to stdout. */
export function printVersion(): void {
  // A reader such as `head` may close the pipe early (EPIPE); that is not a failure.
  process.stdout.on('error', () => {});
  printUnescaped(`${readVersion()}\n`);
}
