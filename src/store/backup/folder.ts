import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '../engine/sql.ts';
import { removeLeftovers, writeNewFile } from './new-file.ts';
import { reservedBytes } from './space.ts';

/** The setting with the id of an installation, of hexadecimal digits. A restored database gets another one. */
export const installationSetting = 'installation';

/** A folder with the backups of an installation. Others may write theirs into it, too: each has its id in the names. */
export type BackupFolder = { readonly path: string; readonly installation: string };

export type FolderBackup = {
  /** The time of the backup, in epoch milliseconds. */
  readonly time: number;
  /** How many backups stay. */
  readonly keep: number;
  /** Bytes that stay free on the disk. */
  readonly reserve?: number;
};

/** The names of backups: their times in UTC, so that those of an installation sort by time, and the installation. */
const named = /^huizhi-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-([0-9a-f]+)\.db$/;

function nameOf(time: number, installation: string): string {
  return `huizhi-${new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')}Z-${installation}.db`;
}

const isOf = (installation: string, name: string) => named.exec(name)?.at(-1) === installation;

/**
 * Returns the time of the newest backup of an installation until now, in epoch milliseconds; undefined if there is none.
 * One of the future is from before the clock was set back.
 */
export function findNewestBackup(folder: BackupFolder, now: number): number | undefined {
  const [, day, hour, minute, second] = named.exec(listBackups(folder, now).at(-1) ?? '') ?? [];
  return day === undefined ? undefined : Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

/** Returns the names of an installation's backups until a time, the oldest first. Creates the folder if there is none. */
function listBackups({ path, installation }: BackupFolder, until: number): readonly string[] {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const last = nameOf(until, installation);
  return readdirSync(path)
    .filter((name) => isOf(installation, name) && name <= last)
    .sort();
}

/**
 * Writes a backup of an open database into a folder, reads it back, and then deletes the oldest ones of the installation.
 * Resolves with its path and its bytes.
 *
 * @throws StoreError `full` if the disk has not enough space; nothing is deleted then
 */
export async function backUpIntoFolder(
  driver: Driver,
  folder: BackupFolder,
  { time, keep, reserve = reservedBytes }: FolderBackup,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const { path, installation } = folder;
  const file = join(path, nameOf(time, installation));
  removeLeftovers(path, (name) => isOf(installation, name));
  const copy = await driver.copyFile();
  try {
    const needed = copy.bytes + reserve;
    const written = await writeNewFile(file, copy.chunks(), { force: true, needed, onProgress() {} });
    try {
      written.keep();
    } finally {
      written.discard();
    }
  } finally {
    copy.close();
  }
  // Backups of the future, from before the clock was set back, stay.
  for (const name of listBackups(folder, time).slice(0, -keep)) rmSync(join(path, name), { force: true });
  return { file, bytes: copy.bytes };
}
