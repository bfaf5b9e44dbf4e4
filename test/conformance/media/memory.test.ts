import { readFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { startChild } from '../support/child.ts';
import * as files from '../support/files.ts';
import { uploaded } from '../support/media.ts';
import { world } from '../support/world.ts';

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
