import { copyFileSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../open.ts';
import { queryRows, queryValue, sql } from '../sql.ts';
import { openDisk } from './sqlite-disk.ts';

const put = sql('test_put', `insert into settings (corp_id, name, value) values (0, $1, 'written')`);
const count = sql<[number]>('test_count', `select count(*) from settings where value = 'written'`);

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'huizhi-disk-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

/** The number of descriptors of this process that are open on a file. */
function countDescriptors(path: string): number {
  const links = readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // The descriptor with which the folder was read is closed.
      return [];
    }
  });
  return links.filter((link) => link === path || link === `${path} (deleted)`).length;
}

test.skipIf(process.platform !== 'linux')('no descriptor of the files is left after the store is closed', async () => {
  const path = join(folder(), 'huizhi.db');
  const store = await openStore(path);
  await store.driver.write(() => queryRows(put, 'durable'));
  void store.driver.writeLazily(() => queryRows(put, 'last'));
  await store.close();
  await expect.poll(() => [path, `${path}-wal`].map(countDescriptors)).toEqual([0, 0]);
});

test('other work goes on while a commit waits for the disk, and a read returns only what is on it', async () => {
  const store = await openStore(join(folder(), 'huizhi.db'));
  onTestFinished(() => store.close());
  const { driver } = store;
  const events: string[] = [];
  const writing = driver.write(() => queryRows(put, 'one')).then(() => events.push('written'));
  let read: unknown;
  // The transaction runs in the next turn. From then on, a read sees its row, and must wait.
  while (!(read instanceof Promise)) {
    await new Promise(setImmediate);
    read = driver.read(() => queryValue(count));
  }
  events.push('other work');
  await Promise.all([writing, read.then((value) => events.push(`read ${value}`))]);
  expect(events).toEqual(['other work', 'written', 'read 1']);
  expect(driver.read(() => queryValue(count))).toBe(1);
});

test('after an error of the disk, every later call fails with it, because nothing that was written before is certain', async () => {
  const path = join(folder(), 'huizhi.db');
  const store = await openStore(path);
  onTestFinished(() => store.close());
  const disk = openDisk(path);
  await disk.syncLog();
  // A descriptor that is closed by someone else is the only error of fdatasync that can be caused here.
  disk.close();
  const error = { reason: 'unavailable', cause: { code: 'EBADF' } };
  for (const sync of [disk.syncLog, disk.syncFile, disk.syncLog]) await expect(sync()).rejects.toMatchObject(error);
  expect(disk.check).toThrow('has reported an error');
});

test('a file that a tool has opened and closed after a kill at any moment of a checkpoint is whole', async () => {
  const place = folder();
  const path = join(place, 'huizhi.db');
  const store = await openStore(path);
  onTestFinished(() => store.close());
  /** The files as a kill of the process would leave them in each turn of the event loop. */
  const images: { readonly image: string; readonly atLeast: number }[] = [];
  let acknowledged = 0;
  let isRunning = true;
  const run = async () => {
    // On a busy machine a round may take few turns.
    for (let round = 0; round < 2 || images.length <= 10; round++) {
      await store.driver.write(() => queryRows(put, `round ${round}`));
      acknowledged++;
      await store.driver.tidy();
    }
    isRunning = false;
  };
  const running = run();
  while (isRunning) {
    const image = join(place, `${images.length}.db`);
    for (const end of ['', '-wal']) copyFileSync(path + end, image + end);
    images.push({ image, atLeast: acknowledged });
    await new Promise(setImmediate);
  }
  await running;
  expect(images.length).toBeGreaterThan(10);
  for (const { image, atLeast } of images) {
    const tool = new DatabaseSync(image);
    tool.exec('select count(*) from settings');
    tool.close();
    const again = await openStore(image);
    expect(again.driver.read(() => queryValue(count))).toBeGreaterThanOrEqual(atLeast);
    await again.close();
  }
});
