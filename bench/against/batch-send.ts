import { join } from 'node:path';
import type { Comparison } from '../lib/against.ts';
import { fillOverHttp } from '../lib/seed-http.ts';
import { batchSendLoad, onCopies } from './serving.ts';

const recipients = 20;

/** batchSend on SQLite, delivery included. */
export const batchSend: Comparison = {
  title: ({ users }) => `batchSend to ${recipients} of ${users} users, durable and delivered`,
  async prepare(bench, builds) {
    const original = join(bench.workspace.folder, 'users.db');
    bench.workspace.drop(original);
    await fillOverHttp(bench, builds, original, { messages: 0, recipients });
    return onCopies(bench, original, (server) => [batchSendLoad(bench, server, recipients)]);
  },
};
