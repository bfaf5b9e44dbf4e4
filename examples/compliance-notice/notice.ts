/** A notice that everybody has to read, and the list of those who have not. */
import type { Client, SendResult } from 'huizhi/client';

export type Missing = { readonly userId: string; readonly name: string; readonly reason: string };

/** Sends to any number of people; the client does it 20 at a time. Keep the result: the report is made from it. */
export function sendNotice(client: Client, to: readonly string[], title: string, text: string): Promise<SendResult> {
  return client.send({ to, markdown: { title, text } });
}

/** Who has not read: those who got it and did not look, and those who never got it. Ask within 24 hours of the notice. */
export async function missingFrom(client: Client, notice: SendResult): Promise<readonly Missing[]> {
  const receipts = await Promise.all(notice.keys.map((key) => client.readStatus(key)));
  const unread = receipts.flatMap(({ recipients }) => recipients.filter(({ read }) => !read));
  const without = (userIds: readonly string[], reason: string) =>
    userIds.map((userId) => ({ userId, name: '', reason }));
  return [
    ...unread.map(({ userId, name }) => ({ userId, name, reason: 'not read' })),
    ...without(notice.invalid, 'no such user'),
    ...without(notice.filtered, 'has blocked the robot'),
    ...without(notice.flowControlled, 'over the flow limit'),
    ...notice.failed.flatMap(({ userIds, outcome }) => without(userIds, `the send failed: ${outcome}`)),
  ];
}

/** RFC 4180, with a byte order mark, without which Excel does not take the names for UTF-8. */
export function toCsv(rows: readonly Missing[]): string {
  const field = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map(({ userId, name, reason }) => [userId, name, reason].map(field).join(','));
  return `\uFEFF${['userId,name,reason', ...lines].join('\r\n')}\r\n`;
}
