import { insertCardDelivery } from '../cards/deliveries.ts';
import { audit } from '../console/audit.ts';
import { countSends } from '../console/statistics.ts';
import { readChanges } from '../conversations/conversations.ts';
import { countWebhookSend } from '../custom-robots/rates.ts';
import { createInsert } from '../engine/rows.ts';
import { pipeline, sql, type Value, type Work } from '../engine/sql.ts';
import { appendEvents } from '../events.ts';
import type { Accepted, Send } from '../model.ts';
import { groupSender, isGroupSender } from '../notices/senders.ts';
import { countFlows, hasLimits } from './flow-limits.ts';
import { claimCodes, releaseCode, storeAnswer } from './idempotency.ts';
import { formatFiltered, formatRecipients } from './receipts.ts';
import { findRecipients, type Recipient, type Recipients } from './recipients.ts';

/** A send, with the number that is reserved for its message. */
export type NumberedSend = { readonly send: Send; readonly messageId: number };

/** A send with the decision about each recipient. */
type Addressed = NumberedSend & {
  readonly accepted: Accepted;
  readonly userIds: readonly number[];
  readonly filteredIds: readonly number[];
  /** The change number of the conversation; undefined for a send to users. */
  readonly sentIn?: number;
};

/** Accepts one send; see `acceptAll`. */
export function* accept(send: Send, messageId: number, owner = 0): Work<Accepted | undefined> {
  const [accepted] = yield* acceptAll(send.corpId, [{ send, messageId }], owner);
  return accepted;
}

/**
 * Accepts sends of one organization in the caller's transaction: stores the message of each, with its content and
 * recipients. A transaction locks the organization's counters until its commit is durable, so several sends share one
 * transaction. A group needs about as many statements as a single send.
 *
 * @param group each idempotency code may occur only once
 * @param owner the number of the process that delivers the messages
 * @returns in the order of the group; undefined for a send that is not stored: one without a valid user, to a
 *   conversation that is disbanded, or beyond the limit of a custom robot
 */
export function* acceptAll(
  corpId: number,
  group: readonly NumberedSend[],
  owner: number,
): Work<readonly (Accepted | undefined)[]> {
  const earlier = yield* claimCodes(corpId, group);
  const fresh = group.filter(({ send }) => !earlier.has(send));
  const recipients = yield* findRecipientsOf(corpId, fresh);
  const changes = yield* readChanges(
    corpId,
    fresh.flatMap(({ send }) => send.conversationId ?? []),
  );
  const addressed = new Map<NumberedSend, Addressed>();
  for (const [i, one] of fresh.entries()) {
    const { conversationId } = one.send;
    const sorted =
      conversationId === undefined
        ? yield* address(one, recipients[i] ?? [])
        : yield* addressConversation(one, changes.get(conversationId));
    if (sorted) addressed.set(one, sorted);
    else yield* releaseCode(one.send);
  }
  yield* insert(corpId, [...addressed.values()], owner);
  return group.map((one) => earlier.get(one.send) ?? addressed.get(one)?.accepted);
}

/** Finds the users with the codes of each send, with one statement; see `findRecipients`. */
function* findRecipientsOf(corpId: number, group: readonly NumberedSend[]): Work<readonly Recipients[]> {
  const found = yield* findRecipients(
    corpId,
    group.flatMap(({ send }) => send.userCodes),
  );
  let end = 0;
  return group.map(({ send: { userCodes } }) => {
    end += userCodes.length;
    return found.slice(end - userCodes.length, end);
  });
}

/**
 * Decides who gets a message: users who have not blocked the robot and are within the robot's limits. Returns undefined
 * if no code is a user.
 */
function* address(one: NumberedSend, recipients: Recipients): Work<Addressed | undefined> {
  const { send, messageId } = one;
  const { robot, sentAt } = send;
  const known = [...new Set(recipients)].filter((user) => user !== undefined);
  if (known.length === 0) return undefined;
  const isBlocked = ({ blocks }: Recipient) => blocks.length > 0 && blocks.includes(robot.id);
  const filtered = robot.unblockable ? [] : known.filter(isBlocked);
  const open = filtered.length === 0 ? known : known.filter((user) => !filtered.includes(user));
  const openIds = idsOf(open);
  const limited = hasLimits(robot) ? yield* countFlows(send, openIds) : noUsers;
  const accepted: Accepted = {
    messageId,
    sentAt,
    flowControlled: open.filter(({ id }) => limited.has(id)).map(({ code }) => code),
    invalid: [...new Set(send.userCodes.filter((_, i) => recipients[i] === undefined))],
    filtered: filtered.map(({ code }) => code),
  };
  const userIds = openIds.filter((id) => !limited.has(id));
  return { ...one, accepted, userIds, filteredIds: idsOf(filtered) };
}

