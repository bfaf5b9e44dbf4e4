import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { expect, test, vi } from 'vitest';
import { startChild } from '../support/child.ts';
import * as files from '../support/files.ts';
import { uploaded } from '../support/media.ts';
import { ok, tokenHeader, world } from '../support/world.ts';

vi.setConfig({ testTimeout: 120_000 });

const mebibyte = 1024 * 1024;

/** A memory figure of a process in MiB: `VmRSS`, or `VmHWM` for the highest so far. */
function memoryOf(pid: number | undefined, figure: 'VmRSS' | 'VmHWM'): number {
  const [, kibibytes] =
    new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) / 1024;
}

test.skipIf(process.platform !== 'linux')('ten uploads of 20 MB at once take at most 64 MB more memory', async () => {
  const server = await startChild('dev --config huizhi.yaml --database media.db --media-quota 1000');
  const token = await world(server).tokenOf();
  await uploaded(server, token, 'image', files.pictureOf(mebibyte));
  const before = memoryOf(server.process.pid, 'VmRSS');
  const bytes = files.pictureOf(20 * mebibyte);
  await Promise.all(Array.from({ length: 10 }, () => uploaded(server, token, 'image', bytes)));
  const peak = memoryOf(server.process.pid, 'VmHWM');
  expect(peak - before).toBeLessThan(64);
});

test.skipIf(process.platform !== 'linux')(
  'a thousand pipelined downloads of 20 MB that nobody reads take at most 100 MB',
  async () => {
    const server = await startChild('dev --config huizhi.yaml --database media.db --media-quota 1000');
    const { call, emulate, tokenOf } = world(server);
    const token = await tokenOf();
    const mediaId = await uploaded(server, token, 'image', files.pictureOf(20 * mebibyte));
    const { downloadCode } = await emulate('POST', 'downloadCodes', { robotCode: 'robot-one', mediaId });
    const body = { downloadCode, robotCode: 'robot-one' };
    const headers = { [tokenHeader]: token };
    const { downloadUrl } = ok(await call('POST', '/v1.0/robot/messageFiles/download', { body, headers }));
    const { pathname } = new URL(String(downloadUrl));
    const before = memoryOf(server.process.pid, 'VmRSS');
    const requests = `GET ${pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(250);
    const sockets: Socket[] = [];
    for (let i = 0; i < 4; i++) {
      const socket = connect(server.port, '127.0.0.1').on('error', () => {});
      sockets.push(socket);
      socket.write(requests);
      // The first response has begun, so all requests have been parsed.
      await once(socket, 'readable');
    }
    for (let i = 0; i < 20; i++) expect((await call('GET', '/readyz')).status).toBe(200);
    expect(memoryOf(server.process.pid, 'VmHWM') - before).toBeLessThan(100);
    for (const socket of sockets) socket.destroy();
  },
);
