import type { OrganizationEvent } from '../../../store/events.ts';
import type { Organization } from '../../../store/model.ts';
import type { Context } from '../../context.ts';
import { renderHttpEvent } from '../event-fields.ts';
import { type AppEvent, renderAppEvents } from '../stream-form.ts';

/** The fields of events of messages in HTTP pushes, in their order, with the names that they have in Stream mode. */
const messageFields: readonly (readonly [name: string, inStream: string])[] = [
  ['OpenConversationId', 'openConversationId'],
  ['UserId', 'userId'],
  ['OperatTime', 'operatTime'],
  ['UnionId', 'unionId'],
  ['ProcessQueryKey', 'processQueryKey'],
  ['RobotCode', 'robotCode'],
];

/** An event in an HTTP push. */
export type PushEvent = {
  readonly type: string;
  readonly at: number;
  /** The fields of the event, without those that every event has. Absent ones are undefined. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The text that is encrypted. */
  readonly text: string;
};

/** Renders events for an app as HTTP pushes contain them. */
export async function renderPushEvents(
  context: Context,
  organization: Organization,
  appKey: string,
  events: readonly OrganizationEvent[],
): Promise<readonly PushEvent[]> {
  const rendered = await renderAppEvents(context, organization, appKey, events, renderHttpEvent);
  return rendered.map((event) => renderPushEvent(organization, event));
}

function renderPushEvent({ code }: Organization, event: AppEvent): PushEvent {
  const { type, at, eventId } = event;
  const data = type.startsWith('robot_') ? rename(event.data) : event.data;
  // The vendor does not say what BizId is; one value for each event lets programs that compare it work.
  const common = { EventType: type, EventTime: at, CorpId: code, BizId: eventId, eventId };
  return { type, at, data, text: JSON.stringify({ ...common, ...data }) };
}

function rename(data: AppEvent['data']): Readonly<Record<string, unknown>> {
  return Object.fromEntries(messageFields.map(([name, inStream]) => [name, data[inStream]]));
}
