import type { ReadManner } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { findNotice } from '../console/notices.ts';
import type { Context } from '../context.ts';
import { markRead } from '../mark-read.ts';
import { listReceivers } from '../notices/tasks.ts';

/**
 * Lets receivers of a work notice (or all who got it) read it now, by the same path as people. Throws `huizhi.notFound`,
 * also for a user who did not get it.
 *
 * @returns the number of receivers who had not read it
 */
export async function readNotice(
  context: Context,
  { corpId, taskId }: { readonly corpId: string; readonly taskId: number },
  userCodes: readonly string[] | undefined,
  manner: ReadManner,
): Promise<number> {
  const { organization, notice } = await findNotice(context, corpId, String(taskId));
  const receivers = await listReceivers(context, notice);
  const stranger = userCodes?.find((code) => !receivers.some((receiver) => receiver.code === code));
  if (stranger !== undefined) throw huizhiError('huizhi.notFound', `${stranger} did not get this notice`);
  let read = 0;
  for (const { userId, code } of receivers) {
    if (userCodes && !userCodes.includes(code)) continue;
    const person = { corpId: organization.corpId, userId };
    read += (await markRead(context, person, [notice.noticeId], manner)).length;
  }
  return read;
}
