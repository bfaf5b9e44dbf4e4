import type { InboxDing } from '../../store/dings/events.ts';
import type { InboxEvent, ReadManner, Session } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { robotNameIn } from '../robot-settings.ts';

/** The channels of a DING, by their number. */
export const dingChannels = { 1: 'app', 2: 'sms', 3: 'phone' } as const;
export type DingChannelName = (typeof dingChannels)[keyof typeof dingChannels];

/** Returns the name of a channel. */
export const nameChannel = (channel: number): DingChannelName => dingChannels[channel as 1 | 2 | 3];

/** Returns a page of the DINGs that a user has not read, newest first. Throws `huizhi.badRequest` for a bad cursor. */
export async function listOpenDings(
  context: Context,
  { corpId, userId }: Session,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
) {
  const found = await context.store.dings.open(corpId, userId, parseNumberCursor(cursor), limit + 1);
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    dings: shown.map((ding) => showDing(context, corpId, ding)),
    cursor: last && found.length > limit ? formatCursor(last.dingId) : null,
  };
}

function showDing(context: Context, corpId: number, ding: InboxDing) {
  const { directory, seal } = context;
  const { dingId, robotId, channel, body, sentAt, readAt } = ding;
  const robot = directory.now.robotOf(robotId);
  return {
    dingId: seal.sealPair('ding', corpId, dingId),
    robotCode: robot?.code ?? '',
    robotName: robot ? robotNameIn(context, corpId, robot) : '',
    channel: nameChannel(channel),
    content: body,
    sentAt,
    readAt,
  };
}

/** Returns the data of an event about a DING. */
export function renderDingEvent(
  context: Context,
  corpId: number,
  { event, messageId, readAt, ding }: InboxEvent,
): object {
  const dingId = context.seal.sealPair('ding', corpId, messageId);
  if (event === 'ding' && ding) return showDing(context, corpId, ding);
  return event === 'dingRead' ? { dingId, readAt } : { dingId };
}

/**
 * Marks a user's DINGs as read, and returns how many were unread. Throws `huizhi.badRequest` for a malformed id; unknown
 * ids are skipped.
 */
export async function readInboxDings(
  context: Context,
  { corpId, userId }: Session,
  texts: readonly string[],
  manner: ReadManner,
): Promise<number> {
  const pairs = texts.map((text) => context.seal.openPair('ding', text));
  if (pairs.includes(undefined)) throw huizhiError('huizhi.badRequest', 'a dingId is not valid');
  const own = pairs.flatMap((pair) => (pair?.corpId === corpId ? [pair.id] : []));
  return (await markDingsRead(context, { corpId, userId }, own, manner)).length;
}

/**
 * Marks DINGs as read by a user, whether in the inbox or by the emulator. The first time and manner are kept. Returns
 * the numbers of the DINGs that were unread.
 */
export async function markDingsRead(
  { store, clock, events }: Context,
  person: { readonly corpId: number; readonly userId: number },
  dingIds: readonly number[],
  manner: ReadManner,
): Promise<readonly number[]> {
  const fresh = await store.dings.markRead(person.corpId, person.userId, dingIds, clock.now(), manner);
  if (fresh.length > 0) events.publish([person]);
  return fresh;
}
