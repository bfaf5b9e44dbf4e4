import type { ConsoleEventDelivery, PushAnswer, StreamEventsAnswer } from '../../../src/client/answers.ts';
import { useTexts } from '../preferences.ts';

type AppEventType = StreamEventsAnswer['types'][number];

/** The types of events that apps get, in the order in which they are offered. */
export const appEvents: readonly AppEventType[] = [
  ...(['robot_msg_read', 'robot_msg_recall'] as const),
  ...(['chat_add_member', 'chat_remove_member', 'chat_quit'] as const),
  ...(['chat_update_title', 'chat_update_owner', 'chat_disband'] as const),
  ...(['user_add_org', 'user_modify_org', 'user_leave_org'] as const),
  ...(['org_dept_create', 'org_dept_modify', 'org_dept_remove'] as const),
];

/** The name of a type of events, and the type; only the type if huizhi never sends it. */
export function EventName({ type }: { readonly type: PushAnswer['types'][number] }) {
  const names: Readonly<Record<string, string>> = useTexts().stream.types;
  return (
    <>
      {names[type]} <code dir="ltr">{type}</code>
    </>
  );
}

const sentTypes: Readonly<Record<string, AppEventType>> = {
  'receipt.read': 'robot_msg_read',
  'receipt.recalled': 'robot_msg_recall',
  'group.members_added': 'chat_add_member',
  'group.members_removed': 'chat_remove_member',
  'group.member_left': 'chat_quit',
  'group.renamed': 'chat_update_title',
  'group.owner_changed': 'chat_update_owner',
  'group.disbanded': 'chat_disband',
  'user.added': 'user_add_org',
  'user.changed': 'user_modify_org',
  'user.removed': 'user_leave_org',
  'department.created': 'org_dept_create',
  'department.changed': 'org_dept_modify',
  'department.removed': 'org_dept_remove',
};

/** The type of an event of the organization as apps get it. */
export function appEventOf(type: NonNullable<ConsoleEventDelivery['event']>['type']): string {
  return sentTypes[type] ?? type;
}
