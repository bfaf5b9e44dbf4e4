import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { start } from '../../contract/world.contract.ts';
import { openDriver, openStore, schemaVersions } from '../../open.ts';
import type { Store } from '../../store.ts';
import { StoreError } from '../sql.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-files-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function opened(path: string): Promise<Store> {
  const store = await openStore(path);
  onTestFinished(() => store.close());
  return store;
}

async function refusalOf(work: Promise<unknown>): Promise<StoreError> {
  const error = await work.then(
    (value) => `it was done: ${value}`,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

/** Expects that a database cannot be opened. Resolves with the error. */
const refused = (path: string) => refusalOf(openStore(path).then((store) => store.close()));

describe('a database file that is changed while a process has it open', () => {
  test.each<[string, (path: string) => void, RegExp]>([
    ['deleted', (path) => unlinkSync(path), /huizhi\.db was deleted or moved/],
    ['moved', (path) => renameSync(path, `${path}.away`), /huizhi\.db was deleted or moved/],
    ['replaced by a copy', replaceByCopy, /huizhi\.db was replaced by another file/],
    ['emptied', (path) => truncateSync(path), /huizhi\.db was changed by another program/],
    ['overwritten', (path) => writeFileSync(path, 'x'), /huizhi\.db was changed by another program/],
    ['in a renamed folder', (path) => renameSync(dirname(path), `${dirname(path)}.away`), /huizhi\.db was deleted or/],
    ['deleted with its log', deleteBoth, /huizhi\.db was deleted or moved/],
    ['left without its log', (path) => unlinkSync(`${path}-wal`), /huizhi\.db-wal was deleted or moved/],
    ['left with another log', (path) => replaceByCopy(`${path}-wal`), /huizhi\.db-wal was replaced/],
    ['left with an empty log', (path) => truncateSync(`${path}-wal`), /huizhi\.db-wal was changed by another program/],
  ])('because it is %s, refuses all writes with an error that says why', async (_, takeAway, message) => {
    const inner = join(folder(), 'inner');
    mkdirSync(inner);
    const path = join(inner, 'huizhi.db');
    const store = await opened(path);
    await store.ping(start);
    takeAway(path);
    for (const write of [store.ping(start + 1), store.ensureSetting('name', 'value')])
      expect(await refusalOf(write)).toMatchObject({
        reason: 'unavailable',
        message: expect.stringMatching(message),
        advice: expect.stringMatching(/\.$/),
      });
  });

  test('refuses writes while a symbolic link leads to another file, and accepts them when it leads back', async () => {
    const place = folder();
    const [link, real, other] = ['link.db', 'real.db', 'other.db'].map((name) => join(place, name)) as [
      string,
      string,
      string,
    ];
    symlinkSync(real, link);
    const store = await opened(link);
    expect(existsSync(real)).toBe(true);
    await store.ping(start);
    writeFileSync(other, '');
    retarget(link, other);
    expect((await refusalOf(store.ping(start + 1))).message).toContain('link.db was replaced by another file');
    retarget(link, real);
    await store.ensureSetting('name', 'value');
    await store.close();
    expect(await (await opened(real)).setting('name')).toBe('value');
  });

  test('accepts writes when it is back, and contains the acknowledged writes and no refused ones', async () => {
    const inner = join(folder(), 'inner');
    mkdirSync(inner);
    const path = join(inner, 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('before', 'value');
    renameSync(inner, `${inner}.away`);
    await refusalOf(store.ensureSetting('meanwhile', 'value'));
    renameSync(`${inner}.away`, inner);
    await store.ensureSetting('after', 'value');
    await store.close();
    const again = await opened(path);
    expect(await Promise.all(['before', 'meanwhile', 'after'].map((name) => again.setting(name)))).toEqual([
      'value',
      undefined,
      'value',
    ]);
  });

  test('contains all acknowledged writes when the process ends, even if it was moved', async () => {
    const place = folder();
    const path = join(place, 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('name', 'value');
    renameSync(path, join(place, 'away.db'));
    await refusalOf(store.ping(start));
    await store.close();
    expect(await (await opened(join(place, 'away.db'))).setting('name')).toBe('value');
  });

  test('does not overwrite the log of a backup at its path when it is closed', async () => {
    const place = folder();
    const path = join(place, 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('name', 'of the backup');
    for (const end of ['', '-wal']) copyFileSync(path + end, join(place, `backup${end}`));
    await store.ensureSetting('later', 'value');
    for (const end of ['', '-wal']) renameSync(join(place, `backup${end}`), path + end);
    await refusalOf(store.ping(start));
    await store.close();
    const restored = await opened(path);
    expect(await restored.setting('name')).toBe('of the backup');
    expect(await restored.setting('later')).toBeUndefined();
  });
});

function replaceByCopy(path: string): void {
  copyFileSync(path, `${path}.copy`);
  renameSync(`${path}.copy`, path);
}

function deleteBoth(path: string): void {
  for (const end of ['', '-wal']) unlinkSync(path + end);
}

function retarget(link: string, to: string): void {
  symlinkSync(to, `${link}.next`);
  renameSync(`${link}.next`, link);
}

/**
 * Copies a running database with its log, as a crash would leave them. Resolves with the copy and the store that is
 * still open.
 */
async function crashed(): Promise<{ readonly store: Store; readonly path: string }> {
  const place = folder();
  const store = await opened(join(place, 'huizhi.db'));
  await store.ensureSetting('name', 'value');
  const path = join(place, 'crashed.db');
  for (const end of ['', '-wal']) copyFileSync(join(place, `huizhi.db${end}`), path + end);
  return { store, path };
}

describe('a write-ahead log that is missing after a crash', () => {
  test.each<[string, (log: string) => void]>([
    ['deleted', unlinkSync],
    ['emptied', (log) => truncateSync(log)],
    ['filled with zeros', (log) => writeFileSync(log, Buffer.alloc(statSync(log).size))],
  ])('because it was %s, is detected, and nothing is changed', async (_, destroy) => {
    const { path } = await crashed();
    destroy(`${path}-wal`);
    const before = readFileSync(path);
    expect(await refused(path)).toMatchObject({
      reason: 'unavailable',
      message: expect.stringMatching(/not closed cleanly, and its write-ahead log .*-wal is missing or empty/),
      advice: expect.stringContaining(`huizhi migrate --accept-missing-log --database ${path}`),
    });
    await refusalOf(schemaVersions(path));
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('is accepted if the operator says so, also at later starts', async () => {
    const { path } = await crashed();
    unlinkSync(`${path}-wal`);
    const driver = await openDriver(path, { poolSize: 1, acceptMissingLog: true });
    await driver.close();
    expect(await (await opened(path)).setting('name')).toBeUndefined();
  });

  test('is not reported if it exists, whichever program opens the file first', async () => {
    const { path } = await crashed();
    expect(await schemaVersions(path)).toMatchObject({ found: expect.any(Number) });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await (await opened(path)).setting('name')).toBe('value');
  });

  test('is not reported if another program has run a checkpoint', async () => {
    const { path } = await crashed();
    const shell = new DatabaseSync(path);
    shell.exec('select count(*) from settings');
    shell.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await (await opened(path)).setting('name')).toBe('value');
  });

  test('is not reported if the process ended without closing the store', async () => {
    const path = join(folder(), 'huizhi.db');
    const open = JSON.stringify(new URL('../../open.ts', import.meta.url).href);
    const script = `const { openStore } = await import(${open});
      await (await openStore(${JSON.stringify(path)})).ensureSetting('name', 'value');
      process.exit(0);`;
    execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script]);
    expect(await (await opened(path)).setting('name')).toBe('value');
  });

  test('is detected again soon after an automatic checkpoint by SQLite', async () => {
    const place = folder();
    const [path, copy] = [join(place, 'huizhi.db'), join(place, 'copy.db')];
    const store = await opened(path);
    for (let i = 0; i < 24; i++) await store.ensureSetting(`name ${i}`, 'x'.repeat(1_000_000));
    await expect
      .poll(
        () => {
          copyFileSync(path, copy);
          return refused(copy).then(
            ({ message }) => message,
            () => 'it was opened',
          );
        },
        { timeout: 10_000 },
      )
      .toContain('write-ahead log');
  });

  test('is not reported after a clean stop', async () => {
    const path = join(folder(), 'huizhi.db');
    for (let times = 0; times < 3; times++) {
      const store = await openStore(path);
      await store.ping(start);
      await store.close();
      expect(readdirSync(dirname(path))).toEqual(['huizhi.db']);
    }
  });

  test('is detected in a copy of only the file', async () => {
    const { store } = await crashed();
    const place = folder();
    copyFileSync(String(await pathOf(store)), join(place, 'copy.db'));
    expect((await refused(join(place, 'copy.db'))).message).toContain('write-ahead log');
    const driver = await openDriver(join(place, 'copy.db'), { poolSize: 1, acceptMissingLog: true });
    expect(await driver.version()).toBeGreaterThan(0);
    await driver.close();
  });

  test('is not reported for a file of an earlier release, which has no mark', async () => {
    const path = join(folder(), 'huizhi.db');
    await (await openStore(path)).close();
    const db = new DatabaseSync(path);
    db.exec('pragma application_id = 0');
    db.close();
    await (await openStore(path)).close();
  });
});

async function pathOf(store: Store): Promise<unknown> {
  const statement = { name: 'database_list', text: 'select file from pragma_database_list' };
  return (await store.driver.one(statement))?.[0];
}

describe('a file without huizhi tables', () => {
  const withTables = (path: string, text: string) => {
    const db = new DatabaseSync(path);
    db.exec(text);
    db.close();
  };

  test.each<[string, (path: string) => void, string]>([
    ['is empty', (path) => writeFileSync(path, ''), 'is an empty file'],
    ['has no tables', (path) => withTables(path, 'pragma user_version = 0; vacuum'), 'is a database without tables'],
    ['is a copy of a first start', (path) => withTables(path, 'pragma journal_mode = wal'), 'without tables'],
    ['is of another program', (path) => withTables(path, 'create table invoices (id)'), 'has the tables invoices'],
    ['only has a schema version', (path) => withTables(path, 'pragma user_version = 6; vacuum'), 'without tables'],
  ])('because it %s, is refused and not changed', async (_, make, message) => {
    const path = join(folder(), 'some.db');
    make(path);
    const before = readFileSync(path);
    for (const refusal of [await refused(path), await refusalOf(schemaVersions(path))])
      expect(refusal).toMatchObject({ reason: 'unavailable', message: expect.stringContaining(message) });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(dirname(path))).toEqual(['some.db']);
  });
});

describe('a new file', () => {
  test('can only be read by its owner', async () => {
    const path = join(folder(), 'huizhi.db');
    await opened(path);
    for (const end of ['', '-wal']) expect(statSync(path + end).mode & 0o777).toBe(0o600);
  });

  test('that a killed process has left unfinished is completed', async () => {
    const place = folder();
    const path = join(place, 'huizhi.db');
    for (const beginning of ['', 'create table half_made (id)']) {
      const db = new DatabaseSync(`${path}-new`);
      db.exec('pragma journal_mode = wal');
      if (beginning !== '') db.exec(beginning);
      db.close();
      await (await openStore(path)).close();
      expect(readdirSync(place)).toEqual(['huizhi.db']);
      rmSync(path);
    }
  });

  test('is created by only one of two processes that start at the same time', async () => {
    const path = join(folder(), 'huizhi.db');
    const outcomes = await Promise.allSettled([openStore(path), openStore(path)]);
    const stores = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(stores).toHaveLength(1);
    await stores[0]?.close();
  });
});
