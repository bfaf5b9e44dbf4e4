import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPostgres, type TestServer } from '../../src/store/contract/postgres.contract.ts';
import { partBytes } from '../../src/store/media.ts';
import { openStore } from '../../src/store/open.ts';
import * as files from '../conformance/support/files.ts';
import { startServer } from '../conformance/support/harness.ts';
import { uploaded } from '../conformance/support/media.ts';
import { bearer, ok, world } from '../conformance/support/world.ts';

vi.setConfig({ testTimeout: 60_000 });

let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres();
}, 120_000);
afterAll(() => postgres.stop());

test('a file that one process has received is shown by another, and counts there', async () => {
  const database = await postgres.create('migrated');
  const [one, two] = [await startServer({ database, mediaQuota: 3 }), await startServer({ database, mediaQuota: 3 })];
  try {
    const bytes = files.pictureOf(2 * 1024 * 1024);
    const mediaId = await uploaded(one, await world(one).tokenOf(), 'image', bytes);
    const key = await world(two).sent({ msgKey: 'sampleImageMsg', msgParam: JSON.stringify({ photoURL: mediaId }) });
    expect(key).toMatch(/=$/);
    const session = await world(one).signIn('alice');
    const newest = async () => (await world(one).inboxOf(session)).messages[0]?.messageId;
    await expect.poll(newest).toBeDefined();
    const messageId = await newest();
    const response = await fetch(`${two.url}/inbox/v1/messages/${messageId}/media/${mediaId}`, {
      headers: bearer(session),
    });
    expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    await expect(uploaded(two, await world(two).tokenOf(), 'image', bytes)).rejects.toThrow(/"errcode":-1/);
    const query = { corpId: 'corp-one' };
    ok(await two.call('DELETE', `/console/v1/media/${mediaId}`, { query, headers: bearer(two.adminToken) }));
    expect(await uploaded(one, await world(one).tokenOf(), 'image', bytes)).toMatch(/^@/);
  } finally {
    await one.stop();
    await two.stop();
  }
});

test('what an ended process has left is removed by another, and what a live one uploads is not', async () => {
  const database = await postgres.create('migrated');
  const stores = [await openStore(database), await openStore(database), await openStore(database)] as const;
  const [ended, alive, cleaner] = stores;
  try {
    for (const store of stores) await store.processes.join(await store.number('process'));
    const begin = async (store: (typeof stores)[number]) => {
      const id = await store.number('media');
      const upload = { corpId: 1, id, code: `@code-of-file-number-${id}` };
      await store.media.append(upload, [{ part: 0, data: Buffer.alloc(partBytes) }], 100 * partBytes);
      return upload;
    };
    await begin(ended);
    const running = await begin(alive);
    expect(await cleaner.media.removeUnfinished()).toBe(0);
    await cleaner.processes.strike(ended.processes.own() ?? 0);
    expect(await cleaner.media.removeUnfinished()).toBe(1);
    expect(await cleaner.media.usage(1)).toEqual({ bytes: partBytes, files: 0 });
    const facts = { type: 'image', name: 'a', mime: 'image/png', createdAt: 1 } as const;
    expect(await alive.media.complete(running, [{ part: 1, data: Buffer.alloc(1) }], facts, 100 * partBytes)).toBe(
      'stored',
    );
  } finally {
    for (const store of stores) await store.close();
  }
});
