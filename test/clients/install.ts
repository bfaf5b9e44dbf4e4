/** Installs the public packages of these tests: the versions and hashes of the lock files, once until a lock file changes. */
import { existsSync } from 'node:fs';
import { copyFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../sdk/command.ts';
import { openEnvironment } from '../sdk/python-environment.ts';

const folder = (name: string) => fileURLToPath(new URL(`${name}/`, import.meta.url));

/** The folder with the programs for Node. */
export const nodeFolder = folder('node');

/** The folder with the programs for Python. */
export const pythonFolder = folder('python');

/** Installs the packages from npm beside the programs. Their install scripts do not run. */
export async function installNodePackages(): Promise<void> {
  const lock = join(nodeFolder, 'package-lock.json');
  const installed = join(nodeFolder, 'node_modules', 'installed.json');
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === (await readFile(lock, 'utf8'))) return;
  const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  await runOrThrow({ file: 'npm', args, cwd: nodeFolder });
  await copyFile(lock, installed);
}

/** Installs the packages from PyPI in a virtual environment. Returns its python. */
export function installPythonPackages(): Promise<string> {
  return openEnvironment(pythonFolder, join(pythonFolder, 'requirements.txt'), join(pythonFolder, '.venv'));
}
