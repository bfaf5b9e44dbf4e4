/**
 * Schemas of the robot calls. Limits with an error code of their own are only documented here (`meta`); the handlers
 * check them and return that code. The gateway checks required fields in the order of the schema.
 * https://open.dingtalk.com/document/development/chatbots-send-one-on-one-chat-messages-in-batches
 * https://open.dingtalk.com/document/development/chatbot-batch-query-the-read-status-of-messages
 * https://open.dingtalk.com/document/development/batch-message-recall-chat
 */
import { z } from 'zod';
import { keyLength, maxIdempotencyKey, maxRecallKeys, maxRecipients } from '../limits.ts';
import { messageKinds } from './messages.ts';

const robotCode = z.string().describe('Code of the robot.');
const processQueryKey = z
  .string()
  .describe('Identifies a sent message. Standard base64, so encode it in a URL.')
  .meta({ minLength: keyLength, maxLength: keyLength });
const userIds = z.array(z.string());

/** Request body of `POST /v1.0/robot/oToMessages/batchSend`. */
export const batchSendBody = z.object({
  robotCode,
  userIds: userIds.describe('Recipients.').meta({ minItems: 1, maxItems: maxRecipients }),
  msgKey: z
    .string()
    .describe('Kind of the message.')
    .meta({ enum: messageKinds.map((kind) => kind.msgKey) }),
  msgParam: z
    .string()
    .describe('A JSON object, as a string, with the fields of the kind; at most 15,000 bytes of UTF-8.'),
});

/** An extension of huizhi: the optional header of `batchSend`. */
export const batchSendHeaders = z.object({
  'idempotency-key': z
    .string()
    .max(maxIdempotencyKey)
    .optional()
    .describe('A repeat with the same key within 24 hours gets the first response, and sends nothing.'),
});

/** Response of `batchSend`. The users in its lists do not get the message. */
export const batchSendAnswer = z.object({
  flowControlledStaffIdList: userIds.describe('Users who exceed the flow limit of the robot.'),
  invalidStaffIdList: userIds.describe('Users who do not exist in the organization.'),
  filteredStaffIdList: userIds.describe('Users who have blocked the robot.'),
  processQueryKey,
});
export type BatchSendAnswer = z.infer<typeof batchSendAnswer>;

/** Query parameters of `GET /v1.0/robot/oToMessages/readStatus`. */
export const readStatusQuery = z.object({ robotCode, processQueryKey });

/** The read status of one recipient. */
const messageReadInfo = z.object({
  name: z.string().describe('Current name of the recipient; the last known name if they have left.'),
  userId: z.string(),
  readStatus: z.enum(['READ', 'UNREAD']),
  readTimestamp: z
    .int()
    .optional()
    .describe(
      'Time of the first read, on READ items only: epoch seconds, or milliseconds if the server is configured so.',
    ),
});

/** Response of `readStatus`: one item for each recipient, in the order of the send. */
export const readStatusAnswer = z.object({
  sendStatus: z.enum(['SUCCESS', 'RECALLED', 'PROCESSING']),
  messageReadInfoList: z.array(messageReadInfo).max(maxRecipients),
});
export type ReadStatusAnswer = z.infer<typeof readStatusAnswer>;

/** Request body of `POST /v1.0/robot/otoMessages/batchRecall`. */
export const batchRecallBody = z.object({
  robotCode,
  processQueryKeys: z.array(z.string()).describe('Messages to recall.').meta({ minItems: 1, maxItems: maxRecallKeys }),
});

/** Response of `batchRecall`. Every key is in exactly one of the two members. */
export const batchRecallAnswer = z.object({
  successResult: z.array(z.string()).describe('Keys of messages that are now recalled, or were before.'),
  failedResult: z
    .record(z.string(), z.string())
    .describe(
      'The other keys, each with invalid.processQueryKey, not.allowed.robotCode or robot.processQueryKey.expired.',
    ),
});
export type BatchRecallAnswer = z.infer<typeof batchRecallAnswer>;
