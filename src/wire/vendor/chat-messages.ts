/**
 * Schemas of the calls for messages that apps send to groups without a robot. Handlers check the input.
 * https://open.dingtalk.com/document/development/send-group-messages
 */
import { z } from 'zod';
import { maxChatReaders } from '../limits.ts';
import { noticeTypes } from './notices.ts';
import { createOldAnswer } from './old-host.ts';

export const chatSendHeaders = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .describe('For 24 hours, a send with the same key of the same app returns the first messageId again.'),
});

/** Request body of `POST /chat/send`; the message may also be flat, without `msg`. */
export const chatSendBody = z.object({
  chatid: z.string().describe('The chatid of the group.'),
  msg: z
    .looseObject({ msgtype: z.enum(noticeTypes) })
    .optional()
    .describe('The message: msgtype, and the object of that name. Also accepted as its JSON text.'),
  msgtype: z.enum(noticeTypes).optional().describe('Without msg: the msgtype, with the object of that name beside it.'),
  sender: z.string().optional().describe('userid of the member in whose name the app sends.'),
});
/** Response of `POST /chat/send`. */
export const chatSendAnswer = createOldAnswer({
  messageId: z.string().describe('Identifies the message. Percent-encode it in a query.'),
});

/** Query parameters of `GET /chat/getReadList`. */
export const chatReadersQuery = z.object({
  messageId: z.string().describe('The messageId that /chat/send has returned.'),
  cursor: z.int().min(0).describe('0, then next_cursor of the previous page.'),
  size: z.int().min(1).max(maxChatReaders),
});
/** Response of `GET /chat/getReadList`. */
export const chatReadersAnswer = createOldAnswer({
  next_cursor: z.int().optional().describe('Absent on the last page.'),
  readUserIdList: z.array(z.string()).optional().describe('In the order of reading; absent if nobody is listed.'),
});
