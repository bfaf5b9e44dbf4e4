import { execFileSync } from 'node:child_process';
import { chownSync, linkSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hashToken } from './secrets.ts';
import { locateHandoff, readHash, writeHash } from './token-handoff.ts';

const hash = hashToken('token');
const text = `${hash}\n`;

/** A database, the path of the request next to it, and that of another file of its owner. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-handoff-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, 'huizhi.db');
  writeFileSync(database, '', { mode: 0o600 });
  const handoff = locateHandoff(database);
  return { database, handoff, path: handoff.request, own: join(folder, 'own') };
}

test('a file of the owner of the database is read', () => {
  const { handoff, path } = place();
  expect(readHash(path, handoff)).toBeUndefined();
  writeHash(path, hash, handoff);
  expect(readHash(path, handoff)).toBe(hash);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(() => writeHash(path, hash, handoff)).toThrow('EEXIST');
});

test('a path through a symbolic link leads to the same file', () => {
  const { database, path, own } = place();
  symlinkSync(database, own);
  expect(locateHandoff(own).request).toBe(path);
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
  const { handoff, path, own } = place();
  writeFileSync(own, text, { mode: 0o600 });
  provide(path, own);
  expect(readHash(path, handoff)).toBeUndefined();
});

test('a file that others can write is not read', () => {
  const { handoff, path } = place();
  const before = process.umask(0);
  writeFileSync(path, text, { mode: 0o620 });
  process.umask(before);
  expect(readHash(path, handoff)).toBeUndefined();
});

test('a file of another user is not read', (context) => {
  if (process.getuid?.() !== 0) context.skip(true, 'only root can give a file to another user');
  const { database, handoff, path } = place();
  writeFileSync(path, text, { mode: 0o600 });
  chownSync(path, 12_345, 12_345);
  expect(readHash(path, handoff)).toBeUndefined();
  // The owner is that of the database when it was opened, even if another file is in its place now.
  chownSync(database, 12_345, 12_345);
  expect(readHash(path, handoff)).toBeUndefined();
  expect(readHash(path, locateHandoff(database))).toBe(hash);
  chownSync(path, 0, 0);
  expect(readHash(path, locateHandoff(database))).toBe(hash);
});

test('a file that root writes belongs to the owner of the database', (context) => {
  if (process.getuid?.() !== 0) context.skip(true, 'only root can give a file to another user');
  const { database, path } = place();
  chownSync(database, 12_345, 12_346);
  writeHash(path, hash, locateHandoff(database));
  expect(statSync(path)).toMatchObject({ uid: 12_345, gid: 12_346 });
});
