/** Schemas of the calls with which a test waits until something happens. */
import { z } from 'zod';
import { maxGroupMembers, maxWait } from '../limits.ts';
import { cleanText, code, duration, epochMs, strictObject } from '../schema.ts';
import { eventTypes, webhookEvent } from './endpoints.ts';

/** The end of a wait, in real time. */
const timeout = () =>
  duration()
    .refine((milliseconds) => milliseconds <= maxWait, 'is longer than 20 s')
    .default(5000)
    .describe('Real time, at most 20 s. Default: 5 s.');

const reason = z.string().optional().describe('After the timeout: what was waited for, and what happened instead.');

const text = () => cleanText(1000).optional().describe('A part of a text of the message.');

/** An accepted send. */
const sentMessage = z.object({
  processQueryKey: z.string().describe('For a message of an app, which /chat/send has sent, its messageId.'),
  robotCode: z.string().describe('Empty for a message of an app.'),
  msgKey: z.string(),
  msgParam: z.record(z.string(), z.unknown()).readonly().describe('Parsed.'),
  userIds: z
    .array(z.string())
    .readonly()
    .describe('The users who get the message. Empty for a message to a conversation.'),
  openConversationId: z.string().optional().describe('Only of a message to a conversation.'),
  chatId: z.string().optional().describe('Only of a message of an app.'),
  sentAt: epochMs(),
  requestId: z.string(),
});

/** Response of `GET /emulator/v1/messages`, oldest first. */
export const sentMessagesAnswer = z.object({ messages: z.array(sentMessage).readonly() });
export type SentMessagesAnswer = z.infer<typeof sentMessagesAnswer>;

/** Request body of `POST /emulator/v1/waits/message`. */
export const messageWaitBody = strictObject({
  robotCode: code().optional(),
  userId: code().optional().describe('One of the users who get the message.'),
  msgKey: cleanText(64).optional(),
  text: text(),
  timeout: timeout(),
});
export type MessageWait = z.output<typeof messageWaitBody>;

/** Response of `POST /emulator/v1/waits/message`. */
export const messageWaitAnswer = z.object({ message: sentMessage.nullable(), reason });
export type MessageWaitAnswer = z.infer<typeof messageWaitAnswer>;

/** Request body of `POST /emulator/v1/waits/read`. */
export const readWaitBody = strictObject({
  processQueryKey: cleanText(256).describe('The processQueryKey, or the messageId that /chat/send has returned.'),
  userIds: z.array(code()).max(maxGroupMembers).optional().describe('Who must have read. Default: all recipients.'),
  timeout: timeout(),
});
export type ReadWait = z.output<typeof readWaitBody>;

/** Response of `POST /emulator/v1/waits/read`. */
export const readWaitAnswer = z.object({
  recipients: z
    .array(z.object({ userId: z.string(), name: z.string(), readAt: epochMs().nullable() }))
    .readonly()
    .nullable()
    .describe('All recipients; null after the timeout.'),
  reason,
});
export type ReadWaitAnswer = z.infer<typeof readWaitAnswer>;

/** Request body of `POST /emulator/v1/waits/reply`. */
export const replyWaitBody = strictObject({
  corpId: code().optional().describe('Default: the first organization.'),
  userId: code().describe('The person whose inbox is watched.'),
  robotCode: code().optional(),
  text: text(),
  after: z.int().min(0).default(0).describe('Only messages after this event of the person: the `sequence` of a say.'),
  timeout: timeout(),
});
export type ReplyWait = z.output<typeof replyWaitBody>;

/** Response of `POST /emulator/v1/waits/reply`. */
export const replyWaitAnswer = z.object({
  reply: z
    .object({
      messageId: z.string(),
      conversationId: z.string(),
      robotCode: z.string(),
      robotName: z.string(),
      msgKey: z.string(),
      msgParam: z.record(z.string(), z.unknown()).readonly().describe('Parsed.'),
      sentAt: epochMs(),
    })
    .nullable(),
  reason,
});
export type ReplyWaitAnswer = z.infer<typeof replyWaitAnswer>;

/** Request body of `POST /emulator/v1/waits/event`. */
export const eventWaitBody = strictObject({
  type: z.enum(eventTypes).optional(),
  corpId: code().optional().describe('Default: any organization.'),
  userId: code().optional().describe('Also one of the members who were added or removed, or have left.'),
  openConversationId: cleanText(100).optional(),
  deptId: z.int().min(1).optional(),
  processQueryKey: cleanText(256).optional(),
  robotCode: code().optional(),
  timeout: timeout(),
});
export type EventWait = z.output<typeof eventWaitBody>;

/** Response of `POST /emulator/v1/waits/event`. */
export const eventWaitAnswer = z.object({ event: webhookEvent.nullable(), reason });
export type EventWaitAnswer = z.infer<typeof eventWaitAnswer>;
