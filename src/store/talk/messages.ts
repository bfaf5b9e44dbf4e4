import { queryRow, sql, type Work } from '../engine/sql.ts';
import type { QuotedMessage } from '../model.ts';
import { findPeople } from '../people/users.ts';
import { personSender } from './speech.ts';

/** A message of any sender, as quotes and emotions need it. */
export type TalkMessage = QuotedMessage & {
  readonly sentAt: number;
  readonly isOfPerson: boolean;
  readonly conversationId: number | null;
  readonly personId: number | null;
};

type TalkRow = [
  robotId: number,
  kind: number,
  sentAt: number,
  recalledAt: number | null,
  sender: number,
  conversationId: number | null,
  personId: number | null,
  param: string | null,
];

const selectMessage = sql<TalkRow>(
  'select_talk_message',
  `select m.robot_id, m.kind, m.sent_at, m.recalled_at, m.sender, m.conversation_id, m.person_id, c.param
   from messages{day $2} m left join contents{day $2} c on c.corp_id = m.corp_id and c.message_id = m.id
   where m.corp_id = $1 and m.id = $2`,
);

/** Finds a message of any sender by number. */
export function* findTalkMessage(corpId: number, messageId: number): Work<TalkMessage | undefined> {
  const row = yield* queryRow(selectMessage, corpId, messageId);
  if (!row) return undefined;
  const [robotId, kind, sentAt, recalledAt, sender, conversationId, personId, param] = row;
  const [author] = personId === null ? [] : yield* findPeople(corpId, [personId]);
  const person = author ? { code: author.code, name: author.name } : null;
  const facts = { messageId, robotId, kind, sentAt, recalledAt, sender, conversationId, personId, param, person };
  return { ...facts, isOfPerson: sender === personSender };
}
