import { formatRecipients, renderReads } from '../../src/store/messages/receipts.ts';
import { corpId, type Plan, readTimes, recipientsOf, sentAt } from '../seed.ts';

/** The columns of `messages` that a receipt needs. */
export const receiptColumns = 'corp_id, id, robot_id, kind, sent_at, state, delivered_at, recipients, reads';

/** Statements after which the next message gets a number that is free. */
export const counterStatements = ({ messages }: Plan): readonly string[] => [
  `update counters set next = ${messages + 1} where name = 'message'`,
  `insert into counters (corp_id, name, next) values (0, 'message', ${messages + 1}) on conflict do nothing`,
];

/** The row of a delivered message, half of whose recipients have read it, in the order of `receiptColumns`. */
export function receiptRow(plan: Plan, id: number): readonly (string | number)[] {
  const at = sentAt(plan, id);
  const recipients = formatRecipients(recipientsOf(plan, id));
  const reads = readTimes(plan, id).reduce<string>(
    (text, readAt, i) => (readAt === null ? text : renderReads(text, recipients, i, at, readAt)),
    '',
  );
  return [corpId, id, 1, 1, at, 2, at + 20, recipients, reads];
}
