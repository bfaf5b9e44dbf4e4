/** Node in other versions than the one that runs the tests, from the npm package `node`. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './pages.ts';

const run = promisify(execFile);
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } };

/** The oldest version that package.json allows. */
export const oldestVersion = `${manifest.engines.node.replace('>=', '')}.0`;

/** An installation of Node.js: `program` is its path. If there is none, `missing` is the reason. */
export type OtherNode = { readonly folder: string; readonly program: string; readonly missing: string };

/** Fetches a version, such as `24` or `22.13.0`. Kept between runs, because it has over a hundred megabytes. */
export async function otherNode(version: string): Promise<OtherNode> {
  const home = join(tmpdir(), `huizhi-node-${version}`);
  const folder = join(home, 'node_modules', 'node', 'bin');
  const program = join(folder, 'node');
  if (existsSync(program)) return { folder, program, missing: '' };
  // Another test may fetch the same version at the same time: the first one to finish puts it in place.
  const making = `${home}-${process.pid}`;
  mkdirSync(making, { recursive: true });
  writeFileSync(join(making, 'package.json'), '{ "private": true, "allowScripts": { "node": true } }');
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--fetch-retries=0'];
  try {
    await run('npm', ['install', `node@${version}`, ...options], { cwd: making, timeout: 120_000 });
    if (!existsSync(program)) renameSync(making, home);
    return { folder, program, missing: '' };
  } catch (error) {
    const missing = `Node ${version} could not be fetched from the registry: ${npmErrorIn(String(error))}`;
    return { folder, program, missing: existsSync(program) ? '' : missing };
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

const npmErrorIn = (text: string) => /^npm error code (.*)$/m.exec(text)?.[1] ?? text;
