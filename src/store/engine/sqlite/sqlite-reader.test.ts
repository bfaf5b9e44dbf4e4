import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openReader, openStore } from '../../open.ts';
import { sql } from '../sql.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-reader-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** Returns the content of each file of a folder. */
function contentsOf(place: string) {
  const names = readdirSync(place).sort();
  return names.map((name) => [name, readFileSync(join(place, name)).toString('base64')]);
}

const selectName = sql<[value: string]>('select_name', `select value from settings where name = 'name'`);

/** Creates a folder with a database whose last write is in its log alone, as after a kill. */
async function leaveKilled(): Promise<string> {
  const from = join(folder(), 'huizhi.db');
  const store = await openStore(from);
  onTestFinished(() => store.close());
  await store.ensureSetting('name', 'in the log');
  const place = folder();
  for (const end of ['', '-wal']) copyFileSync(from + end, join(place, `huizhi.db${end}`));
  return place;
}

test('reads what is in the log, and leaves the file and the log as they are', async () => {
  const place = await leaveKilled();
  const before = contentsOf(place);
  const reader = await openReader(join(place, 'huizhi.db'));
  expect(await reader.one(selectName)).toEqual(['in the log']);
  await reader.close();
  expect(contentsOf(place)).toEqual(before);
});

test('leaves no log beside a file that was closed', async () => {
  const place = folder();
  await (await openStore(join(place, 'huizhi.db'))).close();
  const before = contentsOf(place);
  const reader = await openReader(join(place, 'huizhi.db'));
  expect(await reader.version()).toBeGreaterThan(0);
  await reader.close();
  expect(contentsOf(place)).toEqual(before);
  expect(before.map(([name]) => name)).toEqual(['huizhi.db']);
});

test.each<[string, (path: string) => Promise<void> | void, string, RegExp]>([
  ['in use', useOn, 'locked', /is in use by another process/],
  ['of another program', replaceByForeign, 'unavailable', /is the database of another program/],
  ['that is no database', replaceByText, 'unavailable', /not a database/],
  ['without its log', (path) => unlinkSync(`${path}-wal`), 'unavailable', /is missing or empty/],
  ['that does not exist', (path) => unlinkSync(path), 'unavailable', /there is no database/],
])('refuses a file %s, and leaves it as it is', async (_, prepare, reason, message) => {
  const place = await leaveKilled();
  const path = join(place, 'huizhi.db');
  await prepare(path);
  const before = contentsOf(place);
  await expect(openReader(path)).rejects.toMatchObject({ reason, message: expect.stringMatching(message) });
  expect(contentsOf(place)).toEqual(before);
});

async function useOn(path: string): Promise<void> {
  const store = await openStore(path);
  onTestFinished(() => store.close());
}

function replaceByText(path: string): void {
  unlinkSync(`${path}-wal`);
  writeFileSync(path, 'not a database '.repeat(100));
}

function replaceByForeign(path: string): void {
  for (const end of ['', '-wal']) unlinkSync(path + end);
  const db = new DatabaseSync(path);
  db.exec('create table books (name text)');
  db.close();
}
