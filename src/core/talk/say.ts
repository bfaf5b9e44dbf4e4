import { hash } from 'node:crypto';
import type { InboxMessage, Robot } from '../../store/model.ts';
import type { TalkMessage } from '../../store/talk/messages.ts';
import { personSender } from '../../store/talk/speech.ts';
import { wireError } from '../../wire/errors.ts';
import { idempotencyWindow, maxSpeeches } from '../../wire/limits.ts';
import type { SayContent } from '../../wire/own/talk.ts';
import { mayNameMedia } from '../../wire/vendor/media.ts';
import { personKinds } from '../../wire/vendor/person-kinds.ts';
import type { Context } from '../context.ts';
import type { Place } from '../conversation-ids.ts';
import { countOutcome } from '../custom-robots/call.ts';
import { renderClaimCode } from '../idempotency.ts';
import { type ShownMessage, showMessage } from '../inbox/inbox.ts';
import { noteMediaUse } from '../media/shown.ts';
import { robotNameIn } from '../robot-settings.ts';
import { parseSpoken, refuse, type Spoken } from './content.ts';
import { type Reach, sendToRobot } from './hearing.ts';
import { tooManyInMinute } from './minute.ts';
import { addNames, listNames } from './names.ts';
import { canListen, findNamed, type Named, noMember, requireTalkPlace, type TalkPlace } from './places.ts';
import { findQuote } from './quotes.ts';

/** A person who writes, and where. */
export type Saying = {
  readonly corpId: number;
  readonly userId: number;
  readonly place: Place | undefined;
  readonly content: SayContent;
  /** A repeat with the same one within 24 hours writes nothing. */
  readonly sendId?: string | undefined;
  /** Scheme and host under which programs reach the server. */
  readonly origin: string;
};

/** What was written. `robots` are those to which it was written; a repeat has none. */
export type Said = {
  readonly messageId: number;
  readonly sentAt: number;
  readonly message: ShownMessage;
  readonly robots: readonly { readonly robotCode: string; readonly robotName: string; readonly reach: Reach }[];
};

/**
 * Writes a message of a person: stores it, leaves its delivery to the other members to the deliverer, and passes it on
 * to the robot, or to the robots of the conversation that it names. Resolves when it is durable; it does not wait for the
 * programs of the robots.
 *
 * @throws WireError `huizhi.badRequest` for a bad content; `huizhi.notFound` for a place, file or quoted message that the
 *   person cannot use; `huizhi.conflict` for a disabled robot; `huizhi.tooManyRequests` beyond 60 messages a minute
 */
export async function say(context: Context, saying: Saying): Promise<Said> {
  const to = !saying.place ? 'unknown' : saying.place.conversationId === 0 ? 'robot' : 'conversation';
  const { isRepeated, ...said } = await countOutcome(
    () => write(context, saying),
    ({ isRepeated: isEarlier }) => (isEarlier ? 'repeated' : 'accepted'),
    (outcome) => context.meters.count('huizhi_person_messages_total', { to, outcome }),
  );
  return said;
}

async function write(context: Context, saying: Saying): Promise<Said & { readonly isRepeated: boolean }> {
  const { corpId, userId, content } = saying;
  const user = await context.store.userOf(corpId, userId);
  if (!user) throw noMember();
  const place = await requireTalkPlace(context, saying, saying.place);
  const spoken = await parseSpoken(context, corpId, content, place.kind === 'conversation');
  const named = await findNamedAt(context, place, content);
  const quoted = await findQuote(context, saying, place, content.quotedMessageId);
  const shown = addNames(spoken, listNames(context, corpId, named));
  const param = renderParam(context, corpId, shown, named);
  const stored = await store(context, saying, { place, spoken: shown, param, quoted });
  const message = showOwn(context, { user, place, type: spoken.type, param, quoted, ...stored });
  if (stored.isRepeated) return { ...stored, message, robots: [] };
  const { msgKey } = personKinds[spoken.type];
  if (mayNameMedia(msgKey)) await noteMediaUse(context, corpId, msgKey, param);
  const robots: Said['robots'][number][] = [];
  for (const robot of place.kind === 'robot' ? [place.robot] : named.robots) {
    const conversation = place.kind === 'conversation' ? place.conversation : undefined;
    const heard = { robot, conversation, user, spoken: shown, named, quoted, origin: saying.origin, ...stored };
    const reach = canListen(context, corpId, robot) ? await sendToRobot(context, corpId, heard) : 'none';
    robots.push({ robotCode: robot.code, robotName: robotNameIn(context, corpId, robot), reach });
  }
  return { ...stored, message, robots };
}

