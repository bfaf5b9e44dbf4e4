/** Schemas of the console calls with which an operator sends a message. */
import { z } from 'zod';
import { maxComposedDepartments, maxComposedRecipients, maxIdempotencyKey, maxRecipients } from '../limits.ts';
import { cleanText, code, strictObject } from '../schema.ts';

const content = {
  corpId: code(),
  robotCode: code().describe('A robot that is installed in the organization. Its app needs no permission.'),
  userIds: z.array(code()).max(maxComposedRecipients).optional(),
  deptIds: z
    .array(z.int().min(1))
    .max(maxComposedDepartments)
    .optional()
    .describe(
      'Departments, whose users and those of all departments below them get the message; 1 is the whole organization.',
    ),
  openConversationId: cleanText(128)
    .min(1)
    .optional()
    .describe('A group that has the robot, instead of userIds and deptIds.'),
  msgKey: z.string().describe('The message kind, as in batchSend.'),
  msgParam: z.string().describe('The content, a JSON object as a string, as in batchSend.'),
};

/** Digits of the number of a message among those of one send, and the space before it. */
const partLength = 5;

/** Request body of `POST /console/v1/messages`. */
export const composeBody = strictObject({
  ...content,
  sendId: cleanText(maxIdempotencyKey - partLength)
    .min(1)
    .describe(
      'Chosen by the client, for example a UUID. Within 24 hours a repeated request of the same operator with the same id sends nothing again, and returns the messages of the first one.',
    ),
});

/** Request body of `POST /console/v1/messages/check`. */
export const composeCheckBody = strictObject(content);

const invalidUserIds = z.array(z.string()).describe('userIds without a user, who get nothing.');

/** Response of `POST /console/v1/messages`. */
export const composeAnswer = z.object({
  messages: z
    .array(z.object({ messageId: z.string(), processQueryKey: z.string() }))
    .describe(`One message for each ${maxRecipients} users, or one to the group.`),
  invalidUserIds,
  flowControlledUserIds: z.array(z.string()).describe('Users beyond a limit of the robot, who get nothing.'),
  filteredUserIds: z.array(z.string()).describe('Users who have blocked the robot, and get nothing.'),
});
export type ComposeAnswer = z.infer<typeof composeAnswer>;

/** Response of `POST /console/v1/messages/check`. */
export const composeCheckAnswer = z.object({
  recipientCount: z.int().min(1).nullable().describe('The number of users; null for a group.'),
  messageCount: z.int().min(1).describe(`Each message has up to ${maxRecipients} users.`),
  invalidUserIds,
});
export type ComposeCheckAnswer = z.infer<typeof composeCheckAnswer>;
