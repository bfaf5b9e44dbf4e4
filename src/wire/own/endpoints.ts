/** Schemas of the console API for endpoints, which get the events of an organization as webhooks. */
import { z } from 'zod';
import { maxEventNumber } from '../limits.ts';
import { cleanText, code, epochMs, readManner, strictObject } from '../schema.ts';
import { pageCursor, pageParameters } from './console.ts';

/** The types of events that endpoints can get. */
export const eventTypes = [
  'message.sent',
  'message.delivered',
  'receipt.read',
  'receipt.recalled',
  'group.members_added',
  'group.members_removed',
  'group.member_left',
  'group.renamed',
  'group.owner_changed',
  'group.disbanded',
  'user.added',
  'user.changed',
  'user.removed',
  'department.created',
  'department.changed',
  'department.removed',
] as const;
export type EventType = (typeof eventTypes)[number];

const number = z.int().min(0).describe('Numbers of an organization begin at 1 and have no gaps.');

/** An event as a webhook has it, and as a page of events contains it. */
export const webhookEvent = z.object({
  type: z
    .enum([...eventTypes, 'removed'])
    .describe('removed: retention has removed the message, or the text of the event. Not sent to endpoints.'),
  timestamp: z.string().nullable().describe('When it happened, ISO 8601 in UTC; null for a removed event.'),
  number,
  data: z.object({
    corpId: z.string(),
    messageId: z.string().optional().describe('Only in events of messages, like the next two and sentAt.'),
    processQueryKey: z.string().optional(),
    robotCode: z.string().optional(),
    openConversationId: z
      .string()
      .nullable()
      .optional()
      .describe('In events of messages and groups; null for a message to users.'),
    sentAt: epochMs().optional(),
    readAt: epochMs().optional().describe('Only in receipt.read, like manner.'),
    manner: readManner().nullable().optional(),
    userId: z.string().optional().describe('Who has read, or which user was added, changed or removed.'),
    name: z.string().optional().describe('The name of that user, or of the department.'),
    chatId: z.string().optional().describe('Only in events of groups, like the next three.'),
    title: z.string().optional(),
    userIds: z.array(z.string()).optional().describe('Who was added or removed, or has left; at most 1,000.'),
    owner: z.string().optional().describe('The userId of the new owner.'),
    deptId: z.int().optional().describe('Only in events of departments, like parentId.'),
    parentId: z.int().nullable().optional().describe('Null for the root department.'),
  }),
});
export type WebhookEvent = z.infer<typeof webhookEvent>;

/** A page of events, from `GET /console/v1/events` with `accept: application/json`. */
export const eventsPage = z.object({
  events: z.array(webhookEvent),
  next: number.describe('Pass it as `after` to get the following events.'),
});
export type EventsPage = z.infer<typeof eventsPage>;

/** The secret of an endpoint: `whsec_` and base64 of 24 to 64 bytes. */
export const endpointSecret = () =>
  z.string().regex(/^whsec_[A-Za-z\d+/]{32,86}={0,2}$/, 'must be whsec_ and the base64 of 24 to 64 bytes');

/** What operators see of an address. */
export const addressText = 'Without the right to change it, `?…` replaces the query, which may contain a secret.';

export const endpointUrl = () => cleanText(2000).regex(/^https?:\/\//i, 'must begin with http:// or https://');
const types = () => z.array(z.enum(eventTypes)).min(1).max(eventTypes.length);

export const endpointsQuery = strictObject({ corpId: code(), ...pageParameters });

const fields = {
  description: cleanText(200).optional(),
  types: types()
    .nullable()
    .optional()
    .describe('The types of events that it gets; if it is null, all types, also those of later versions.'),
};

export const endpointBody = strictObject({ corpId: code(), url: endpointUrl(), ...fields });
export const endpointChangeBody = strictObject({
  url: endpointUrl().optional(),
  ...fields,
  disabled: z.boolean().optional(),
});

export const endpoint = z.object({
  endpointId: z.string(),
  url: z.string().describe(addressText),
  description: z.string(),
  types: z.array(z.enum(eventTypes)).nullable(),
  disabled: z
    .enum(['no', 'operator', 'gone'])
    .describe(
      'gone: it has answered with status 410. Its position stays, so that it gets what it missed once enabled.',
    ),
  position: number.describe('Up to this number, each event was tried at least once.'),
  waiting: z.int().describe('Events that wait for another attempt, at most 1,000 are counted.'),
  failed: z.int().describe('Events whose last attempt failed within the last 7 days, at most 1,000 are counted.'),
  dropped: z.int().describe('Events that retention has removed before they were delivered.'),
  oldSecretUntil: epochMs().nullable().describe('Until then webhooks have a second signature, of the secret before.'),
  createdAt: epochMs(),
});
export type ConsoleEndpoint = z.infer<typeof endpoint>;
export const endpointsAnswer = z.object({ endpoints: z.array(endpoint).describe('Oldest first.'), cursor: pageCursor });
export type EndpointsAnswer = z.infer<typeof endpointsAnswer>;

const secret = z.string().describe('whsec_ and base64 of 32 bytes. It is shown only here.');
export const newEndpoint = endpoint.extend({ secret });
export type NewEndpoint = z.infer<typeof newEndpoint>;
export const endpointSecretAnswer = z.object({
  secret,
  oldSecretUntil: epochMs().describe('The secret before is valid until then.'),
});
export type EndpointSecretAnswer = z.infer<typeof endpointSecretAnswer>;

export const deliveriesQuery = strictObject({
  corpId: code(),
  state: z.enum(['waiting', 'failed']).optional(),
  ...pageParameters,
});
export const eventDelivery = z.object({
  number,
  state: z.enum(['waiting', 'delivered', 'failed']),
  tries: z.int(),
  dueAt: epochMs().nullable().describe('When it is tried next.'),
  triedAt: epochMs().nullable(),
  status: z.int().nullable().describe('The status of the last response; null without one.'),
  answer: z.string().nullable().describe('The beginning of the last response or, without one, the reason.'),
  duration: z.int().nullable().describe('Milliseconds that the last attempt took.'),
  event: webhookEvent.nullable().describe('Null if retention has removed it.'),
});
export type ConsoleEventDelivery = z.infer<typeof eventDelivery>;
export const deliveriesAnswer = z.object({
  deliveries: z.array(eventDelivery).describe('Newest event first.'),
  cursor: pageCursor,
});
export type DeliveriesAnswer = z.infer<typeof deliveriesAnswer>;

export const replayBody = strictObject({
  after: z.int().min(0).max(maxEventNumber).describe('All events after this number are sent again.'),
});
export const testAnswer = z.object({
  delivered: z.boolean().describe('Whether the status was 2xx.'),
  status: z.int().nullable(),
  answer: z.string().nullable(),
  duration: z.int(),
});
export type TestAnswer = z.infer<typeof testAnswer>;
