import type { ReadManner } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import { type DingFilter, getQuotas, type QuotaChange, readDeliveries, showDelivery } from '../console/dings.ts';
import { type Page, requireOrganization } from '../console/message-list.ts';
import type { Context } from '../context.ts';
import { markDingsRead } from '../inbox/inbox-dings.ts';

/** Returns a page of deliveries with the openDingIds. Throws `huizhi.notFound`, `huizhi.badRequest`. */
export async function listEmulatedDings(context: Context, filter: DingFilter, page: Page) {
  const { organization, deliveries, cursor } = await readDeliveries(context, filter, page);
  const { corpId } = organization;
  const shown = deliveries.map((delivery) => {
    const { robotId, dingId: messageId, sentAt } = delivery;
    const openDingId = context.seal.sealDing({ corpId, robotId, messageId, sentAt });
    return { openDingId, ...showDelivery(context, organization, delivery) };
  });
  return { deliveries: shown, cursor };
}

/**
 * Lets receivers (or all who have not left) read a DING now, by the same path as people. Throws `huizhi.notFound`.
 *
 * @returns the number of receivers who had not read it
 */
export async function readDing(
  context: Context,
  openDingId: string,
  userCodes: readonly string[] | undefined,
  manner: ReadManner,
): Promise<number> {
  const key = context.seal.openDing(openDingId);
  const receivers = key && (await context.store.dings.receivers(key));
  if (!key || !receivers) throw huizhiError('huizhi.notFound', 'no DING has this openDingId');
  const present = receivers.filter(({ hasLeft }) => !hasLeft);
  const stranger = userCodes?.find((code) => !present.some((receiver) => receiver.code === code));
  if (stranger !== undefined) throw huizhiError('huizhi.notFound', `${stranger} is not a receiver of this DING`);
  let read = 0;
  for (const { userId, code } of present) {
    if (userCodes && !userCodes.includes(code)) continue;
    read += (await markDingsRead(context, { corpId: key.corpId, userId }, [key.messageId], manner)).length;
  }
  return read;
}

/** Sets an organization's quotas of SMS and calls, and returns them. Throws `huizhi.notFound`. */
export async function setEmulatedQuotas(context: Context, corpCode: string, { sms, phone }: QuotaChange) {
  const { corpId } = requireOrganization(context, corpCode);
  if (sms !== undefined) await context.store.dings.putQuota(corpId, 2, sms);
  if (phone !== undefined) await context.store.dings.putQuota(corpId, 3, phone);
  return getQuotas(context, corpCode);
}
