/** The call for a work notice, or with `part` for something of it. */
export function noticeCall(corpId: string, taskId: string | number, part = ''): string {
  return `/console/v1/workNotices/${encodeURIComponent(taskId)}${part}?${new URLSearchParams({ corpId })}`;
}
