import type { ConsoleEventDelivery, PushAnswer, StreamEventsAnswer } from '../../../src/client/answers.ts';
import { useTexts } from '../texts/use-texts.ts';

type AppEventType = StreamEventsAnswer['types'][number];

type EventType = NonNullable<ConsoleEventDelivery['event']>['type'];

/** The types that endpoints get and apps do not; `removed` is only listed. */
type OwnEventType = `message.${string}` | 'removed';

/** Maps the event types of endpoints to those of apps, in the order of the choices. */
const appNames = {
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
} as const satisfies Readonly<Record<Exclude<EventType, OwnEventType>, AppEventType>>;

/** The types of events that apps get. */
export const appEvents: readonly AppEventType[] = Object.values(appNames);

/** The types of events that endpoints get. */
export const endpointEvents: readonly EventType[] = [
  'message.sent',
  'message.delivered',
  ...(Object.keys(appNames) as (keyof typeof appNames)[]),
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

/** The type of an event of the organization as apps get it; its own type if they do not get it. */
export function appEventOf(type: EventType): string {
  const names: Partial<Record<EventType, AppEventType>> = appNames;
  return names[type] ?? type;
}
