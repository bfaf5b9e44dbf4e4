import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openStore } from '../../open.ts';
import { queryRows, sql } from '../sql.ts';

const put = sql('test_put', `insert into settings (corp_id, name, value) values (0, $1, 'written')`);

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

test.skipIf(process.platform !== 'linux')(
  'the log is written to disk in the background after lazy commits only, and no descriptor of it is left',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'huizhi-flush-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'huizhi.db');
    const store = await openStore(path);
    await store.driver.write(() => queryRows(put, 'durable'));
    expect(countDescriptors(`${path}-wal`)).toBe(1);
    for (let i = 0; i < 20; i++) await store.driver.writeLazily(() => queryRows(put, `lazy ${i}`));
    expect(countDescriptors(`${path}-wal`)).toBe(2);
    void store.driver.writeLazily(() => queryRows(put, 'last'));
    await store.close();
    await expect.poll(() => countDescriptors(`${path}-wal`)).toBe(0);
  },
);
