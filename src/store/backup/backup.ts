import { StoreError } from '../engine/sql.ts';
import { followLinks } from '../engine/sqlite/sqlite-files.ts';
import type { VerifyFinding, VerifyOptions } from '../verify/verify.ts';
import { writeNewFile } from './new-file.ts';
import { refuseDamaged, verifyFile } from './restore.ts';

/** A copy of a database: its bytes, as far as they are known before, and its content. */
export type BackupSource = { readonly bytes: number | undefined; chunks(): AsyncIterable<Uint8Array> };

export type BackupOptions = Omit<VerifyOptions, 'onProgress'> & {
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  readonly onCopied: (done: number, total: number | undefined) => void;
  readonly onVerified: VerifyOptions['onProgress'];
};

export type BackedUp = { readonly bytes: number; readonly findings: readonly VerifyFinding[] };

/**
 * Writes a copy of a database to a file, reads it back, and checks it. Only then does it get its name.
 *
 * @returns what the checks have found; problems of the data are those of the database itself
 * @throws StoreError `taken` if the file exists, unless `force` is set; `full` if it does not fit on the disk;
 *   `unavailable` if the copy is damaged or incomplete
 */
export async function backUpTo(
  path: string,
  source: BackupSource,
  { force, kinds, onCopied, onVerified }: BackupOptions,
): Promise<BackedUp> {
  let bytes = 0;
  const onProgress = (done: number) => {
    bytes = done;
    onCopied(done, source.bytes);
  };
  const file = await writeNewFile(followLinks(path), source.chunks(), { force, needed: source.bytes, onProgress });
  try {
    if (source.bytes !== undefined && bytes !== source.bytes)
      throw new StoreError('unavailable', `the backup ended after ${bytes} of ${source.bytes} bytes`);
    const findings = await verifyFile(file.path, { kinds, onProgress: onVerified });
    refuseDamaged(findings);
    file.keep();
    return { bytes, findings };
  } finally {
    file.discard();
  }
}
