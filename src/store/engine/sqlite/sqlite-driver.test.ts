import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inboxOf, must, start, world } from '../../contract/world.contract.ts';
import { openStore, schemaVersions } from '../../open.ts';
import type { Store } from '../../store.ts';
import { queryRow, StoreError, sql } from '../sql.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-sqlite-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function opened(path: string): Promise<Store> {
  const store = await openStore(path);
  onTestFinished(() => store.close());
  return store;
}

async function refusal(path: string): Promise<StoreError> {
  const error = await openStore(path).then(
    async (store) => store.close().then(() => 'it was opened'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}

async function pragma(store: Store, words: string): Promise<unknown> {
  const statement = sql(`pragma ${words}`, `pragma ${words}`);
  return (await store.driver.read(() => queryRow(statement)))?.[0];
}

/**
 * Counts the transactions in the write-ahead log. The last frame of each contains the size of the database, all others
 * contain 0.
 */
function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`);
  const salts = log.subarray(16, 24);
  const frame = 24 + log.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) {
    const isOurs = log.subarray(at + 8, at + 16).equals(salts);
    if (isOurs && log.readUInt32BE(at + 4) > 0) commits++;
  }
  return commits;
}

describe('opening a file', () => {
  test('is refused to a second process while the first has it open', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    const open = JSON.stringify(new URL('../../open.ts', import.meta.url).href);
    const script = `const { openStore } = await import(${open});
      try { await openStore(${JSON.stringify(path)}); console.log('opened'); }
      catch (error) { console.log(error.name, error.reason, error.message); }`;
    const second = () =>
      execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(second()).toMatch(/^StoreError locked .*huizhi\.db is in use by another process/);
    await store.ping(start);
    await store.close();
    expect(second()).toBe('opened\n');
  });

  test('is refused to a second connection of the same process, without effect on the first', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    expect(await refusal(path)).toMatchObject({ reason: 'locked' });
    expect(await refusal(path)).toMatchObject({ reason: 'locked' });
    await store.ensureSetting('name', 'value');
    await store.close();
    expect(await (await opened(path)).setting('name')).toBe('value');
  });

  test('that is not a database is refused with an error that names it', async () => {
    const place = folder();
    const file = join(place, 'letter.txt');
    writeFileSync(file, 'This is not a database. '.repeat(100));
    for (const path of [file, place, join(place, 'no', 'such', 'huizhi.db')]) {
      const error = await refusal(path);
      expect(error).toMatchObject({ reason: 'unavailable', message: expect.stringContaining(path) });
    }
    expect(readFileSync(file, 'utf8')).toMatch(/^This is not/);
  });

  test('with a newer schema is refused, and the file is unchanged', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await openStore(path);
    await pragma(store, 'user_version = 99');
    await store.close();
    // Except the header, in which SQLite counts changes.
    const content = () => readFileSync(path).subarray(100);
    const before = content();
    expect(await refusal(path)).toMatchObject({ reason: 'newer', message: expect.stringContaining('version 99') });
    expect(content().equals(before)).toBe(true);
    expect(await schemaVersions(path)).toMatchObject({ found: 99 });
  });

  test.runIf(existsSync('/proc/self/fd'))('leaves no file open when it fails', async () => {
    const path = join(folder(), 'letter.txt');
    writeFileSync(path, 'This is not a database. '.repeat(100));
    const before = readdirSync('/proc/self/fd').length;
    await refusal(path);
    expect(readdirSync('/proc/self/fd').length).toBe(before);
  });
});

describe('durability', () => {
  test('the file has exclusive locking and a write-ahead log, which the process itself writes to the disk', async () => {
    const store = await opened(join(folder(), 'huizhi.db'));
    expect(await pragma(store, 'journal_mode')).toBe('wal');
    expect(await pragma(store, 'synchronous')).toBe(1);
    expect(await pragma(store, 'locking_mode')).toBe('exclusive');
    expect(await pragma(store, 'auto_vacuum')).toBe(2);
  });

  test('an acknowledged write is in the files', async () => {
    const place = folder();
    const path = join(place, 'huizhi.db');
    const store = await opened(path);
    for (let i = 0; i < 5; i++) {
      await store.ensureSetting(`name ${i}`, 'value');
      const copy = join(place, `copy-${i}.db`);
      for (const end of ['', '-wal']) copyFileSync(path + end, copy + end);
      const then = await openStore(copy);
      expect(await then.setting(`name ${i}`)).toBe('value');
      await then.close();
    }
  });

  test('a log with a torn end still contains all earlier commits', async () => {
    const place = folder();
    const path = join(place, 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('first', 'value');
    const kept = readFileSync(`${path}-wal`).length;
    await store.ensureSetting('second', 'x'.repeat(20_000));
    const log = readFileSync(`${path}-wal`);
    for (const length of [kept, kept + 1, kept + 5000, log.length - 1, log.length]) {
      const copy = join(place, `torn-${length}.db`);
      copyFileSync(path, copy);
      writeFileSync(`${copy}-wal`, log.subarray(0, length));
      const then = await openStore(copy);
      expect(await then.setting('first')).toBe('value');
      expect(await then.setting('second')).toBe(length === log.length ? 'x'.repeat(20_000) : undefined);
      await then.close();
    }
  });
});

describe('group commit', () => {
  test('writes that wait at the same time share one commit', async () => {
    const path = join(folder(), 'huizhi.db');
    const { store, send } = await world(await opened(path));
    await send();
    const before = commitsIn(path);
    await Promise.all(Array.from({ length: 50 }, (_, i) => send({ param: `${i}` })));
    expect(commitsIn(path) - before).toBe(1);
    await store.ping(start);
    await store.ping(start + 1);
    expect(commitsIn(path) - before).toBe(3);
  });

  test('many waiting writes are committed in groups, so that the first does not wait for the last', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('name', 'value');
    const before = commitsIn(path);
    const order: number[] = [];
    const write = (i: number) => store.ensureSetting(`name ${i}`, 'value').then(() => order.push(i));
    await Promise.all(Array.from({ length: 600 }, (_, i) => write(i)));
    expect(commitsIn(path) - before).toBe(3);
    expect(order).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });

  test('a group is committed without a body that fails', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    const fail = store.driver.write(() => {
      throw new Error('a body that fails');
    });
    const good = [1, 2].map((i) => store.ensureSetting(`name ${i}`, 'value'));
    await expect(fail).rejects.toThrow('a body that fails');
    expect(await Promise.all(good)).toEqual(['value', 'value']);
  });

  test('a write that changes nothing costs no commit', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    await store.ensureSetting('name', 'value');
    const before = commitsIn(path);
    expect(await store.ensureSetting('name', 'other')).toBe('value');
    expect(commitsIn(path)).toBe(before);
  });
});

describe.each(['a file', ':memory:'])('a full disk under %s', (kind) => {
  const place = () => (kind === ':memory:' ? kind : join(folder(), 'huizhi.db'));
  const fill = (store: Store) => pragma(store, 'max_page_count = 1');
  const free = (store: Store) => pragma(store, 'max_page_count = 1000000');
  const large = 'x'.repeat(14_000);

  test('rejects writes that do not fit, and stored rows can still be read', async () => {
    const { store, corpId, users, send, arrive } = await world(await opened(place()));
    const messageId = await arrive();
    const pending = await store.pendingCount();
    await fill(store);
    const sent = await Promise.allSettled(Array.from({ length: 20 }, () => send({ param: large })));
    const refused = sent.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(15);
    expect(refused[0]).toMatchObject({ reason: { message: expect.stringMatching(/full/) } });
    expect((await store.pendingCount()) - pending).toBe(sent.length - refused.length);
    expect(await store.receipt(corpId, messageId)).toMatchObject({ state: 'delivered' });
    expect(await inboxOf(store, corpId, users.ann)).toHaveLength(1);
  });

  test('stores a small write even if a large one at the same time does not fit', async () => {
    const store = await opened(place());
    await store.ensureSetting('name', 'value');
    await fill(store);
    const outcomes = await Promise.allSettled([
      store.ping(start),
      store.ensureSetting('large', large.repeat(10)),
      store.ping(start + 1),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await store.setting('large')).toBeUndefined();
    expect(await store.setting('touched')).toBe(String(start + 1));
  });

  test('needs no restart once there is space again', async () => {
    const { store, corpId, users, send } = await world(await opened(place()));
    await fill(store);
    const fits = (work: Promise<unknown>) =>
      work.then(
        () => true,
        () => false,
      );
    while (await fits(send({ param: large })));
    const before = await store.pendingCount();
    await free(store);
    const { messageId } = await send({ param: large });
    expect(await store.pendingCount()).toBe(before + 1);
    await store.settle(corpId, messageId, start);
    expect(await inboxOf(store, corpId, users.ann)).toMatchObject([{ messageId, param: large }]);
  });
});

describe('housekeeping', () => {
  test('returns the space of removed rows step by step', async () => {
    const { store, corpId, arrive } = await world(await opened(join(folder(), 'huizhi.db')));
    for (let i = 0; i < 20; i++) {
      await Promise.all(Array.from({ length: 10 }, () => arrive({ param: 'x'.repeat(14_000) })));
    }
    const full = Number(await pragma(store, 'page_count'));
    while ((await store.prune(corpId, start + 1, 50)) > 0);
    const steps: number[] = [];
    for (let last = full + 1; Number(await pragma(store, 'page_count')) < last; ) {
      last = Number(await pragma(store, 'page_count'));
      steps.push(last);
      await store.driver.tidy();
    }
    expect(must(steps.at(-1))).toBeLessThan(full / 5);
    expect(steps.length).toBeGreaterThan(3);
  });

  test('cuts a large log, and takes that for no damage by another program', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    const mebibyte = 1024 * 1024;
    await store.putSetting('old', 'x'.repeat(mebibyte));
    const values = Array.from({ length: 20 }, (_, i) => store.putSetting(`value ${i}`, 'x'.repeat(mebibyte)));
    // The free pages of a dropped value are returned in the next step.
    await Promise.all([...values, store.dropSetting('old')]);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(20 * mebibyte);
    for (let i = 0; i < 3; i++) await store.driver.tidy();
    const { size } = statSync(`${path}-wal`);
    expect([size > 0, size < 17 * mebibyte]).toEqual([true, true]);
    await store.putSetting('value', 'x');
  });

  test('the size is that of the file and its log', async () => {
    const path = join(folder(), 'huizhi.db');
    const store = await opened(path);
    const sizes = ['', '-wal'].map((end) => readFileSync(path + end).length);
    expect(await store.driver.size()).toBe(sizes.reduce((sum, size) => sum + size, 0));
  });

  test('closing leaves one file, and closing again does nothing', async () => {
    const place = join(folder(), 'inner');
    mkdirSync(place);
    const path = join(place, 'huizhi.db');
    const store = await openStore(path);
    await store.ping(start);
    await Promise.all([store.close(), store.close()]);
    await store.close();
    expect(['', '-wal', '-shm'].map((end) => existsSync(path + end))).toEqual([true, false, false]);
  });
});
