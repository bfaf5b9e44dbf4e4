import type { Driver } from '../engine/sql.ts';
import type { Accepted } from '../model.ts';
import type { Numbers } from '../numbers.ts';
import { acceptNotice, type NewNotice } from './accept.ts';
import { pruneNoticeContents, pruneNoticeStep } from './prune.ts';
import { findReceivers, readAllReceivers, readReceiversIn } from './receivers.ts';
import {
  changeNoticeContent,
  readMissCounts,
  readMisses,
  readNotice,
  readNoticeReceivers,
  readNotices,
  readNoticeTotals,
} from './results.ts';
import { findNoticeTemplate, type NoticeTemplate, putNoticeTemplate } from './templates.ts';

/**
 * Creates the verbs for work notices. Times are epoch milliseconds.
 *
 * @param owner returns the number of this process, which delivers the notices that it accepts
 */
export function createNoticeVerbs(driver: Driver, numbers: Numbers, owner: () => number) {
  return {
    /** Accepts a notice; see `acceptNotice`. */
    async accept(notice: NewNotice): Promise<Accepted | undefined> {
      const messageId = await numbers.nextMessage(notice.sentAt);
      const conversationId = await numbers.next('conversation');
      return driver.write(() => acceptNotice(notice, { messageId, conversationId }, owner()));
    },
    /** Finds the numbers of current users by userId; see `findReceivers`. */
    findReceivers: (corpId: number, codes: readonly string[]) => driver.read(() => findReceivers(corpId, codes)),
    /** Reads the numbers of the current members of departments, excluding their subdepartments. */
    receiversIn: (corpId: number, departmentIds: readonly number[]) =>
      driver.read(() => readReceiversIn(corpId, departmentIds)),
    /** Reads a page of the numbers of all current users, after the number `after` (0 at first). */
    allReceivers: (corpId: number, after: number, limit: number) =>
      driver.read(() => readAllReceivers(corpId, after, limit)),
    /** Reads a notice by the number of its message; undefined if there is none, or its message was removed. */
    find: (corpId: number, noticeId: number) => driver.snapshot(() => readNotice(corpId, noticeId)),
    /** Reads a page of notices, newest first; see `readNotices`. */
    page: (corpId: number, appId: number | undefined, before: number, limit: number) =>
      driver.snapshot(() => readNotices(corpId, appId, before, limit)),
    /** Reads a page of those who got a notice, after the number `after` (0 at first). */
    receivers: (corpId: number, noticeId: number, after: number, limit: number) =>
      driver.read(() => readNoticeReceivers(corpId, noticeId, after, limit)),
    /** Reads a page of those who did not get a notice, after the number `after` (0 at first). */
    misses: (corpId: number, noticeId: number, after: number, limit: number) =>
      driver.read(() => readMisses(corpId, noticeId, after, limit)),
    /** Counts those who have read a notice, and those who did not get it, up to 10,001 each. */
    totals: (corpId: number, noticeId: number) => driver.read(() => readNoticeTotals(corpId, noticeId)),
    /** Counts those who did not get a notice, by reason. */
    missCounts: (corpId: number, noticeId: number) => driver.read(() => readMissCounts(corpId, noticeId)),
    /** Replaces the text of a notice; see `changeNoticeContent`. */
    changeContent: (corpId: number, noticeId: number, change: (param: string) => string) =>
      driver.write(() => changeNoticeContent(corpId, noticeId, change)),
    putTemplate: (corpId: number, appId: number, template: NoticeTemplate) =>
      driver.write(() => putNoticeTemplate(corpId, appId, template)),
    findTemplate: (corpId: number, appId: number, code: string) =>
      driver.read(() => findNoticeTemplate(corpId, appId, code)),
    /** Removes some rows of the oldest notice; see `pruneNoticeStep`. */
    pruneStep: (corpId: number, before: number, limit: number) =>
      driver.write(() => pruneNoticeStep(corpId, before, limit)),
    /** Deletes up to `limit` notes about the contents that users got before a day. Resolves with how many. */
    pruneContents: (corpId: number, day: number, limit: number) =>
      driver.write(() => pruneNoticeContents(corpId, day, limit)),
  };
}

export type NoticeVerbs = ReturnType<typeof createNoticeVerbs>;
