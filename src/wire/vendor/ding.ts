/**
 * Schemas of the DING calls.
 * https://open.dingtalk.com/document/development/robot-sends-nail-message
 * https://open.dingtalk.com/document/development/robot-withdraws-pin-message
 */

import { z } from 'zod';
import { maxDingReceivers, maxIdempotencyKey, maxParamBytes } from '../limits.ts';
import { callVoices } from './values.ts';

const robotCode = z.string().describe('Code of the robot.');
const openDingId = z.string().describe('Identifies the DING; the send returned it.');

/** Request body of `POST /v1.0/robot/ding/send`. */
export const dingSendBody = z.object({
  robotCode,
  remindType: z
    .int()
    .describe('Channel: 1 in the app, 2 SMS, 3 phone.')
    .meta({ enum: [1, 2, 3] }),
  receiverUserIdList: z
    .array(z.string())
    .describe('Receivers; at most 20 by SMS or phone.')
    .meta({ minItems: 1, maxItems: maxDingReceivers }),
  content: z.string().describe(`The text; at most ${maxParamBytes.toLocaleString('en')} bytes of UTF-8.`),
  callVoice: z
    .string()
    .optional()
    .describe('Voice of the call; only with remindType 3.')
    .meta({ enum: [...callVoices] }),
});

/** An extension of huizhi: the optional header of `ding/send`. */
export const dingSendHeaders = z.object({
  'idempotency-key': z
    .string()
    .max(maxIdempotencyKey)
    .optional()
    .describe('A repeat with the same key within 24 hours gets the first response, and sends nothing.'),
});

/** Why a receiver gets no DING: there is no such user, or the user has blocked the robot. */
const dingFailures = ['staffId.notExisted', 'staffId.filtered'] as const;

/** Response of `ding/send`. */
export const dingSendAnswer = z.object({
  openDingId,
  failedList: z
    .partialRecord(z.enum(dingFailures), z.array(z.string()))
    .describe('The userIds that do not get the DING, by reason; empty if all get it.'),
});
export type DingSendAnswer = z.infer<typeof dingSendAnswer>;

/** Request body of `POST /v1.0/robot/dingMessages/send`. */
export const dingMessageBody = z.object({
  robotCode,
  openConversationId: z.string().describe('Identifies the conversation; the robot must be in it.'),
  dingTemplateId: z.string().describe('Any template; its values are sent, one on a line.'),
  contentParams: z.record(z.string(), z.string()).describe('The values for the template, by name.'),
  receiverUserIdList: z
    .array(z.string())
    .describe('Receivers; only members of the conversation get the DING.')
    .meta({ minItems: 1, maxItems: maxDingReceivers }),
});

/** Response of `dingMessages/send`. */
export const dingMessageAnswer = z.object({
  dingSendResultId: z.string().describe('Can be used as an openDingId.'),
});
export type DingMessageAnswer = z.infer<typeof dingMessageAnswer>;

/** Request body of `POST /v1.0/robot/ding/recall` and of `POST /v1.0/robot/ding/readStatuses/query`. */
export const dingBody = z.object({ robotCode, openDingId });

/** Response of `ding/recall`. */
export const dingRecallAnswer = z.object({ openDingId });
export type DingRecallAnswer = z.infer<typeof dingRecallAnswer>;

/** Response of `ding/readStatuses/query`, in the order of the send. */
export const dingReadStatusAnswer = z.object({
  success: z.literal(true),
  result: z.object({
    robotDingReadInfoList: z.array(z.object({ userId: z.string(), readStatus: z.enum(['READ', 'UNREAD']) })),
  }),
});
export type DingReadStatusAnswer = z.infer<typeof dingReadStatusAnswer>;
