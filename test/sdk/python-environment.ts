import { existsSync } from 'node:fs';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, run, runOrThrow } from './command.ts';

/**
 * Returns the python of a virtual environment with the packages of a lock file. Creates it if it is missing, and again
 * when the lock file has changed.
 */
export async function openEnvironment(cwd: string, lock: string, home: string): Promise<string> {
  const installed = join(home, 'installed.txt');
  const file = join(home, 'bin', 'python');
  if (existsSync(installed) && (await readFile(installed, 'utf8')) === (await readFile(lock, 'utf8'))) return file;
  await rm(home, { recursive: true, force: true });
  await runOrThrow({ file: 'python3', args: ['-m', 'venv', '--without-pip', home], cwd });
  await installPackages(file, ['--require-hashes', '--requirement', lock], cwd);
  await copyFile(lock, installed);
  return file;
}

/**
 * Installs packages for the python of a virtual environment, by the pip of the machine: a pip of its own would take four
 * seconds, and compiling modules that no test imports up to ten.
 */
export async function installPackages(file: string, what: readonly string[], cwd: string): Promise<void> {
  const args = ['-m', 'pip', '--python', file, 'install', '--quiet', '--no-compile', ...what];
  await runOrThrow({ file: 'python3', args, cwd });
}

/** Returns what is missing on this machine for virtual environments, or undefined. */
export function findMissingPython(): Promise<string | undefined> {
  const version = 'tuple(map(int, pip.__version__.split(".")[:2]))';
  const args = ['-c', `import sys, venv, pip; sys.exit(sys.version_info < (3, 10) or ${version} < (22, 3))`];
  return needs('Python 3.10 with pip 22.3', { file: 'python3', args });
}

/** Returns that a program is missing, unless a command that needs it succeeds. */
export async function needs(what: string, probe: Omit<Command, 'cwd'>): Promise<string | undefined> {
  const { code } = await run({ ...probe, cwd: tmpdir() });
  return code === 0 ? undefined : `${what} is not installed`;
}
