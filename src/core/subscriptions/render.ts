import { hash } from 'node:crypto';
import type { EventKind, OrganizationEvent } from '../../store/events.ts';
import type { Organization } from '../../store/model.ts';
import type { EventType, WebhookEvent } from '../../wire/own/endpoints.ts';
import { findPeople } from '../console/message-detail.ts';
import type { Context } from '../context.ts';
import { describeSender } from '../notices/sender.ts';

const types: Readonly<Record<EventKind | 'removed', EventType | 'removed'>> = {
  sent: 'message.sent',
  delivered: 'message.delivered',
  read: 'receipt.read',
  recalled: 'receipt.recalled',
  removed: 'removed',
};

/** Returns the type of an event; `removed` if retention has removed its message. */
export const typeOf = ({ event }: OrganizationEvent) => types[event];

/** Returns the id of an event, the same for each endpoint and at each try: `evt_` and 32 hexadecimal digits. */
export function idOfEvent({ code }: Organization, number: number): string {
  return `evt_${hash('sha256', `huizhi event\0${code}\0${number}`).slice(0, 32)}`;
}

/** Renders events of an organization as webhooks and the console API send them. */
export async function renderEvents(
  context: Context,
  organization: Organization,
  events: readonly OrganizationEvent[],
): Promise<readonly WebhookEvent[]> {
  const { corpId } = organization;
  const { people, conversations } = await findSubjects(context, corpId, events);
  return events.map((one) => {
    const { seq: number, at, userId, manner } = one;
    const type = typeOf(one);
    const user = userId === undefined ? undefined : people.get(userId);
    return {
      type,
      timestamp: at === null ? null : new Date(at).toISOString(),
      number,
      data: {
        corpId: organization.code,
        ...describeMessage(context, corpId, one, conversations),
        ...(type === 'receipt.read' && { userId: user?.code ?? '', name: user?.name ?? '', readAt: at ?? 0, manner }),
      },
    };
  });
}

/** Finds whom and what events are about: those who have read, and the conversations of the messages, by number. */
export async function findSubjects(context: Context, corpId: number, events: readonly OrganizationEvent[]) {
  const readers = new Set(events.flatMap(({ userId }) => userId ?? []));
  const conversationIds = new Set(events.flatMap(({ message }) => message?.conversationId ?? []));
  return {
    readers: [...readers],
    people: await findPeople(context, corpId, readers),
    conversations: await context.store.conversations.byNumber(corpId, [...conversationIds]),
  };
}

function describeMessage(
  context: Context,
  corpId: number,
  { messageId, message }: OrganizationEvent,
  conversations: ReadonlyMap<number, { readonly openId: string }>,
) {
  const named = { messageId: context.seal.sealPair('message', corpId, messageId) };
  if (!message) return named;
  const { robotId, sentAt, conversationId } = message;
  const conversation = conversationId === null ? undefined : conversations.get(conversationId);
  return {
    ...named,
    processQueryKey: context.seal.sealKey({ corpId, robotId, messageId, sentAt }),
    robotCode: describeSender(context, corpId, robotId).code,
    openConversationId: conversation?.openId ?? null,
    sentAt,
  };
}
