import { spoolCopy } from '../../store/backup/spool.ts';
import { type FileCopy, StoreError } from '../../store/engine/sql.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { makeChanges } from './changes.ts';
import type { Operator } from './operators.ts';

/**
 * Opens a copy of the whole database for an operator. Throws `huizhi.forbidden` for a session: the copy has the server's
 * secret, which stays the same when sessions end. Throws `huizhi.conflict` if the database is not a file of this process,
 * if another copy is being made, or if the disk has not enough space.
 */
export async function openBackup(context: Context, operator: Operator): Promise<FileCopy> {
  if (operator.secret !== undefined)
    throw huizhiError('huizhi.forbidden', 'a backup needs the admin token as bearer token; a session is not enough');
  const copy = await openCopy(context);
  try {
    const entry = {
      corpId: 0,
      action: 'installation.backup',
      target: 'database',
      was: null,
      became: { bytes: copy.bytes },
    };
    await makeChanges(context, operator, [], entry);
    return copy;
  } catch (error) {
    copy.close();
    throw error;
  }
}

async function openCopy({ store }: Context): Promise<FileCopy> {
  try {
    return await spoolCopy(await store.driver.copyFile());
  } catch (error) {
    if (!(error instanceof StoreError) || !['unsupported', 'taken', 'full'].includes(error.reason)) throw error;
    const advice = error.advice === undefined ? '' : `. ${error.advice}`;
    throw huizhiError('huizhi.conflict', `${error.message}${advice}`);
  }
}
