import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { must, start, streamOf, type World, world } from '../contract/world.contract.ts';
import { migrations } from '../migrations/index.ts';
import { openStore, type StoreOptions } from '../open.ts';
import type { Store } from '../store.ts';
import { backUpTo } from './backup.ts';
import { readBackup, restoreFile } from './restore.ts';
import { spoolCopy } from './spool.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-backup-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function openedStore(path: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore(path, { poolSize: 1, ...options });
  onTestFinished(() => store.close());
  return store;
}

const quiet = { kinds: new Set([1]), force: false, onCopied() {}, onVerified() {} };

type Scene = World & { readonly place: string; readonly backup: string; readonly database: string };

/** A world in a file, with a place for its backup. */
async function scene(options?: Partial<StoreOptions>): Promise<Scene> {
  const place = folder();
  const database = join(place, 'huizhi.db');
  return { ...(await world(await openedStore(database, options))), place, database, backup: join(place, 'backup.db') };
}

const mebibyte = 1024 * 1024;

/** Stores as many values of 1 MiB as given, or replaces them by others. */
async function fill(store: Store, values: number, letter: string): Promise<void> {
  for (let i = 0; i < values; i++) await store.putSetting(`filler ${i}`, letter.repeat(mebibyte));
}

/** Runs a step before each chunk is used. */
async function* between(chunks: AsyncIterable<Buffer>, step: () => Promise<void>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    await step();
    yield chunk;
  }
}

async function backUp(store: Store, path: string, force = false) {
  const copy = await store.driver.copyFile();
  try {
    return await backUpTo(path, copy, { ...quiet, force });
  } finally {
    copy.close();
  }
}

