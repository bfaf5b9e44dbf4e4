/** `huizhi upload`: the built program against a server on a socket. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import * as files from '../conformance/support/files.ts';
import { fileServer } from '../conformance/support/harness.ts';
import { command, credentialsFor, folder, jsonLines } from '../support/command.ts';

vi.setConfig({ testTimeout: 30_000 });

const server = await fileServer({ mayFail: true });
const { HUIZHI_ROBOT: _, ...credentials } = credentialsFor(server.url) as Record<string, string>;
const huizhi = (args: readonly string[]) => command(['upload', ...args], { env: credentials });

function put(name: string, bytes: Uint8Array | string): string {
  const path = join(folder(), name);
  writeFileSync(path, bytes);
  return path;
}

test('prints the media_id of each file, and needs no robot', async () => {
  const paths = [put('图.png', files.png), put('a.mp3', files.mp3), put('a.pdf', files.pdf)];
  const { code, stdout, stderr } = await huizhi(paths);
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(/\s+/).slice(1, 2))).toEqual([['image'], ['voice'], ['file']]);
  for (const line of lines) expect(line).toMatch(/^@[\w-]{32}\s/);
});

test('--json prints a line for each file, and --type overrides the extension', async () => {
  const path = put('a.dat', files.gif);
  const { stdout } = await huizhi([path, '--type', 'image', '--json']);
  expect(jsonLines(stdout)).toEqual([
    {
      file: path,
      mediaId: expect.stringMatching(/^@/),
      type: 'image',
      size: files.gif.length,
      createdAt: expect.any(Number),
    },
  ]);
});

test('exits with 1 for a file that the server refuses, and says why', async () => {
  const { code, stdout, stderr } = await huizhi([put('a.png', 'text')]);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('40005');
});

test.each<[readonly string[], RegExp]>([
  [[], /Name the files/],
  [['/nowhere/a.png'], /cannot be read/],
  [['x', '--type', 'picture'], /must be one of image, voice, video, file/],
  [['x', '--robot', 'r'], /--robot/],
])('%j is wrong usage', async (args, message) => {
  const { code, stderr } = await huizhi(args);
  expect(code).toBe(2);
  expect(stderr).toMatch(message);
});
