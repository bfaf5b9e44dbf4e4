import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Done } from '../kinds.ts';
import { wait } from '../machine.ts';
import type { World } from '../world.ts';
import { choose, chooseHold } from './choose.ts';

/**
 * Lets the process run out of disk space for a while: a full disk if this user may mount one, else a limit on file
 * sizes.
 */
export async function disk(world: World): Promise<Done> {
  const hold = chooseHold(world);
  const isLimit = world.random() < 0.3 || world.disk === undefined;
  return isLimit ? limit(world, hold) : fill(world, world.disk, hold);
}

/** Fills the disk except for a few bytes, so that a write may fail halfway. */
async function fill(world: World, folder: string, hold: number): Promise<Done> {
  const left = Math.round(world.random() * 64) * 1024;
  const ballast = join(folder, 'ballast');
  const size = writeUntilFull(ballast);
  truncateSync(ballast, Math.max(0, size - left));
  await wait(hold);
  rmSync(ballast);
  return { detail: `disk full but for ${left} bytes for ${hold} ms` };
}

function writeUntilFull(path: string): number {
  const file = openSync(path, 'w');
  const block = Buffer.alloc(4096);
  let size = 0;
  try {
    for (;;) size += writeSync(file, block);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    return size;
  } finally {
    closeSync(file);
  }
}

/** Refuses every write beyond a size of the file (RLIMIT_FSIZE). */
async function limit(world: World, hold: number): Promise<Done> {
  const { pid } = choose(world, world.members);
  const bytes = Math.round(world.random() * 256) * 1024;
  setLimit(pid(), `${bytes}:unlimited`);
  await wait(hold);
  setLimit(pid(), 'unlimited:unlimited');
  return { detail: `files of at most ${bytes} bytes for ${hold} ms` };
}

function setLimit(pid: number, size: string): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${size}`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
