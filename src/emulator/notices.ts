import type { Composed } from '../compose.ts';
import type { Entry } from '../core/dev/journal.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import type { NoticeAnswer, NoticesAnswer } from '../wire/own/notices.ts';
import type { CallControl } from './call-control.ts';
import type { Emulator, WorkNotice, WorkNoticeFilter, WorkNoticeResult } from './types.ts';
import { waitUntil } from './waits.ts';

type NoticeControls = Pick<Emulator, 'workNotices' | 'workNotice' | 'readWorkNotice' | 'waitForWorkNotice'>;

/** Creates the methods for work notices. All waits reject when `closing` aborts. */
export function createNoticeControls(
  composed: Composed,
  { callControl, waitUntilIdle }: { readonly callControl: CallControl; readonly waitUntilIdle: () => Promise<void> },
  defaultCorpId: string,
  closing: AbortSignal,
): NoticeControls {
  // A test sees a notice as waiting only while deliveries are held.
  const ask: CallControl = async (...call) => {
    await waitUntilIdle();
    return callControl(...call);
  };
  const journal = composed.controls?.journal;
  const listSends = () => (journal?.since(0, Number.POSITIVE_INFINITY) ?? []).flatMap(parseSend);
  // Keyed by the journal entry, not by task: after a reset a seeded emulator issues the same numbers again.
  const claimed = new WeakSet<Entry>();
  const claim = async (filter: WorkNoticeFilter) => {
    for (const { entry, taskId } of listSends()) {
      if (claimed.has(entry)) continue;
      const notice = await findAnywhere(composed, ask, taskId);
      if (!notice || claimed.has(entry) || !matchesFilter(notice, filter)) continue;
      claimed.add(entry);
      return notice;
    }
    return undefined;
  };
  return {
    workNotices: (corpId = defaultCorpId) => listNotices(ask, corpId),
    workNotice: (taskId, corpId = defaultCorpId) => getNotice(ask, taskId, corpId),
    async readWorkNotice(taskId, userIds, manner, corpId = defaultCorpId) {
      return (await ask<{ read: number }>('POST', '/workNotices/read', { corpId, taskId, userIds, manner })).read;
    },
    async waitForWorkNotice(filter = {}, options = {}) {
      refuseUnknown('The filter of waitForWorkNotice', filter, ['agentId', 'msgtype', 'text']);
      refuseUnknown('The options of waitForWorkNotice', options, ['timeout', 'signal']);
      const what = () => `no matching work notice was sent (${listSends().length} other notices were)`;
      const watch = (wake: () => void) => journal?.watch(wake) ?? (() => {});
      return waitUntil(() => claim(filter), watch, { ...options, closing, what });
    },
  };
}

const sendPath = /^\/topapi\/message\/corpconversation\/(?:asyncsend_v2|sendbytemplate)$/;

/** Returns the task of an accepted send; nothing for other requests. */
function parseSend(entry: Entry): readonly { readonly entry: Entry; readonly taskId: number }[] {
  if (entry.status !== 200 || !sendPath.test(entry.path)) return [];
  const { task_id: taskId } = JSON.parse(entry.answer) as { task_id?: number };
  return taskId === undefined ? [] : [{ entry, taskId }];
}

/** Finds a notice in all organizations; undefined after a reset, which removes it. */
async function findAnywhere({ context }: Composed, ask: CallControl, taskId: number): Promise<WorkNotice | undefined> {
  for (const { code } of context.directory.now.organizations()) {
    const found = await getNotice(ask, taskId, code).catch(() => undefined);
    if (found) {
      const { receivers: _, missed: __, invalidUserIds: ___, invalidDeptIds: ____, ...notice } = found;
      return notice;
    }
  }
  return undefined;
}

async function getNotice(ask: CallControl, taskId: number, corpId: string): Promise<WorkNoticeResult> {
  const found = await ask<NoticeAnswer>('GET', `/workNotices/${taskId}?${new URLSearchParams({ corpId })}`);
  return { ...found, message: parseMessage(found.message) };
}

/** Reads all pages of the notices of an organization. */
async function listNotices(ask: CallControl, corpId: string): Promise<readonly WorkNotice[]> {
  const found: WorkNotice[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query = new URLSearchParams({ corpId, limit: '100', ...(cursor === '' ? {} : { cursor }) });
    const page: NoticesAnswer = await ask<NoticesAnswer>('GET', `/workNotices?${query}`);
    found.push(...page.notices.map((notice) => ({ ...notice, message: parseMessage(notice.message) })));
    cursor = page.cursor;
  }
  return found;
}

function parseMessage(text: string | null): WorkNotice['message'] {
  return text === null ? null : (JSON.parse(text) as WorkNotice['message']);
}

function matchesFilter(notice: WorkNotice, { agentId, msgtype, text = '' }: WorkNoticeFilter): boolean {
  if (agentId !== undefined && notice.agentId !== agentId) return false;
  if (msgtype !== undefined && notice.msgtype !== msgtype) return false;
  if (text === '') return true;
  const texts = listTexts(notice.message);
  // `search`, because `test` of a global expression depends on its lastIndex.
  return texts.some((one) => (typeof text === 'string' ? one.includes(text) : one.search(text) !== -1));
}

function listTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listTexts) : [];
}
