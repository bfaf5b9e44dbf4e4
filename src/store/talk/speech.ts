/** Messages that people write. */
import { readChanges } from '../conversations/conversations.ts';
import { isMember } from '../conversations/members.ts';
import { createInsert } from '../engine/rows.ts';
import type { Work } from '../engine/sql.ts';
import { claimCodes, releaseCode, storeAnswer } from '../messages/idempotency.ts';
import { formatRecipients } from '../messages/receipts.ts';
import type { Accepted, Send } from '../model.ts';
import { reserveOffset } from '../streams.ts';
import { countTalk } from './rates.ts';

/** The column `sender` of a message that a person has written. */
export const personSender = 2;

/** A validated message of a person. */
export type Speech = {
  readonly corpId: number;
  /** The number of the person. */
  readonly userId: number;
  /** The robot to which they write; 0 for a message to a conversation. */
  readonly robotId: number;
  /** The conversation to which they write; null for a message to a robot alone. */
  readonly conversationId: number | null;
  readonly kind: number;
  readonly param: string;
  readonly quotedId: number | null;
  /** Epoch milliseconds. */
  readonly sentAt: number;
  /** Maximum number of messages of a person in a minute. */
  readonly perMinute: number;
  readonly idempotency?: Send['idempotency'];
};

/** The result of `speak`: the message, which may be an earlier one with the same idempotency code. */
export type Spoken =
  | { readonly outcome: 'accepted' | 'repeated'; readonly messageId: number; readonly sentAt: number }
  | { readonly outcome: 'tooMany' | 'noMember' | 'mismatch' };

const insertMessage = createInsert(
  'insert_speech',
  'messages',
  'corp_id, id, robot_id, kind, sent_at, state, delivered_at, recipients, reads, owner, sender, conversation_id, sent_in, delivered_to, person_id, quoted_id',
);
const insertContent = createInsert('insert_speech_content', 'contents', 'corp_id, message_id, param');
const insertCopy = createInsert(
  'insert_own_copy',
  'inbox',
  'corp_id, user_id, seq, event, message_id, position, read_at',
);

const arrival = 0;
const [queued, delivered] = [0, 2];

/**
 * Stores a message of a person, with the copy in their own inbox. The copies of the other members of a conversation are
 * delivered like those of a robot's message.
 *
 * @param owner the number of the process that delivers the message
 */
export function* speak(speech: Speech, messageId: number, owner: number): Work<Spoken> {
  const { corpId, userId, conversationId, sentAt, perMinute, idempotency } = speech;
  const claim = { corpId, appId: 0, sentAt, ...(idempotency && { idempotency }) };
  const earlier = (yield* claimCodes(corpId, [{ send: claim }])).get(claim);
  if (earlier) return toRepeated(earlier, idempotency?.content);
  const sentIn = conversationId === null ? null : yield* readMembership(corpId, conversationId, userId);
  const isCounted = sentIn !== undefined && (yield* countTalk(corpId, 'user', userId, sentAt, perMinute));
  if (sentIn === undefined || !isCounted) {
    yield* releaseCode(claim);
    return { outcome: isCounted || sentIn !== undefined ? 'tooMany' : 'noMember' };
  }
  yield* insertSpeech(speech, messageId, owner, sentIn);
  yield* storeAnswer(claim, { messageId, sentAt, flowControlled: [], invalid: [], filtered: [] });
  return { outcome: 'accepted', messageId, sentAt };
}

function toRepeated({ messageId, sentAt, content }: Accepted, wanted: string | undefined): Spoken {
  return content === wanted ? { outcome: 'repeated', messageId, sentAt } : { outcome: 'mismatch' };
}

/** Returns the change number of a conversation; undefined if it is disbanded or the user is not a member. */
function* readMembership(corpId: number, conversationId: number, userId: number): Work<number | undefined> {
  const change = (yield* readChanges(corpId, [conversationId])).get(conversationId);
  return change !== undefined && (yield* isMember(corpId, conversationId, userId)) ? change : undefined;
}

function* insertSpeech(speech: Speech, messageId: number, owner: number, sentIn: number | null): Work<void> {
  const { corpId, userId, robotId, conversationId, kind, param, quotedId, sentAt } = speech;
  const delivery =
    conversationId === null ? [delivered, sentAt, formatRecipients([userId])] : ([queued, null, ''] as const);
  const audience = conversationId === null ? [null, null, null] : [conversationId, sentIn, 0];
  yield* insertMessage([
    ...[corpId, messageId, robotId, kind, sentAt],
    ...[...delivery, '', owner, personSender, ...audience, userId, quotedId],
  ]);
  yield* insertContent([corpId, messageId, param]);
  const offset = yield* reserveOffset(corpId, userId, messageId);
  yield* insertCopy([corpId, userId, offset, arrival, messageId, 0, sentAt]);
}