/** Addresses a send to the members of a conversation, who are found while it is delivered. */
function* addressConversation(one: NumberedSend, sentIn: number | undefined): Work<Addressed | undefined> {
  if (sentIn === undefined) return undefined;
  const { messageId, send } = one;
  const { corpId, robot, sentAt, webhookLimit } = send;
  if (webhookLimit && !(yield* countWebhookSend(corpId, robot.id, sentAt, webhookLimit))) return undefined;
  const accepted: Accepted = { messageId, sentAt: send.sentAt, flowControlled: [], invalid: [], filtered: [] };
  return { ...one, accepted, userIds: [], filteredIds: [], sentIn };
}

const noUsers: ReadonlySet<number> = new Set();

const idsOf = (users: readonly Recipient[]) => users.map(({ id }) => id);

const insertMessages = createInsert(
  'insert_messages',
  'messages',
  'corp_id, id, robot_id, kind, sent_at, state, recipients, reads, owner, filtered',
);
const insertGroupMessages = createInsert(
  'insert_group_messages',
  'messages',
  'corp_id, id, robot_id, kind, sent_at, state, recipients, reads, owner, sender, conversation_id, sent_in, delivered_to',
);
const insertContents = createInsert('insert_contents', 'contents', 'corp_id, message_id, param');

// Not in the insert: only few messages are sent in the console.
const setOperator = sql(
  'set_message_operator',
  `update messages{day $2} set operator_id = $3 where corp_id = $1 and id = $2`,
);

function* insert(corpId: number, all: readonly Addressed[], owner: number): Work<void> {
  const toUsers = all.filter(({ sentIn }) => sentIn === undefined);
  yield* insertMessages(
    toUsers.flatMap(({ messageId, send: { robot, kind, sentAt }, userIds, filteredIds }) => {
      const recipients = formatRecipients(userIds);
      return [corpId, messageId, robot.id, kind, sentAt, 0, recipients, '', owner, formatFiltered(filteredIds)];
    }),
  );
  if (toUsers.length < all.length) yield* insertGroupMessages(all.flatMap((one) => renderGroupRow(one, owner)));
  yield* insertContents(all.flatMap(({ messageId, send }) => [corpId, messageId, send.param]));
  for (const { messageId, send } of all) {
    if (send.operatorId !== undefined) yield* pipeline(setOperator, corpId, messageId, send.operatorId);
  }
  for (const { send, accepted } of all) yield* storeAnswer(send, accepted);
  if (all.some(({ send }) => send.cardId !== undefined)) yield* showCards(all);
  yield* appendEvents(
    corpId,
    'sent',
    all.map(({ messageId }) => messageId),
  );
  yield* countSends(
    corpId,
    all.map(({ send: { robot, sentAt }, userIds }) => ({ robotId: robot.id, sentAt, deliveries: userIds.length })),
  );
  for (const { messageId, send, userIds } of all) if (send.audit) yield* audit(send.audit(messageId, userIds.length));
}

/**
 * Stores which messages show a card; not those that no user gets. The rows of cards are locked in one order, so that
 * two transactions do not wait for each other.
 */
function* showCards(all: readonly Addressed[]): Work<void> {
  const byCard = all.toSorted((a, b) => (a.send.cardId ?? 0) - (b.send.cardId ?? 0));
  for (const { messageId, send, userIds } of byCard) {
    const { corpId, cardId, robot, sentAt, conversationId = 0 } = send;
    const [userId = 0] = userIds;
    if (cardId === undefined || (userId === 0 && conversationId === 0)) continue;
    yield* insertCardDelivery({ corpId, id: cardId }, { messageId, robotId: robot.id, userId, conversationId }, sentAt);
  }
}

/** Values of `messages.sender`. */
const robotOfApp = 0;
const customRobot = 1;

/** Returns the row of a message to a conversation; none for a message to users. */
function renderGroupRow({ messageId, send, sentIn }: Addressed, owner: number): readonly Value[] {
  const { corpId, robot, kind, sentAt, conversationId = null, webhookLimit } = send;
  if (sentIn === undefined) return [];
  const sender = webhookLimit ? customRobot : isGroupSender(robot.id) ? groupSender : robotOfApp;
  return [corpId, messageId, robot.id, kind, sentAt, 0, '', '', owner, sender, conversationId, sentIn, 0];
}
