import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { startChild } from '../support/child.ts';
import * as files from '../support/files.ts';
import { fileParts, formOf, formType, uploaded } from '../support/media.ts';
import { world } from '../support/world.ts';

vi.setConfig({ testTimeout: 60_000 });

const mebibyte = 1024 * 1024;

/** Counts the rows of a table of a file whose server has ended. */
function count(path: string, table: string): number {
  const db = new DatabaseSync(path);
  try {
    return Number(db.prepare(`select count(*) as n from ${table}`).get()?.n);
  } finally {
    db.close();
  }
}

test('a server that is killed in the middle of an upload keeps nothing of it after the next start', async () => {
  const first = await startChild('dev --config huizhi.yaml --database media.db');
  const path = join(first.folder, 'media.db');
  const token = await world(first).tokenOf();
  const whole = await uploaded(first, token, 'image', files.pictureOf(mebibyte));
  const socket = connect(first.port, '127.0.0.1').on('error', () => {});
  const body = formOf(fileParts(undefined, files.pictureOf(3 * mebibyte)), '').subarray(0, -2);
  socket.write(
    `POST /media/upload?access_token=${token}&type=image HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${formType}\r\ncontent-length: 9000000\r\n\r\n`,
  );
  socket.write(body);
  const headers = { authorization: `Bearer ${await adminToken(first)}` };
  const usage = async (of = first, using = headers) =>
    (await of.call('GET', '/console/v1/media/usage', { query: { corpId: 'corp-one' }, headers: using })).body;
  await expect.poll(async () => Number((await usage()).bytes), { timeout: 20_000 }).toBeGreaterThan(3 * mebibyte);
  first.process.kill('SIGKILL');
  await once(first.process, 'exit');
  expect(count(path, 'media')).toBe(2);
  expect(count(path, 'media_parts')).toBeGreaterThan(4);
  const second = await startChild(`dev --config huizhi.yaml --database ${path}`);
  const again = { authorization: `Bearer ${await adminToken(second)}` };
  await expect
    .poll(async () => await usage(second, again), { timeout: 20_000 })
    .toMatchObject({ bytes: mebibyte, files: 1 });
  const { body: list } = await second.call('GET', '/console/v1/media', {
    query: { corpId: 'corp-one' },
    headers: again,
  });
  expect(list.media).toMatchObject([{ mediaId: whole, size: mebibyte }]);
});

/** The admin token that `dev` prints at its start. */
async function adminToken(child: { output(): string }): Promise<string> {
  const found = () => /"adminToken":"([^"]+)"/.exec(child.output())?.[1];
  await expect.poll(found, { timeout: 20_000 }).toBeDefined();
  return found() ?? '';
}
