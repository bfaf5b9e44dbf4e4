import { execFileSync } from 'node:child_process';
import { chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashToken } from './secrets.ts';
import { handoffPath, readHandoff } from './token-handoff.ts';

const hash = hashToken('token');
const text = `${hash}\n`;

/** A database, the path of the file next to it, and that of another file of its owner. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-handoff-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, 'huizhi.db');
  writeFileSync(database, '', { mode: 0o600 });
  return { database, path: handoffPath(database), own: join(folder, 'own') };
}

test('a file of the owner of the database is read', () => {
  const { database, path } = place();
  expect(readHandoff(path, database)).toBeUndefined();
  writeFileSync(path, text, { mode: 0o600 });
  expect(readHandoff(path, database)).toBe(hash);
});

test('a path through a symbolic link leads to the same file', () => {
  const { database, path, own } = place();
  symlinkSync(database, own);
  expect(handoffPath(own)).toBe(path);
});

test.each<[string, (path: string, own: string) => void]>([
  ['an incomplete file', (path) => writeFileSync(path, hash, { mode: 0o600 })],
  ['an empty file', (path) => writeFileSync(path, '', { mode: 0o600 })],
  ['a text after the hash', (path) => writeFileSync(path, `${text}more`, { mode: 0o600 })],
  ['a symbolic link', (path, own) => symlinkSync(own, path)],
  ['a second name of another file', (path, own) => linkSync(own, path)],
  ['a folder', (path) => mkdirSync(path)],
  ['a named pipe', (path) => execFileSync('mkfifo', ['-m', '600', path])],
])('%s is not read', (_, provide) => {
  const { database, path, own } = place();
  writeFileSync(own, text, { mode: 0o600 });
  provide(path, own);
  expect(readHandoff(path, database)).toBeUndefined();
});

test('a file that others can write is not read', () => {
  const { database, path } = place();
  const before = process.umask(0);
  writeFileSync(path, text, { mode: 0o620 });
  process.umask(before);
  expect(readHandoff(path, database)).toBeUndefined();
});

test('a file of another user is not read', (context) => {
  if (process.getuid?.() !== 0) context.skip(true, 'only root can give a file to another user');
  const { database, path } = place();
  writeFileSync(path, text, { mode: 0o600 });
  chownSync(path, 12_345, 12_345);
  expect(readHandoff(path, database)).toBeUndefined();
  chownSync(database, 12_345, 12_345);
  expect(readHandoff(path, database)).toBe(hash);
  chownSync(path, 0, 0);
  expect(readHandoff(path, database)).toBe(hash);
});
