/** Work notices with their results, for operators. */
import type { Notice } from '../../store/notices/results.ts';
import { findKindByNumber } from '../../wire/vendor/messages.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseCursor } from '../cursor.ts';
import { everybody } from '../events.ts';
import { deliverTakeBack, progressOf } from '../notices/tasks.ts';
import type { Page } from './message-list.ts';
import { findNotice, findNotices, type NoticeFilter, showNotice } from './notices.ts';
import type { Operator } from './operators.ts';
import { type Total, totalOf } from './totals.ts';

/**
 * Returns a page of an organization's work notices, newest first, with the number of those who have read each of them,
 * and of those who did not get it. Throws `huizhi.notFound`, `huizhi.badRequest`.
 */
export async function listNoticeResults(context: Context, filter: NoticeFilter, page: Page) {
  const { notices, cursor } = await findNotices(context, filter, page);
  const shown: (ReturnType<typeof describe> & { readonly read: Total; readonly missed: Total })[] = [];
  for (const notice of notices) {
    const { read, missed } = await context.store.notices.totals(notice.corpId, notice.noticeId);
    shown.push({ ...describe(context, notice), read: totalOf(read), missed: totalOf(missed) });
    // Other requests run between the counts, which may read many rows.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { notices: shown, cursor };
}

function describe(context: Context, notice: Notice) {
  return {
    ...showNotice(context, notice),
    messageId: context.seal.sealPair('message', notice.corpId, notice.noticeId),
    msgKey: findKindByNumber(notice.kind).msgKey,
    percent: progressOf(notice).percent,
  };
}

/** Returns a work notice with the numbers of its result. Throws `huizhi.notFound`. */
export async function getNoticeResult(context: Context, corpCode: string, taskText: string) {
  const { organization, notice } = await findNotice(context, corpCode, taskText);
  const { corpId, noticeId } = notice;
  // The sequence number is read before the counts, so an event in between is delivered twice rather than never.
  const sequence = await context.store.operator.lastEvent(corpId);
  const { recipients = 0, readers = 0 } = (await context.store.conversations.counts(corpId, noticeId)) ?? {};
  const missed = await context.store.notices.missCounts(corpId, noticeId);
  return {
    ...describe(context, notice),
    corpId: organization.code,
    result: {
      read: readers,
      unread: Math.max(0, recipients - readers),
      failed: missed.left,
      forbidden: missed.daily + missed.repeated + missed.minute,
      waiting: notice.total - notice.handled,
    },
    invalidUserIds: [...notice.invalid.users],
    invalidDeptIds: [...notice.invalid.departments],
    sequence,
  };
}

const cursorForm = /^([1-9]\d{0,15})$/;

/** Lists those who did not get a work notice, in the order in which the users were created. Throws `huizhi.notFound`. */
export async function listMissed(context: Context, corpCode: string, taskText: string, { limit, cursor }: Page) {
  const { notice } = await findNotice(context, corpCode, taskText);
  const [after = 0] = cursor === undefined ? [] : parseCursor(cursor, cursorForm);
  const found = await context.store.notices.misses(notice.corpId, notice.noticeId, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    missed: page.map(({ code, name, reason }) => ({ userId: code, name, reason })),
    cursor: last && found.length > limit ? formatCursor(last.userId) : null,
  };
}

/** Recalls a work notice of any age. Recalling it again changes nothing. Throws `huizhi.notFound`. */
export async function recallNotice(context: Context, operator: Operator, corpCode: string, taskText: string) {
  const { notice } = await findNotice(context, corpCode, taskText);
  if (notice.recalledAt === null) {
    const { corpId, noticeId } = notice;
    const at = context.clock.now();
    const change = { was: { recalledAt: null }, became: { recalledAt: at } };
    const entry = { corpId, at, actor: operator.actor, action: 'notice.recall', target: taskText, ...change };
    await context.store.operator.recall(corpId, noticeId, at, entry);
    context.events.publish([{ corpId, userId: everybody }]);
    await deliverTakeBack(context, notice);
  }
  return getNoticeResult(context, corpCode, taskText);
}
