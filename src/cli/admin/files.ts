import { appendFileSync, closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../config/options.ts';

/** A new file, which is either written, at once or in parts with a close, or discarded. */
export type NewFile = { append(text: string): void; close(): void; write(text: string): void; discard(): void };

/**
 * Creates a file that only its owner can read. Throws a UsageError that names `option` if the file exists or cannot be
 * created.
 */
export function createFile(path: string, option: string): NewFile {
  const file = create(path, option);
  return {
    append: (text) => appendFileSync(file, text),
    close: () => closeSync(file),
    write(text) {
      try {
        writeFileSync(file, text);
      } finally {
        closeSync(file);
      }
    },
    discard() {
      closeSync(file);
      rmSync(path, { force: true });
    },
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
