import { hash } from 'node:crypto';
import type { OrganizationEvent } from '../../store/events.ts';
import type { App, Contact, Organization, Person } from '../../store/model.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { StreamEventType } from '../../wire/vendor/values.ts';
import { isActing } from '../access/acting.ts';
import type { Context } from '../context.ts';
import type { Push, PushOutcome } from '../stream/hub.ts';
import { cutText, type Try } from './attempt.ts';
import { renderStreamEvent } from './event-fields.ts';
import type { Form } from './form.ts';
import { findSubjects } from './render.ts';

/** Milliseconds in which a client has to answer an event. */
const deadlineMs = 3000;

/** Milliseconds from each try to the next one. */
const delays: readonly number[] = [10_000, 30_000];

/** Returns the type of an event in Stream mode; undefined if apps do not get it. */
function typeOf({ event, change }: OrganizationEvent): StreamEventType | undefined {
  if (change) return change.type;
  return event === 'read' ? 'robot_msg_read' : event === 'recalled' ? 'robot_msg_recall' : undefined;
}

/** Returns the id of an event for an app, the same at each attempt: 32 hexadecimal digits. */
export function streamEventId(appKey: string, { code }: Organization, number: number): string {
  return hash('sha256', `huizhi stream event\0${appKey}\0${code}\0${number}`).slice(0, 32);
}

/** Whether the app of a subscription gets an event: it has chosen the type, and a message is one of its robots'. */
export function isWantedByApp(context: Context, subscription: Subscription, event: OrganizationEvent): boolean {
  const { now } = context.directory;
  const [app, type] = [now.app(subscription.code), typeOf(event)];
  if (!app || type === undefined || !isActing(context, app, subscription.corpId)) return false;
  if (!subscription.types?.includes(type)) return false;
  if (event.change) return true;
  return event.message !== undefined && now.robotOf(event.message.robotId)?.appId === app.id;
}

/** Returns when an event for an app is tried again, in epoch milliseconds; undefined after the last attempt. */
export function findNextAppTry(now: number, tries: number): number | undefined {
  const delay = delays[tries - 1];
  return delay === undefined ? undefined : now + delay;
}

/**
 * Creates the form of an app, whose clients get the events of its robots' messages, and of groups, users and departments
 * of the organization, in Stream mode.
 */
export function createStreamForm(context: Context, organization: Organization, subscription: Subscription): Form {
  const { directory, clock, hub } = context;
  const { corpId } = organization;
  const appNow = () => directory.now.app(subscription.code);
  return {
    // Another process may have created the robot, or authorized the app, and this one may not know of it yet.
    update: () => directory.current(),
    isWanted: (event) => isWantedByApp(context, subscription, event),
    async prepare(events) {
      const rendered = await renderAppEvents(context, organization, subscription.code, events, renderStreamEvent);
      return rendered.map((event) => (signal) => {
        return tryPush(context, appNow(), corpId, toPush(organization, event), signal);
      });
    },
    findNextTry: (tries) => findNextAppTry(clock.now(), tries),
    canDie: false,
    isReachable() {
      const app = appNow();
      return app === undefined || hub.isListening(app, 'EVENT', '*');
    },
  };
}

/** Sends an event to one connection of an app. Never rejects. */
async function tryPush(
  context: Context,
  app: App | undefined,
  corpId: number,
  push: Push,
  signal: AbortSignal,
): Promise<Try> {
  const started = performance.now();
  const failed = { result: 'failed', status: null, retryAfter: undefined } as const;
  if (!app || !isActing(context, app, corpId))
    return { ...failed, answer: 'the app does not act for the organization any more', duration: 0 };
  const outcome = await context.hub.push(app, push, { deadlineMs, signal }).catch((err: unknown): PushOutcome => {
    context.log.debug({ err, app: app.code }, 'cannot push an event, and will try again');
    return { outcome: 'no-connection' };
  });
  const duration = Math.round(performance.now() - started);
  if (outcome.outcome === 'no-connection') return { ...failed, result: 'unreachable', answer: null, duration };
  if (outcome.outcome === 'timeout') return { ...failed, answer: 'no answer within 3 seconds', duration };
  const { code, data } = outcome;
  const result = code === 200 && !isLater(data) ? 'delivered' : 'failed';
  return { ...failed, result, status: code, answer: cutText(data), duration };
}

/** Whether an answer asks for the event again. Only that counts, because official SDKs send other texts for success. */
function isLater(data: string): boolean {
  try {
    const answer: unknown = JSON.parse(data);
    return typeof answer === 'object' && answer !== null && 'status' in answer && answer.status === 'LATER';
  } catch {
    return false;
  }
}

/** An event for an app. Fields of `data` that are absent are undefined. */
export type AppEvent = {
  readonly type: string;
  readonly eventId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The fields; those of messages have their names and order of Stream mode. */
  readonly data: Readonly<Record<string, unknown>>;
};

function toPush({ code }: Organization, { type, eventId, at, data }: AppEvent): Push {
  const headers = { eventType: type, eventId, eventCorpId: code, eventBornTime: String(at) };
  return { type: 'EVENT', topic: '*', headers, data: JSON.stringify(data) };
}

/**
 * Renders events for an app.
 *
 * @param renderChange renders the fields of a change of a group, a user or a department
 */
export async function renderAppEvents(
  context: Context,
  organization: Organization,
  appKey: string,
  events: readonly OrganizationEvent[],
  renderChange: typeof renderStreamEvent,
): Promise<readonly AppEvent[]> {
  const { store } = context;
  const { corpId } = organization;
  const { readers, people, conversations } = await findSubjects(context, corpId, events);
  const contacts = new Map((await store.contacts.ofUsers(corpId, readers)).map((one) => [one.id, one]));
  return events.map((event) => {
    const { userId = 0, message, seq, at } = event;
    const openConversationId = conversations.get(message?.conversationId ?? 0)?.openId;
    const reader = renderReader(people.get(userId), contacts.get(userId));
    const data = event.change
      ? renderChange({ change: event.change, at: at ?? 0, corpCode: organization.code })
      : renderData(context, corpId, event, { ...reader, openConversationId });
    return {
      type: typeOf(event) ?? '',
      eventId: streamEventId(appKey, organization, seq),
      at: at ?? 0,
      data,
    };
  });
}

/** The unionId of the person who has read, and the userId if the person belongs to the organization. */
function renderReader(person: Person | undefined, contact: Contact | undefined) {
  return { unionId: contact?.unionId ?? '', userId: person?.leftAt === null ? person.code : undefined };
}

type Named = {
  readonly unionId: string;
  readonly userId: string | undefined;
  readonly openConversationId: string | undefined;
};

/**
 * Renders the data of an event of a message. Absent members are left out. The time is a text in a read and a number in a
 * recall, as in the vendor's samples. An app or an operator recalls, who has no unionId.
 */
function renderData(
  context: Context,
  corpId: number,
  { event, messageId, message, at }: OrganizationEvent,
  { unionId, openConversationId, userId }: Named,
) {
  const { robotId = 0, sentAt = 0 } = message ?? {};
  return {
    unionId,
    operatTime: event === 'read' ? String(at ?? 0) : (at ?? 0),
    robotCode: context.directory.now.robotOf(robotId)?.code,
    openConversationId,
    userId,
    processQueryKey: context.seal.sealKey({ corpId, robotId, messageId, sentAt }),
  };
}
