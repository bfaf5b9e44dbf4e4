import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { replaceAdminToken } from '../../../../src/admin-token.ts';
import { createLog } from '../../../../src/log.ts';
import { start } from '../../../../src/server.ts';
import { openStore } from '../../../../src/store/open.ts';
import { config, type Server, startServer, testServer } from '../../support/harness.ts';
import { bearer, ok, refusal } from '../../support/world.ts';

/** Creates a database of 16 MiB, more than the buffers of a connection hold, in a folder of its own. */
async function createDatabase(): Promise<{ readonly folder: string; readonly database: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'huizhi-console-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const database = join(folder, 'huizhi.db');
  const store = await openStore(database);
  for (let i = 0; i < 16; i++) await store.putSetting(`filler ${i}`, 'x'.repeat(1024 * 1024));
  await store.close();
  return { folder, database };
}

/** Requests a backup, and reads only the head of the response. */
function begin({ url, adminToken }: Pick<Server, 'url' | 'adminToken'>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = bearer(adminToken);
    const asked = request(`${url}/console/v1/backup`, { method: 'POST', headers }, resolve).on('error', reject).end();
    onTestFinished(() => void asked.destroy());
  });
}

const backUp = (server: Server) => server.call('POST', '/console/v1/backup', { headers: bearer(server.adminToken) });

test('a backup is a database file of the announced length', async () => {
  const server = await testServer({ database: (await createDatabase()).database });
  const response = await begin(server);
  const file = await buffer(response);
  expect([response.statusCode, response.headers['cache-control']]).toEqual([200, 'no-store']);
  expect(file.length).toBe(Number(response.headers['content-length']));
  expect(file.toString('latin1', 0, 15)).toBe('SQLite format 3');
});

test('a session of the console gets no backup, with or without its CSRF token', async () => {
  const server = await testServer({ database: (await createDatabase()).database });
  const opened = await server.call('POST', '/console/v1/sessions', { body: { adminToken: server.adminToken } });
  const cookie = String(opened.headers['set-cookie']?.[0]?.split(';')[0]);
  for (const csrf of [{}, { 'x-csrf-token': String(ok(opened).csrfToken) }]) {
    const reply = await server.call('POST', '/console/v1/backup', { headers: { cookie, ...csrf } });
    expect(refusal(reply)).toEqual([403, 'huizhi.forbidden']);
  }
});

test('a second backup is refused until the first one has ended, also by a client that disconnects', async () => {
  const { folder, database } = await createDatabase();
  const server = await testServer({ database });
  const first = await begin(server);
  const second = await backUp(server);
  expect(refusal(second)).toEqual([409, 'huizhi.conflict']);
  expect(second.text).toContain('is being made already');
  expect(readdirSync(folder).sort()).toEqual(['huizhi.db', 'huizhi.db-wal']);
  first.destroy();
  await expect.poll(async () => (await backUp(server)).status).toBe(200);
});

test('a server that stops waits for no backup', async () => {
  const { database } = await createDatabase();
  const server = await startServer({ database });
  const response = await begin(server);
  const failed = new Promise((resolve) => response.once('error', resolve));
  await server.stop();
  response.resume();
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
});

test('a backup ends when the admin token is replaced', async () => {
  const own = { ...config, command: 'serve' as const, adminToken: undefined, ...(await createDatabase()) };
  const running = await start(own, await createLog({ level: 'silent', format: 'json' }));
  onTestFinished(() => running.close());
  const { url, adminToken = '' } = running;
  const response = await begin({ url, adminToken });
  const failed = new Promise((resolve) => response.once('error', resolve));
  const replaced = await replaceAdminToken(own, false);
  expect(replaced.by).toBe('server');
  response.resume();
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  const again = await begin({ url, adminToken: replaced.adminToken });
  expect([again.statusCode, (await buffer(again)).length]).toEqual([200, Number(again.headers['content-length'])]);
});
