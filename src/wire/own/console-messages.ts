/** Schemas of the console API for messages. */
import { z } from 'zod';
import { maxEventNumber, maxEventsPage } from '../limits.ts';
import { cleanText, code, duration, epochMs, queryInteger, readManner, strictObject } from '../schema.ts';
import { pageCursor, pageParameters, pageTotal } from './console.ts';

const messageId = z.string().describe('Identifies the message in inboxes and in the console; not the processQueryKey.');
const queryTime = () => queryInteger(0, 8_640_000_000_000_000).optional();

/** The status of a message. */
const messageStatuses = ['processing', 'success', 'recalled', 'unknown'] as const;

const conversationKinds = ['group', 'private'] as const;
const senderKinds = ['robot', 'customRobot', 'person', 'notice', 'app'] as const;
const openConversationId = () => cleanText(128).min(1);

/** Query parameters of `GET /console/v1/messages`. */
export const consoleMessagesQuery = strictObject({
  corpId: code(),
  robotCode: code().optional(),
  userId: code().optional().describe('Only messages that this user received, in order of arrival.'),
  sentTo: z
    .enum(['users', ...conversationKinds, 'webhook', 'notice', 'card'])
    .optional()
    .describe(
      'Only messages that robots sent to users, messages to groups, to conversations of two people, messages to groups through the webhooks of custom robots, work notices, or interactive cards to users and conversations.',
    ),
  openConversationId: openConversationId()
    .optional()
    .describe('Only messages that were sent to this group or conversation of two people.'),
  status: z.enum(messageStatuses).optional(),
  read: z
    .enum(['all', 'some-unread'])
    .optional()
    .describe('Whether everyone who is still there has read; excludes messages to conversations.'),
  operatorId: code().optional().describe('Only messages that this operator has sent in the console.'),
  from: queryTime().describe('Only messages sent at this time or later, epoch milliseconds.'),
  to: queryTime().describe('Only messages sent before this time.'),
  text: cleanText(200).min(1).optional().describe('Only messages whose texts contain this, case-insensitively.'),
  ...pageParameters,
});

/** A message in a list. */
export const consoleMessage = z.object({
  messageId,
  corpId: z.string(),
  sender: z
    .enum(senderKinds)
    .describe('notice: an app that has sent a work notice. app: an app that has sent a message to a group itself.'),
  operator: z
    .object({ operatorId: z.string(), name: z.string() })
    .nullable()
    .describe('The operator who has sent it in the console; null for other messages.'),
  robotCode: z.string().describe('For a work notice `notice:` and the agentId of its app.'),
  robotName: z.string(),
  taskId: z.int().nullable().describe('The task of a work notice; null for other messages.'),
  msgKey: z.string(),
  msgParam: z.string().nullable().describe('A JSON object as a string; null after the message is recalled.'),
  sentAt: epochMs(),
  recalledAt: epochMs().nullable(),
  status: z.enum(messageStatuses),
  recipientCount: z.int().min(0).describe('All recipients of the send: presentCount and leftCount together.'),
  readCount: z.int().min(0).describe('How many of all recipients have read.'),
  presentCount: z
    .int()
    .min(0)
    .describe('Recipients who are still in the organization: those from whom a read may come.'),
  presentReadCount: z.int().min(0).describe('How many of the recipients who are still in the organization have read.'),
  leftCount: z.int().min(0).describe('Recipients who have left the organization.'),
  conversation: z
    .object({
      openConversationId: z.string(),
      title: z.string(),
      kind: z.enum(conversationKinds).describe('private: a conversation of two people.'),
    })
    .nullable()
    .describe(
      'The conversation it was sent to, whose members are not counted above; null if it was sent to users. The receivers of a work notice are not counted above, either.',
    ),
});
export type ConsoleMessage = z.infer<typeof consoleMessage>;

const scannedTo = epochMs()
  .nullable()
  .describe('Time of the oldest message that was scanned. A call scans a limited number of messages.');

const sequenceOfAnswer = z
  .int()
  .min(0)
  .describe('Follow events since this number to get everything that happens after this response.');

/** Response of `GET /console/v1/messages`, newest first. A page may be short or empty although there is a next one. */
export const consoleMessagesAnswer = z.object({
  messages: z.array(consoleMessage),
  cursor: pageCursor,
  total: pageTotal,
  scannedTo,
  sequence: sequenceOfAnswer,
});
export type ConsoleMessagesAnswer = z.infer<typeof consoleMessagesAnswer>;

/** One recipient of a message. */
export const consoleRecipient = z.object({
  userId: z.string(),
  name: z.string(),
  readAt: epochMs().nullable(),
  manner: readManner()
    .nullable()
    .describe('How they read; null while unread, and for reads before manners were stored.'),
  leftAt: epochMs().nullable().describe('When the person left the organization.'),
});
export type ConsoleRecipient = z.infer<typeof consoleRecipient>;

