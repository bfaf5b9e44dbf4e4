/** Other runtimes than the one that runs the tests, from npm: older versions of Node, Bun and Deno. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './pages.ts';

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

/** The oldest version that package.json allows. */
export const oldestVersion = `${manifest.engines.node.replace('>=', '')}.0`;

/** An installation of a runtime: `program` is its path. If there is none, `missing` is the reason. */
export type OtherNode = { readonly folder: string; readonly program: string; readonly missing: string };

/** Fetches a version of Node, such as `24` or `22.13.0`. */
export const otherNode = (version: string): Promise<OtherNode> => fetchRuntime('node', version, 'bin/node');

/** Fetches Bun. */
export function fetchBun(version: string): Promise<OtherNode> {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  return fetchRuntime(`@oven/bun-${process.platform}-${arch}`, version, 'bin/bun');
}

/** Fetches Deno. */
export function fetchDeno(version: string): Promise<OtherNode> {
  const library = process.platform === 'linux' ? '-glibc' : '';
  return fetchRuntime(`@deno/${process.platform}-${process.arch}${library}`, version, 'deno');
}

/** Fetches a package of a runtime. Kept between runs, because it has about a hundred megabytes. */
async function fetchRuntime(name: string, version: string, file: string): Promise<OtherNode> {
  const home = join(tmpdir(), `huizhi-${name.replaceAll(/[@/]/g, '')}-${version}`);
  const program = join(home, 'node_modules', name, file);
  const folder = dirname(program);
  if (existsSync(program)) return { folder, program, missing: '' };
  // Another test may fetch the same version at the same time: the first one to finish puts it in place.
  const making = `${home}-${process.pid}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'package.json'), `{ "private": true, "allowScripts": { "${name}": true } }`);
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  try {
    await run('npm', ['install', `${name}@${version}`, ...options], { cwd: making, timeout: 120_000 });
    if (!existsSync(program)) renameSync(making, home);
    return { folder, program, missing: '' };
  } catch (error) {
    const missing = `${name} ${version} could not be fetched from the registry: ${npmErrorIn(String(error))}`;
    return { folder, program, missing: existsSync(program) ? '' : missing };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

const npmErrorIn = (text: string) => /^npm error code (.*)$/m.exec(text)?.[1] ?? text;
