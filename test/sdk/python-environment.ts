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
  await runOrThrow({ file: 'python3', args: ['-m', 'venv', home], cwd });
  await runOrThrow({ file, args: ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', lock], cwd });
  await copyFile(lock, installed);
  return file;
}

/** Returns what is missing on this machine for virtual environments, or undefined. */
export function findMissingPython(): Promise<string | undefined> {
  const args = ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'];
  return needs('Python 3.10', { file: 'python3', args });
}

/** Returns that a program is missing, unless a command that needs it succeeds. */
export async function needs(what: string, probe: Omit<Command, 'cwd'>): Promise<string | undefined> {
  const { code } = await run({ ...probe, cwd: tmpdir() });
  return code === 0 ? undefined : `${what} is not installed`;
}
