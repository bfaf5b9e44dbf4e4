/** Schemas of `/robot/send` and of the calls that manage custom robots. */
import { z } from 'zod';
import { type WebhookType, webhookKinds } from './webhook-kinds.ts';

export const webhookQuery = z.object({
  access_token: z.string().describe('The token of the custom robot: 64 hexadecimal digits.'),
  timestamp: z.string().optional().describe('Epoch milliseconds, at most an hour from now. With a secret only.'),
  sign: z
    .string()
    .optional()
    .describe('The base64 of HMAC-SHA256 of timestamp, a newline and the secret, with the secret as key.'),
});

const types = Object.keys(webhookKinds) as readonly WebhookType[];
const button = z.object({ title: z.string(), actionURL: z.string() });
const feedLink = z.object({ title: z.string(), messageURL: z.string(), picURL: z.string().optional() });

export const webhookBody = z.object({
  msgtype: z.string().meta({ enum: types }).describe('Selects the object that has the content.'),
  text: z.object({ content: z.string() }).optional(),
  link: z
    .object({ title: z.string(), text: z.string(), messageUrl: z.string(), picUrl: z.string().optional() })
    .optional(),
  markdown: z.object({ title: z.string(), text: z.string() }).optional(),
  actionCard: z
    .object({
      title: z.string(),
      text: z.string(),
      singleTitle: z.string().optional().describe('One button, which wins over btns.'),
      singleURL: z.string().optional(),
      btns: z.array(button).optional(),
      btnOrientation: z.string().optional().describe('1: the buttons are side by side.'),
    })
    .optional(),
  feedCard: z.object({ links: z.array(feedLink) }).optional(),
  at: z
    .object({
      atMobiles: z.array(z.string()).optional(),
      atUserIds: z.array(z.string()).optional(),
      isAtAll: z.boolean().optional(),
    })
    .optional()
    .describe('Members whom the message names, up to 50, or all of them.'),
  msgUuid: z.string().optional().describe('A repeat with the same text within 24 hours sends nothing.'),
});

export const webhookAnswer = z.object({
  errcode: z.int().describe('0 for success; others are explained in docs/reference/errors.md.'),
  errmsg: z.string(),
});
export type WebhookAnswer = z.infer<typeof webhookAnswer>;

const token = z.string().describe('The token of the custom robot.');

export const customRobotBody = z.object({
  token,
  actionType: z.string().describe('Stored, not interpreted.'),
  sendNotification: z.boolean(),
});
export const customRobotAnswer = z.object({ result: z.boolean() });
export type CustomRobotAnswer = z.infer<typeof customRobotAnswer>;

export const outgoingBody = z.object({
  token,
  outgoingUrl: z.string().describe('An http or https address. Stored only: nothing is sent to it.'),
  userCustomToken: z.string().optional(),
});
export const outgoingAnswer = z.object({
  result: z.boolean(),
  originalUrl: z.string().describe('The address before; empty if there was none.'),
  targetUrl: z.string(),
});
export type OutgoingAnswer = z.infer<typeof outgoingAnswer>;
