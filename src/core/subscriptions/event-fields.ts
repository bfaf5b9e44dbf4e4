/** The fields of events as the vendor's two forms name them: Stream mode, and HTTP pushes. */
import type { GroupChange, OrganizationChange, UserChange } from '../../store/directory/organization-changes.ts';

/** A change as an app gets it. `at` is when it happened, in epoch milliseconds; `corpCode` is the corpId. */
export type ChangeEvent = { readonly change: OrganizationChange; readonly at: number; readonly corpCode: string };

/** The names of the fields of a form that differ from the other one. */
type Names = { readonly timeStamp: string; readonly userId: string; readonly deptId: string };

const streamNames: Names = { timeStamp: 'timeStamp', userId: 'userId', deptId: 'deptId' };
const httpNames: Names = { timeStamp: 'TimeStamp', userId: 'UserId', deptId: 'DeptId' };

/** Renders the `data` of an event in Stream mode. */
export function renderStreamEvent(event: ChangeEvent): Readonly<Record<string, unknown>> {
  return renderEvent(event, streamNames);
}

/**
 * Renders the fields of an event in an HTTP push, without those that each event has: `EventType`, `EventTime`, `CorpId`,
 * `BizId` and `eventId`. Events of groups have the same names as in Stream mode.
 */
export function renderHttpEvent(event: ChangeEvent): Readonly<Record<string, unknown>> {
  return renderEvent(event, httpNames);
}

function renderEvent({ change, at, corpCode }: ChangeEvent, names: Names): Readonly<Record<string, unknown>> {
  if (isOfGroup(change)) return renderGroup(change, at, corpCode);
  if (isOfUser(change)) return { [names.timeStamp]: at, [names.userId]: [change.userId] };
  return { [names.timeStamp]: at, [names.deptId]: [change.deptId] };
}

/** Whether a change is one of a group, or of a user. */
export const isOfGroup = (change: OrganizationChange): change is GroupChange => change.type.startsWith('chat_');
export const isOfUser = (change: OrganizationChange): change is UserChange => change.type.startsWith('user_');

/** Renders a change of a group. Without a member who has caused it, `operator` and `operatorUnionId` are empty. */
function renderGroup(change: GroupChange, timeStamp: number, corpId: string): Readonly<Record<string, unknown>> {
  const { type, openConversationId, chatId, title, operator, owner, members = [] } = change;
  const operatorUnionId = operator?.unionId ?? '';
  const by = { openConversationId, operator: operator?.userId ?? '' };
  switch (type) {
    case 'chat_add_member':
    case 'chat_remove_member': {
      const unionId = members.map((one) => one.unionId);
      const userId = members.map((one) => one.userId);
      return { timeStamp, unionId, chatId, corpId, operatorUnionId, userId, ...by };
    }
    case 'chat_update_owner':
      return { owner: owner?.userId ?? '', timeStamp, corpId, operatorUnionId, openConversationId };
    case 'chat_update_title':
      return { timeStamp, chatId, corpId, operatorUnionId, title, ...by };
    default:
      return { timeStamp, chatId, corpId, operatorUnionId, ...by };
  }
}
