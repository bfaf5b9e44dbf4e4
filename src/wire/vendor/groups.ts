/**
 * Schemas of the calls for messages to conversations: groups, and conversations of two people.
 * https://open.dingtalk.com/document/development/the-robot-sends-a-group-message
 * https://open.dingtalk.com/document/development/chatbot-queries-the-read-status-of-a-message
 * https://open.dingtalk.com/document/development/enterprise-chatbot-withdraws-internal-group-messages
 */
import { z } from 'zod';
import { keyLength, maxReaders, maxRecallKeys } from '../limits.ts';
import { messageKinds } from './messages.ts';

const openConversationId = z.string().describe('Identifies the conversation.');
const robotCode = z.string().describe('Code of a robot that is in the conversation.');
const processQueryKey = z
  .string()
  .describe('Identifies a sent message.')
  .meta({ minLength: keyLength, maxLength: keyLength });
const processQueryKeys = z
  .array(z.string())
  .describe('Messages to recall.')
  .meta({ minItems: 1, maxItems: maxRecallKeys });

/** Request body of `groupMessages/send` and `privateChatMessages/send`. */
export const groupSendBody = z.object({
  openConversationId: openConversationId.optional(),
  robotCode: robotCode.optional(),
  msgKey: z
    .string()
    .describe('Kind of the message.')
    .meta({ enum: messageKinds.map((kind) => kind.msgKey) }),
  msgParam: z
    .string()
    .describe('A JSON object, as a string, with the fields of the kind; at most 15,000 bytes of UTF-8.'),
  coolAppCode: z.string().optional().describe('Required for a robot that has a coolAppCode; else ignored.'),
});

/** Response of both sends. */
export const groupSendAnswer = z.object({ processQueryKey });
export type GroupSendAnswer = z.infer<typeof groupSendAnswer>;

/** Request body of `groupMessages/query` and `privateChatMessages/query`. */
export const groupQueryBody = z.object({
  openConversationId: openConversationId.optional(),
  robotCode: robotCode.optional(),
  processQueryKey,
  maxResults: z.int().optional().describe('Readers per page.').meta({ minimum: 1, maximum: maxReaders, default: 200 }),
  nextToken: z.string().optional().describe('The nextToken of the previous page.'),
});

/** Response of `privateChatMessages/query`. */
export const privateQueryAnswer = z.object({
  sendStatus: z.enum(['SUCCESS', 'RECALLED', 'PROCESSING']),
  readUserIds: z.array(z.string()).max(maxReaders).describe('Members who have read, in the order of reading.'),
  nextToken: z.string().optional().describe('Absent on the last page.'),
  hasMore: z.boolean(),
});
export type PrivateQueryAnswer = z.infer<typeof privateQueryAnswer>;

/** Response of `groupMessages/query`. */
export const groupQueryAnswer = privateQueryAnswer.extend({
  readUsers: z
    .array(z.object({ unionId: z.string(), userId: z.string() }))
    .max(maxReaders)
    .describe('The same members as in readUserIds.'),
});
export type GroupQueryAnswer = z.infer<typeof groupQueryAnswer>;

/** Request body of `groupMessages/recall` and `privateChatMessages/batchRecall`. */
export const groupRecallBody = z.object({ openConversationId, robotCode, processQueryKeys });

/** Request body of `groupMessages/batchRecall`, which names the robot differently. */
export const groupBatchRecallBody = z.object({
  chatbotId: z.string().describe('The robotCode.'),
  openConversationId,
  processQueryKeys,
});
