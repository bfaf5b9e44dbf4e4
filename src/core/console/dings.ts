import { type DingDelivery, type DingPosition, type DingState, dingStates } from '../../store/dings/outbox.ts';
import type { Organization } from '../../store/model.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { type DingChannelName, nameChannel } from '../inbox/inbox-dings.ts';
import { robotNameIn } from '../robot-settings.ts';
import { makeChanges } from './changes.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

const channels: readonly { readonly name: DingChannelName; readonly number: number }[] = [
  { name: 'app', number: 1 },
  { name: 'sms', number: 2 },
  { name: 'phone', number: 3 },
];

/** The filters of the list of deliveries. */
export type DingFilter = {
  readonly corpId: string;
  readonly channel?: DingChannelName;
  readonly state?: DingState;
};

const position = /^([1-9]\d{0,14})-(\d{1,9})$/;

/** Reads a page of the deliveries of an organization's DINGs, newest DING first, and the cursor of the next page. */
export async function readDeliveries(context: Context, filter: DingFilter, { limit, cursor }: Page) {
  const organization = requireOrganization(context, filter.corpId);
  const after: DingPosition = cursor === undefined ? [Number.MAX_SAFE_INTEGER, 0] : parsePosition(cursor);
  const chosen = channels.filter(({ name }) => filter.channel === undefined || filter.channel === name);
  const found = await context.store.dings.outbox({
    corpId: organization.corpId,
    channels: chosen.map(({ number }) => number),
    states: filter.state === undefined ? dingStates : [filter.state],
    after,
    limit: limit + 1,
  });
  const deliveries = found.slice(0, limit);
  const last = deliveries.at(-1);
  const isMore = last && found.length > limit;
  return { organization, deliveries, cursor: isMore ? formatCursor(last.dingId, last.position) : null };
}

function parsePosition(cursor: string): DingPosition {
  const [dingId = 0, at = 0] = parseCursor(cursor, position);
  return [dingId, at];
}

/** Returns what console and emulator show of a delivery. */
export function showDelivery(context: Context, { corpId }: Organization, delivery: DingDelivery) {
  const { robotId, userCode, userName, channel, state, voice, body, sentAt, readAt, recalledAt } = delivery;
  const robot = context.directory.now.robotOf(robotId);
  return {
    robotCode: robot?.code ?? '',
    robotName: robot ? robotNameIn(context, corpId, robot) : '',
    userId: userCode,
    name: userName,
    channel: nameChannel(channel),
    state,
    callVoice: voice,
    content: body,
    sentAt,
    readAt,
    recalledAt,
  };
}

/** Returns a page of deliveries for the console. Throws `huizhi.notFound`, or `huizhi.badRequest` for a bad cursor. */
export async function listDeliveries(context: Context, filter: DingFilter, page: Page) {
  const { organization, deliveries, cursor } = await readDeliveries(context, filter, page);
  const shown = deliveries.map((delivery) => ({
    dingId: context.seal.sealPair('ding', organization.corpId, delivery.dingId),
    ...showDelivery(context, organization, delivery),
  }));
  return { deliveries: shown, cursor };
}

/** New quotas of an organization; null is any number, and an absent member stays unchanged. */
export type QuotaChange = { readonly sms?: number | null | undefined; readonly phone?: number | null | undefined };

/** Returns an organization's quotas of SMS and calls. Throws `huizhi.notFound`. */
export async function getQuotas(context: Context, corpCode: string) {
  const { corpId } = requireOrganization(context, corpCode);
  return context.store.dings.quotas(corpId);
}

/** Sets an organization's quotas. What was used stays counted. Throws `huizhi.notFound`. */
export async function setQuotas(context: Context, operator: Operator, corpCode: string, change: QuotaChange) {
  const { corpId } = requireOrganization(context, corpCode);
  const { sms, phone } = await getQuotas(context, corpCode);
  const was = { sms: sms.quota, phone: phone.quota };
  const became = {
    sms: change.sms === undefined ? was.sms : change.sms,
    phone: change.phone === undefined ? was.phone : change.phone,
  };
  if (JSON.stringify(was) !== JSON.stringify(became)) {
    const changes = [
      { dingQuota: { corpId, channel: 2, quota: became.sms } },
      { dingQuota: { corpId, channel: 3, quota: became.phone } },
    ] as const;
    await makeChanges(context, operator, changes, { corpId, action: 'ding.quota', target: corpCode, was, became });
  }
  return getQuotas(context, corpCode);
}
