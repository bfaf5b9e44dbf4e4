import { closeSync, openSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../config/options.ts';

/**
 * Creates a file that only its owner can read, and returns what writes its text. Throws a UsageError that names
 * `option` if the file exists or cannot be created.
 */
export function createFile(path: string, option: string): (text: string) => void {
  const file = create(path, option);
  return (text) => {
    try {
      writeFileSync(file, text);
    } finally {
      closeSync(file);
    }
  };
}

function create(path: string, option: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    const advice =
      code === 'EEXIST' ? 'it exists already: remove it, or name another' : `it cannot be written (${code})`;
    throw new UsageError(`${option} ${path}: ${advice}.`, { cause });
  }
}
