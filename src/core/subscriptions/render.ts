import { hash } from 'node:crypto';
import type { OrganizationChange } from '../../store/directory/organization-changes.ts';
import type { EventKind, OrganizationEvent } from '../../store/events.ts';
import type { Organization } from '../../store/model.ts';
import type { EventType, WebhookEvent } from '../../wire/own/endpoints.ts';
import { findPeople } from '../console/message-detail.ts';
import type { Context } from '../context.ts';
import { describeSender } from '../notices/sender.ts';
import { isOfGroup, isOfUser } from './event-fields.ts';

const types: Readonly<Record<EventKind | 'removed', EventType | 'removed'>> = {
  sent: 'message.sent',
  delivered: 'message.delivered',
  read: 'receipt.read',
  recalled: 'receipt.recalled',
  chat_add_member: 'group.members_added',
  chat_remove_member: 'group.members_removed',
  chat_quit: 'group.member_left',
  chat_update_title: 'group.renamed',
  chat_update_owner: 'group.owner_changed',
  chat_disband: 'group.disbanded',
  user_add_org: 'user.added',
  user_modify_org: 'user.changed',
  user_leave_org: 'user.removed',
  org_dept_create: 'department.created',
  org_dept_modify: 'department.changed',
  org_dept_remove: 'department.removed',
  removed: 'removed',
};

/** Returns the type of an event; `removed` if retention has removed its message or its text. */
export const typeOf = ({ event }: OrganizationEvent) => types[event];

/** Returns the id of an event, the same for each endpoint and at each attempt: `evt_` and 32 hexadecimal digits. */
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
        ...(one.change ? describeChange(one.change) : describeMessage(context, corpId, one, conversations)),
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
  if (messageId === 0) return {};
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

/** Renders a change of a group, a user or a department. */
function describeChange(change: OrganizationChange) {
  if (isOfUser(change)) return { userId: change.userId, name: change.name };
  if (!isOfGroup(change)) return { deptId: change.deptId, name: change.name, parentId: change.parentId };
  const { openConversationId, chatId, title, members, owner } = change;
  return {
    ...{ openConversationId, chatId, title },
    ...(members && { userIds: members.map(({ userId }) => userId) }),
    ...(owner && { owner: owner.userId }),
  };
}
