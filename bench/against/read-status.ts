import { join } from 'node:path';
import type { Comparison } from '../lib/against.ts';
import { fillOverHttp } from '../lib/seed-http.ts';
import { onCopies, readStatusLoad } from './serving.ts';

const hotKeys = 1000;

/** readStatus on SQLite: keys drawn from all messages, and from a hot set. */
export const readStatus: Comparison = {
  title: ({ messages, recipients }) => `readStatus over ${messages} messages of ${recipients}`,
  async prepare(bench, builds) {
    const original = join(bench.workspace.folder, 'receipts.db');
    bench.workspace.drop(original);
    const { keys } = await fillOverHttp(bench, builds, original, bench.settings);
    return onCopies(bench, original, (server) => [
      readStatusLoad(bench, server, keys),
      readStatusLoad(bench, server, keys, hotKeys),
    ]);
  },
};