const noNames: Named = { robots: [], users: [] };

function findNamedAt(context: Context, place: TalkPlace, { atRobotCodes = [], atUserIds = [] }: SayContent) {
  if (place.kind === 'conversation') return findNamed(context, place.conversation, atRobotCodes, atUserIds);
  if (atRobotCodes.length + atUserIds.length === 0) return noNames;
  throw refuse('atRobotCodes: only a message to a conversation of several people names anybody');
}

/** Returns what is stored of a message. Pages highlight the names in `at`. */
function renderParam(context: Context, corpId: number, { type, ...param }: Spoken, named: Named): string {
  if (named.robots.length + named.users.length === 0) return JSON.stringify(param);
  const nameOf = (robot: Robot) => robotNameIn(context, corpId, robot);
  const robots = named.robots.map((robot) => ({ robotCode: robot.code, name: nameOf(robot) }));
  const users = named.users.map(({ userId, name }) => ({ userId, name }));
  return JSON.stringify({ ...param, at: { users, robots, isAtAll: false } });
}

type ToStore = {
  readonly place: TalkPlace;
  readonly spoken: Spoken;
  readonly param: string;
  readonly quoted: TalkMessage | undefined;
};

/** Stores a message, and wakes those who follow the inbox of its author. */
async function store(context: Context, saying: Saying, { place, spoken, param, quoted }: ToStore) {
  const { corpId, userId, sendId } = saying;
  const sentAt = context.clock.now();
  const robotId = place.kind === 'robot' ? place.robot.id : 0;
  const conversationId = place.kind === 'robot' ? null : place.conversation.id;
  const kind = personKinds[spoken.type].number;
  const quotedId = quoted?.messageId ?? null;
  const where = { corpId, userId, robotId, conversationId };
  const idempotency =
    sendId === undefined ? {} : describeSend(saying, sendId, [robotId, conversationId, param, quotedId], sentAt);
  const speech = { ...where, kind, param, quotedId, sentAt, perMinute: maxSpeeches, ...idempotency };
  const spokenNow = await context.store.talk.speak(speech);
  if (!('messageId' in spokenNow)) throw createRefusal(spokenNow.outcome, sentAt);
  const { messageId } = spokenNow;
  const isRepeated = spokenNow.outcome === 'repeated';
  if (!isRepeated) {
    context.events.publish([{ corpId, userId }]);
    const pending = { corpId, messageId, robotId, sentAt, conversationId, isRecalled: false };
    if (conversationId !== null) context.deliverer.deliver({ ...pending, state: 'queued' });
  }
  return { messageId, sentAt: spokenNow.sentAt, isRepeated };
}

function createRefusal(outcome: 'noMember' | 'mismatch' | 'tooMany', sentAt: number): Error {
  if (outcome === 'noMember') return noMember();
  if (outcome === 'mismatch')
    return wireError('huizhi.idempotencyMismatch', { why: 'the sendId belongs to another message' });
  return tooManyInMinute(`${maxSpeeches} messages`, sentAt);
}

/** The claim of a repeatable message. Messages of different people have different codes. */
function describeSend({ userId }: Saying, sendId: string, content: readonly unknown[], sentAt: number) {
  const code = renderClaimCode(`/say ${userId}`, sendId);
  const fingerprint = hash('sha256', JSON.stringify(content), 'base64url');
  return { idempotency: { code, since: sentAt - idempotencyWindow, content: fingerprint } };
}

type Own = {
  readonly user: { readonly corpId: number; readonly code: string; readonly name: string };
  readonly place: TalkPlace;
  readonly type: Spoken['type'];
  readonly param: string;
  readonly quoted: TalkMessage | undefined;
  readonly messageId: number;
  readonly sentAt: number;
};

/** Returns a message as the inbox of its author shows it. */
function showOwn(context: Context, { user, place, type, param, quoted, messageId, sentAt }: Own): ShownMessage {
  const { corpId, code, name } = user;
  const message: InboxMessage = {
    ...{ offset: 0, messageId, kind: personKinds[type].number, param, sentAt, readAt: sentAt, recalledAt: null },
    robotId: place.kind === 'robot' ? place.robot.id : 0,
    sender: personSender,
    conversation: place.kind === 'robot' ? null : place.conversation,
    person: { code, name },
    quoted: quoted ?? null,
    emotions: [],
  };
  return showMessage(context, corpId, message);
}
