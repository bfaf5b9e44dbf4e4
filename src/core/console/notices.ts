import type { Organization } from '../../store/model.ts';
import type { Notice } from '../../store/notices/results.ts';
import { huizhiError } from '../../wire/errors.ts';
import { findKindByNumber } from '../../wire/vendor/messages.ts';
import { noticeTypeOf } from '../../wire/vendor/notices.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { listMisses, listReceivers, progressOf, toNoticeId, toTaskId } from '../notices/tasks.ts';
import { type Page, requireOrganization } from './message-list.ts';

/** The filters of the list of work notices. */
export type NoticeFilter = { readonly corpId: string; readonly appKey?: string };

const statuses = ['waiting', 'running', 'done'] as const;

/** Returns a page of an organization's work notices, newest first. Throws `huizhi.notFound`, `huizhi.badRequest`. */
export async function listNotices(context: Context, filter: NoticeFilter, page: Page) {
  const { notices, cursor } = await findNotices(context, filter, page);
  return { notices: notices.map((notice) => showNotice(context, notice)), cursor };
}

/** Finds a page of an organization's work notices, newest first. Throws `huizhi.notFound`, `huizhi.badRequest`. */
export async function findNotices(context: Context, { corpId, appKey }: NoticeFilter, { limit, cursor }: Page) {
  const organization = requireOrganization(context, corpId);
  const app = appKey === undefined ? undefined : context.directory.now.app(appKey);
  if (appKey !== undefined && !app) throw huizhiError('huizhi.notFound', `no app ${appKey}`);
  const before = parseNumberCursor(cursor);
  const found = await context.store.notices.page(organization.corpId, app?.id, before, limit + 1);
  const notices = found.slice(0, limit);
  const last = notices.at(-1);
  return { notices, cursor: last && found.length > limit ? formatCursor(last.noticeId) : null };
}

/** Returns a work notice with all its receivers. Throws `huizhi.notFound`. */
export async function getNotice(context: Context, corpCode: string, taskText: string) {
  const { notice } = await findNotice(context, corpCode, taskText);
  const receivers = await listReceivers(context, notice);
  const misses = await listMisses(context, notice);
  return {
    ...showNotice(context, notice),
    receivers: receivers.map(({ code, name, readAt }) => ({ userId: code, name, readAt })),
    missed: misses.map(({ code, name, reason }) => ({ userId: code, name, reason })),
    invalidUserIds: [...notice.invalid.users],
    invalidDeptIds: [...notice.invalid.departments],
  };
}

/** Finds a work notice by the number of its task. Throws `huizhi.notFound`. */
export async function findNotice(
  context: Context,
  corpCode: string,
  taskText: string,
): Promise<{ readonly organization: Organization; readonly notice: Notice }> {
  const organization = requireOrganization(context, corpCode);
  const noticeId = /^\d{12,16}$/.test(taskText) ? toNoticeId(Number(taskText)) : undefined;
  const notice = noticeId === undefined ? undefined : await context.store.notices.find(organization.corpId, noticeId);
  if (!notice) throw huizhiError('huizhi.notFound', `no task ${taskText} in ${corpCode}`);
  return { organization, notice };
}

/** Returns a work notice in the form of the lists. */
export function showNotice({ directory }: Context, notice: Notice) {
  const app = directory.now.appOf(notice.appId);
  return {
    taskId: toTaskId(notice.noticeId),
    appKey: app?.code ?? '',
    agentId: app?.agentId ?? 0,
    msgtype: noticeTypeOf(findKindByNumber(notice.kind).msgKey),
    message: notice.param,
    sentAt: notice.sentAt,
    recalledAt: notice.recalledAt,
    status: statuses[progressOf(notice).status],
    receiverCount: notice.total,
  };
}
