import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../engine/sql.ts';
import { removeLeftovers, writeNewFile } from './new-file.ts';

/** The names of backups in a folder: their times in UTC, so that they sort by time. */
const named = /^huizhi-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z\.db$/;

function nameOf(time: number): string {
  return `huizhi-${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z.db`;
}

/** Returns the time of the newest backup in a folder, in epoch milliseconds; undefined if there is none. */
export function findNewestBackup(folder: string): number | undefined {
  const [, day, hour, minute, second] = named.exec(listBackups(folder).at(-1) ?? '') ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

/** Returns the names of the backups in a folder, the oldest first. Creates the folder if there is none. */
function listBackups(folder: string): readonly string[] {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return readdirSync(folder)
    .filter((name) => named.test(name))
    .sort();
}

/**
 * Writes a backup of an open database into a folder, reads it back, and then deletes the oldest ones. Resolves with its
 * path and its bytes.
 *
 * @param keep how many backups stay
 */
export async function backUpIntoFolder(
  driver: Driver,
  folder: string,
  time: number,
  keep: number,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const file = join(folder, nameOf(time));
  removeLeftovers(folder, (name) => named.test(name));
  const copy = await driver.copyFile();
  try {
    const written = await writeNewFile(file, copy.chunks(), { force: true, onProgress() {} });
    written.keep();
  } finally {
    copy.close();
  }
  for (const name of listBackups(folder).slice(0, -keep)) rmSync(join(folder, name), { force: true });
  return { file, bytes: copy.bytes };
}
