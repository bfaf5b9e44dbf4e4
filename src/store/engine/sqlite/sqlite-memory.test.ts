import type { Opened } from '../../contract/world.contract.ts';
import { openStore } from '../../open.ts';
import { describeStore } from '../../store.contract.ts';
import type { Store } from '../../store.ts';

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

describeStore('SQLite in memory', openMemory);
