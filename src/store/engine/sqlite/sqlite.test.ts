import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Opened } from '../../contract/world.contract.ts';
import { openStore } from '../../open.ts';
import { describeStore } from '../../store.contract.ts';

// In memory if there is such a folder: this does not test what a disk does to a file.
const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

async function openFile(): Promise<Opened> {
  const folder = mkdtempSync(join(parent, 'huizhi-store-'));
  const path = join(folder, 'huizhi.db');
  let current = await openStore(path);
  return {
    store: current,
    async reopen() {
      await current.close();
      current = await openStore(path);
      return current;
    },
    async close() {
      await current.close();
      rmSync(folder, { recursive: true });
    },
  };
}

describeStore('SQLite in a file', openFile);
