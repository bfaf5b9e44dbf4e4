import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Opened } from '../../contract/world.contract.ts';
import { openStore } from '../../open.ts';
import { describeStore } from '../../store.contract.ts';
import type { Store } from '../../store.ts';

async function openFile(): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-store-'));
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

/**
 * Opens a database in memory. Its restart restores a snapshot, since the database itself does not survive its process.
 */
async function openMemory(): Promise<Opened> {
  let current: Store = await openStore(':memory:');
  return {
    store: current,
    async reopen() {
      const saved = await current.dump();
      await current.close();
      current = await openStore(':memory:');
      await current.load(saved);
      return current;
    },
    close: () => current.close(),
  };
}

describeStore('SQLite in a file', openFile);
describeStore('SQLite in memory', openMemory);