describe('a backup of an open database', () => {
  test('has everything until its start, needs no log, and is for its owner only', async () => {
    const { store, corpId, users, arrive, place, backup } = await scene();
    const messageId = await arrive();
    const { bytes, findings } = await backUp(store, backup);
    expect(findings.filter(({ state }) => state === 'wrong')).toEqual([]);
    expect([statSync(backup).size, statSync(backup).mode & 0o777]).toEqual([bytes, 0o600]);
    expect(readdirSync(place).sort()).toEqual(['backup.db', 'huizhi.db', 'huizhi.db-wal']);
    const copy = await openedStore(backup);
    expect((await streamOf(copy, corpId, users.ann)).map((event) => event.messageId)).toEqual([messageId]);
  });

  test('is not changed by what is committed while it is read, and that is stored', async () => {
    const { store, corpId, users, arrive, backup, database } = await scene();
    await fill(store, 8, 'a');
    await arrive();
    const copy = await store.driver.copyFile();
    const change = async () => {
      await arrive();
      await fill(store, 8, 'b');
      await store.driver.tidy();
    };
    await backUpTo(backup, { bytes: copy.bytes, chunks: () => between(copy.chunks(), change) }, quiet);
    copy.close();
    await store.close();
    const [backedUp, left] = [await openedStore(backup), await openedStore(database)];
    expect(await streamOf(backedUp, corpId, users.ann)).toHaveLength(1);
    expect((await streamOf(left, corpId, users.ann)).length).toBeGreaterThan(8);
    for (let i = 0; i < 8; i++) {
      expect(await backedUp.setting(`filler ${i}`)).toBe('a'.repeat(mebibyte));
      expect(await left.setting(`filler ${i}`)).toBe('b'.repeat(mebibyte));
    }
  });

  test('that is read too slowly is given up, and the next one is made', async () => {
    const { store, backup, database } = await scene({ backupLogBytes: 24 * mebibyte });
    const copy = await store.driver.copyFile();
    await fill(store, 25, 'a');
    await expect(copy.chunks().next()).rejects.toMatchObject({ message: expect.stringContaining('too slowly') });
    await store.driver.tidy();
    expect(statSync(`${database}-wal`).size).toBeLessThan(24 * mebibyte);
    await backUp(store, backup);
    await store.close();
    expect(await (await openedStore(database)).setting('filler 24')).toBe('a'.repeat(mebibyte));
  });

  test('keeps no checkpoint waiting after its last byte was read', async () => {
    const { store, database } = await scene();
    const copy = await store.driver.copyFile();
    await fill(store, 4, 'a');
    await store.driver.tidy();
    expect(statSync(database).size).toBe(copy.bytes);
    for await (const _ of copy.chunks());
    await store.driver.tidy();
    expect(statSync(database).size).toBeGreaterThan(4 * mebibyte);
    await expect(copy.chunks().next()).rejects.toMatchObject({ reason: 'unavailable' });
    await expect(store.driver.copyFile()).rejects.toMatchObject({ reason: 'taken' });
    copy.close();
    (await store.driver.copyFile()).close();
  });

  test('does not replace a file without force, and leaves it whole if the new one is incomplete', async () => {
    const { store, place, backup } = await scene();
    writeFileSync(backup, 'old');
    await expect(backUp(store, backup)).rejects.toMatchObject({ reason: 'taken' });
    const copy = await store.driver.copyFile();
    const half = { bytes: copy.bytes, chunks: () => firstOf(copy.chunks()) };
    await expect(backUpTo(backup, half, { ...quiet, force: true })).rejects.toMatchObject({ reason: 'unavailable' });
    copy.close();
    expect(readFileSync(backup, 'utf8')).toBe('old');
    await backUp(store, backup, true);
    expect(statSync(backup).size).toBeGreaterThan(1000);
    expect(readdirSync(place).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('is made one at a time, and ends with the database', async () => {
    const { store } = await scene();
    const copy = await store.driver.copyFile();
    await expect(store.driver.copyFile()).rejects.toMatchObject({ reason: 'taken' });
    copy.close();
    const again = await store.driver.copyFile();
    await store.close();
    await expect(again.chunks().next()).rejects.toMatchObject({ reason: 'unavailable' });
    again.close();
  });

  test.each(['-wal', '-journal'])(
    'is not written beside a log (%s), which SQLite would replay over it',
    async (end) => {
      const { store, place, backup } = await scene();
      writeFileSync(backup, 'old');
      writeFileSync(backup + end, 'log');
      const refused = expect.objectContaining({ reason: 'taken', message: expect.stringContaining(backup + end) });
      await expect(backUp(store, backup, true)).rejects.toEqual(refused);
      rmSync(backup);
      await expect(backUp(store, backup)).rejects.toEqual(refused);
      expect(readdirSync(place).filter((name) => name.includes('part'))).toEqual([]);
      writeFileSync(backup + end, '');
      await backUp(store, backup);
    },
  );

  test('is not put beside a log that has appeared while it was written', async () => {
    const { store, backup } = await scene();
    writeFileSync(backup, 'old');
    const copy = await store.driver.copyFile();
    const appears = () => writeFileSync(`${backup}-wal`, 'log');
    const written = backUpTo(backup, copy, { ...quiet, force: true, onCopied: appears });
    await expect(written).rejects.toMatchObject({ reason: 'taken' });
    copy.close();
    expect(readFileSync(backup, 'utf8')).toBe('old');
  });

  test('is not written into a folder that does not exist', async () => {
    const { store, place } = await scene();
    await expect(backUp(store, join(place, 'none', 'backup.db'))).rejects.toMatchObject({ reason: 'unavailable' });
  });

  test('removes what a process that was killed has left, and what another machine has left for a day', async () => {
    const { store, place, backup } = await scene();
    const unfinished = () => readdirSync(place).filter((name) => name.includes('part'));
    const seen = new Set<string>();
    const note = () => {
      for (const name of unfinished()) seen.add(name);
    };
    const copy = await store.driver.copyFile();
    await backUpTo(backup, copy, { ...quiet, onCopied: note });
    copy.close();
    const [own = ''] = seen;
    expect(own).toMatch(/^backup\.db-part-[0-9a-f]{8}-\d+$/);
    // No process has this number: it is larger than the largest that Linux and macOS give.
    const killed = own.replace(/\d+$/, '99999999');
    for (const end of ['', '-wal', '-journal']) writeFileSync(join(place, killed + end), 'x');
    const others = ['0', '1'].map((digit) => own.replace(/[0-9a-f]{8}-\d+$/, `${digit.repeat(8)}-99999999`));
    for (const name of others) writeFileSync(join(place, name), 'x');
    const [fresh = '', old = ''] = others;
    utimesSync(join(place, old), 0, 0);
    await backUp(store, backup, true);
    expect(unfinished()).toEqual([fresh]);
  });

  test('of a database in memory is refused', async () => {
    const store = await openedStore(':memory:');
    await expect(store.driver.copyFile()).rejects.toMatchObject({ reason: 'unsupported' });
  });
});

describe('a copy beside the database', () => {
  test('is read at any speed while checkpoints run, and has no name', async () => {
    const { store, place, database, backup } = await scene();
    await fill(store, 8, 'a');
    const copy = await spoolCopy(await store.driver.copyFile());
    expect(readdirSync(place).sort()).toEqual(['huizhi.db', 'huizhi.db-wal']);
    await fill(store, 12, 'b');
    const tidySize = async () => {
      await store.driver.tidy();
      return statSync(database).size;
    };
    const untilCheckpoint = () => expect.poll(tidySize).toBeGreaterThan(copy.bytes);
    const chunks = between(copy.chunks(), untilCheckpoint);
    const { bytes } = await backUpTo(backup, { bytes: copy.bytes, chunks: () => chunks }, quiet);
    copy.close();
    expect(bytes).toBe(copy.bytes);
    const backedUp = await openedStore(backup);
    for (let i = 0; i < 8; i++) expect(await backedUp.setting(`filler ${i}`)).toBe('a'.repeat(mebibyte));
    (await store.driver.copyFile()).close();
  });

  test('is not made without space for it, and ends when it is closed', async () => {
    const { store, place } = await scene();
    const refused = spoolCopy(await store.driver.copyFile(), Number.MAX_SAFE_INTEGER / 2);
    await expect(refused).rejects.toMatchObject({ reason: 'full', advice: expect.stringContaining('space') });
    const copy = await spoolCopy(await store.driver.copyFile());
    copy.close();
    await expect(copy.chunks().next()).rejects.toMatchObject({ reason: 'unavailable' });
    (await store.driver.copyFile()).close();
    expect(readdirSync(place).sort()).toEqual(['huizhi.db', 'huizhi.db-wal']);
  });
});

async function* firstOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    yield chunk.subarray(0, 4096);
    return;
  }
}

describe('a restored database', () => {
  const restore = (from: string, to: string) => restoreFile(to, readBackup(from), quiet);

  test('has the data of the backup, and is for its owner only', async () => {
    const { store, corpId, users, arrive, place, backup } = await scene();
    await arrive();
    const before = await store.dump();
    await backUp(store, backup);
    const target = join(place, 'restored.db');
    const { from, to, findings } = await restore(backup, target);
    expect([from === to, findings.filter(({ state }) => state === 'wrong')]).toEqual([true, []]);
    expect(statSync(target).mode & 0o777).toBe(0o600);
    const restored = await openedStore(target);
    const after = await restored.dump();
    const { counters: _, streams: __, ...tables } = before.tables;
    expect(after.tables).toMatchObject(tables);
    expect(await streamOf(restored, corpId, users.ann)).toEqual(await streamOf(store, corpId, users.ann));
  });

  test('is an installation of its own, whose backups have other names', async () => {
    const { store, place, backup } = await scene();
    await store.putSetting('installation', 'abcd');
    await backUp(store, backup);
    await restore(backup, join(place, 'restored.db'));
    expect(await (await openedStore(join(place, 'restored.db'))).setting('installation')).toBeUndefined();
  });

  test('gives new entries numbers beyond all that followers may have', async () => {
    const { store, corpId, users, arrive, robot, app, place, backup } = await scene();
    await arrive();
    await backUp(store, backup);
    const later = [await arrive(), await arrive({ userCodes: ['cho'] })];
    const cursors = { ann: await lastOf(store, corpId, users.ann), cho: await lastOf(store, corpId, users.cho) };
    const events = must((await store.operator.eventsSince(corpId, 0, 100)).at(-1)).seq;
    const target = join(place, 'restored.db');
    await restore(backup, target);
    const restored = await openedStore(target);
    const send = { corpId, robot, appId: app.id, kind: 1, param: '{}', userCodes: ['ann', 'cho'], sentAt: start };
    const { messageId } = must(await restored.accept(send));
    await restored.settle(corpId, messageId, start);
    expect(later).not.toContain(messageId);
    for (const [user, after] of [
      [users.ann, cursors.ann],
      [users.cho, cursors.cho],
    ] as const) {
      const news = await restored.inboxes.since(corpId, user, after, 100);
      expect(news.map((event) => event.messageId)).toEqual([messageId]);
    }
    const news = await restored.operator.eventsSince(corpId, events, 100);
    expect(news.map((event) => [event.event, event.messageId])).toEqual([
      ['sent', messageId],
      ['delivered', messageId],
    ]);
  });

  test('is not made where a database is, or its log', async () => {
    const { store, place, backup, database } = await scene();
    await backUp(store, backup);
    await expect(restore(backup, database)).rejects.toMatchObject({ reason: 'taken' });
    for (const end of ['-wal', '-journal', '-new']) {
      writeFileSync(join(place, `other.db${end}`), '');
      await expect(restore(backup, join(place, 'other.db'))).rejects.toMatchObject({ reason: 'taken' });
      rmSync(join(place, `other.db${end}`));
    }
  });

  test.each<[string, (path: string) => void, RegExp]>([
    ['has lost its end', (path) => truncateSync(path, 8192), /damaged|malformed/],
    ['is text', (path) => writeFileSync(path, 'text'.repeat(100)), /no SQLite database/],
    ['is empty', (path) => truncateSync(path), /no SQLite database/],
    ['does not exist', (path) => rmSync(path), /there is no backup/],
    ['is a folder', (path) => [rmSync(path), mkdirSync(path)], /EISDIR/],
  ])('is not made of a file that %s', async (_, damage, message) => {
    const { store, place, backup } = await scene();
    await backUp(store, backup);
    damage(backup);
    const target = join(place, 'restored.db');
    const work = async () => restore(backup, target);
    await expect(work()).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(readdirSync(place).filter((name) => name.startsWith('restored'))).toEqual([]);
  });

  test('is not made of what cannot be opened, and that is no uncaught error', async () => {
    const place = folder();
    const server = createServer().listen(join(place, 'socket'));
    onTestFinished(() => void server.close());
    const chunks = readBackup(join(place, 'socket'));
    // Enough steps for the file to be opened, if it was not left for later.
    for (let i = 0; i < 10; i++) await readdir(place);
    await expect(restoreFile(join(place, 'restored.db'), chunks, quiet)).rejects.toThrow('socket');
  });

  test('is not made of the file of a running server, with or without its log', async () => {
    const { database, place, arrive } = await scene();
    await arrive();
    const copy = join(place, 'copy.db');
    for (const end of ['', '-wal']) copyFileSync(database + end, copy + end);
    const target = join(place, 'restored.db');
    expect(() => readBackup(copy)).toThrow(/has a log, .*copy\.db-wal/);
    renameSync(`${copy}-wal`, `${copy}-journal`);
    expect(() => readBackup(copy)).toThrow(/has a log, .*copy\.db-journal/);
    rmSync(`${copy}-journal`);
    await expect(restore(copy, target)).rejects.toMatchObject({ reason: 'unavailable' });
  });

  test('of an earlier schema is migrated', async () => {
    const place = folder();
    const old = join(place, 'old.db');
    writeFileSync(old, gunzipSync(readFileSync('test/upgrade/fixtures/0.1.0/sqlite.db.gz')));
    const { from, to, findings } = await restore(old, join(place, 'restored.db'));
    expect([from, to]).toEqual([6, migrations.latest]);
    expect(findings.filter(({ check }) => check === 'schema')).toMatchObject([{ state: 'ok' }]);
  });
});

async function lastOf(store: Store, corpId: number, userId: number): Promise<number> {
  return must((await streamOf(store, corpId, userId)).at(-1)).seq;
}
