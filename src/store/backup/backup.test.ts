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
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { must, start, streamOf, type World, world } from '../contract/world.contract.ts';
import { migrations } from '../migrations/index.ts';
import { openStore } from '../open.ts';
import type { Store } from '../store.ts';
import { backUpTo } from './backup.ts';
import { readBackup, restoreFile } from './restore.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-backup-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

async function openedStore(path: string): Promise<Store> {
  const store = await openStore(path);
  onTestFinished(() => store.close());
  return store;
}

const quiet = { kinds: new Set([1]), force: false, onCopied() {}, onVerified() {} };

/** A world in a file, with a place for its backup. */
async function scene(): Promise<
  World & { readonly place: string; readonly backup: string; readonly database: string }
> {
  const place = folder();
  const database = join(place, 'huizhi.db');
  return { ...(await world(await openedStore(database))), place, database, backup: join(place, 'backup.db') };
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
    await arrive();
    const copy = await store.driver.copyFile();
    const written = backUpTo(backup, copy, quiet);
    for (let i = 0; i < 50; i++) await arrive();
    await store.driver.tidy();
    await written;
    copy.close();
    await store.driver.tidy();
    await store.close();
    expect(await streamOf(await openedStore(backup), corpId, users.ann)).toHaveLength(1);
    expect(await streamOf(await openedStore(database), corpId, users.ann)).toHaveLength(51);
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

  test.each(['-wal', '-journal'])('is not written beside a log (%s), which SQLite would replay over it', async (end) => {
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
  });

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

  test('removes what a process that was killed has left', async () => {
    const { store, place, backup } = await scene();
    // No process has this number: it is larger than the largest that Linux and macOS give.
    for (const end of ['', '-wal', '-journal']) writeFileSync(join(place, `backup.db-part-99999999${end}`), 'x');
    await backUp(store, backup);
    expect(readdirSync(place).filter((name) => name.includes('part'))).toEqual([]);
  });

  test('of a database in memory is refused', async () => {
    const store = await openedStore(':memory:');
    await expect(store.driver.copyFile()).rejects.toMatchObject({ reason: 'unsupported' });
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