/** Response of `GET /console/v1/messages/{messageId}` and of its recall. */
export const consoleMessageDetail = consoleMessage.extend({
  deliveredAt: epochMs().nullable(),
  processQueryKey: z.string().describe('The key with which the sender queries.'),
  recipients: z.array(consoleRecipient).describe('In the order of the send.'),
  filtered: z
    .array(z.object({ userId: z.string(), name: z.string() }))
    .describe('Users who had blocked the robot at the time of the send and therefore did not get the message.'),
  members: z
    .object({ memberCount: z.int().min(0), readCount: z.int().min(0) })
    .nullable()
    .describe(
      'Members of the conversation at the time of the send, or who got the work notice so far, and how many have read; null if sent to users.',
    ),
  readCurve: z
    .array(z.object({ at: epochMs(), reads: z.int().min(0) }))
    .describe('Number of reads over time, beginning with none at the time of the send.'),
  sequence: sequenceOfAnswer,
});
export type ConsoleMessageDetail = z.infer<typeof consoleMessageDetail>;

/** Query parameters of `GET /console/v1/messages/{messageId}/readers` and `…/nonReaders`. */
export const consoleReadersQuery = strictObject(pageParameters);

const person = { userId: z.string(), name: z.string(), leftAt: epochMs().nullable() };

/** Response of `GET /console/v1/messages/{messageId}/readers`, in the order of reading. */
export const consoleReadersAnswer = z.object({
  readers: z.array(z.object({ ...person, readAt: epochMs(), manner: readManner().nullable() })),
  cursor: pageCursor,
});
export type ConsoleReadersAnswer = z.infer<typeof consoleReadersAnswer>;

/** Response of `GET /console/v1/messages/{messageId}/nonReaders`, in the order in which the users were created. */
export const consoleNonReadersAnswer = z.object({
  nonReaders: z.array(
    z.object({ ...person, delivered: z.boolean().describe('Whether the message is in the inbox of the person.') }),
  ),
  cursor: pageCursor,
});
export type ConsoleNonReadersAnswer = z.infer<typeof consoleNonReadersAnswer>;

/** Query parameters of `GET /console/v1/unread`. */
export const consoleUnreadQuery = strictObject({
  corpId: code(),
  robotCode: code().optional(),
  minAge: duration().optional().describe('Only messages that were sent at least this long ago, such as 2h.'),
  ...pageParameters,
});

/**
 * Answer of `GET /console/v1/unread`: the recipients who have not read, newest message first, without those who have
 * left.
 */
export const consoleUnreadAnswer = z.object({
  unread: z.array(
    z.object({
      messageId,
      robotCode: z.string(),
      robotName: z.string(),
      msgKey: z.string(),
      msgParam: z.string().nullable().describe('Null if retention has just deleted it.'),
      sentAt: epochMs(),
      userId: z.string(),
      name: z.string(),
      waiting: z.int().min(0).describe('Milliseconds since the send.'),
    }),
  ),
  cursor: pageCursor,
  total: pageTotal,
  scannedTo,
});
export type ConsoleUnreadAnswer = z.infer<typeof consoleUnreadAnswer>;

const sequence = queryInteger(0, maxEventNumber).optional();

/** Query parameters of `GET /console/v1/events`; the header `Last-Event-ID` takes precedence over `since`. */
export const consoleEventsQuery = strictObject({
  corpId: code(),
  messageId: cleanText(64).min(1).optional().describe('Only events of this message.'),
  since: sequence.describe('All events after this number; only new ones by default.'),
  after: sequence.describe('The same as since. A page of JSON begins with the oldest event by default.'),
  limit: queryInteger(1, maxEventsPage)
    .optional()
    .describe('The most events in a page of JSON; 100 by default. A stream has no limit.'),
});

/** Header with which a client resumes `GET /console/v1/events`. */
export const consoleEventsHeaders = z.object({
  'last-event-id': sequence.describe('Number of the last event that the client received.'),
});

/**
 * Data of the events `sent`, `delivered`, `read`, `recalled` and `removed` (by retention), and of those of groups, users
 * and departments, whose names are the vendor's, such as `chat_add_member`.
 */
export const consoleEvent = z.object({
  messageId: messageId.nullable().describe('Null for an event of a group, a user or a department.'),
  at: epochMs().nullable().describe('Null if retention has removed the event.'),
  userId: z.string().optional().describe('Who has read.'),
  name: z.string().optional(),
  manner: readManner().nullable().optional().describe('How they read.'),
});
export type ConsoleEvent = z.infer<typeof consoleEvent>;
