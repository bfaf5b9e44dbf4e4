/** Schemas of the calls with which people write to robots and conversations. */
import { z } from 'zod';
import { maxIdempotencyKey, maxMentions, maxRichTextParts, maxSpeechBytes } from '../limits.ts';
import { cleanText, code, epochMs, strictObject } from '../schema.ts';
import { mediaTypes } from '../vendor/media.ts';
import { personTypes } from '../vendor/person-kinds.ts';
import { addressText } from './endpoints.ts';
import { inboxMessage } from './inbox.ts';

const mediaId = () => cleanText(200).min(1).describe('A file that was uploaded.');

/** The content of a message, in the form in which robots receive it, with mediaIds instead of downloadCodes. */
const content = {
  msgtype: z.enum(personTypes).describe('Conversations of several people take text, richText and picture alone.'),
  text: strictObject({ content: cleanText(maxSpeechBytes).min(1) })
    .optional()
    .describe(`For text: up to ${maxSpeechBytes} bytes of UTF-8.`),
  richText: z
    .array(
      strictObject({ text: cleanText(maxSpeechBytes).min(1).optional(), mediaId: mediaId().optional() }).describe(
        'A text or a picture.',
      ),
    )
    .min(1)
    .max(maxRichTextParts)
    .optional()
    .describe('For richText: texts and pictures.'),
  mediaId: mediaId().optional().describe('For picture, audio, video and file: the uploaded file.'),
  duration: z.int().min(0).max(86_400_000).optional().describe('For audio and video: milliseconds. Default: 0.'),
  recognition: cleanText(maxSpeechBytes).optional().describe('For audio: what was said.'),
  fileName: cleanText(200).min(1).optional().describe('For file. Default: the name of the uploaded file.'),
  atRobotCodes: z
    .array(code())
    .max(maxMentions)
    .optional()
    .describe('Robots of the conversation that the message names. Only these receive it.'),
  atUserIds: z.array(code()).max(maxMentions).optional().describe('Members whom the message names.'),
  quotedMessageId: cleanText(64).min(1).optional().describe('A message of the same conversation that it quotes.'),
};

/** Request body of `POST /inbox/v1/conversations/{conversationId}/messages`. */
export const inboxSayBody = strictObject({
  ...content,
  sendId: cleanText(maxIdempotencyKey)
    .min(1)
    .optional()
    .describe('A repeat with the same sendId within 24 hours writes nothing and returns the first message.'),
});
export type InboxSayBody = z.infer<typeof inboxSayBody>;
export type SayContent = Omit<InboxSayBody, 'sendId'>;

/** How a robot gets a message. */
const reach = z
  .enum(['stream', 'http', 'none'])
  .describe(
    'stream: a program listens in Stream mode. http: it is posted to the address of the app. none: nobody gets it.',
  );

/** The robots that a message was written to. */
const reachedRobots = z
  .array(z.object({ robotCode: z.string(), robotName: z.string(), reach }))
  .readonly()
  .describe('The robots to which it was written; empty for a repeat.');

/** Response of `POST /inbox/v1/conversations/{conversationId}/messages`. */
export const inboxSayAnswer = z.object({ message: inboxMessage, robots: reachedRobots });
export type InboxSayAnswer = z.infer<typeof inboxSayAnswer>;

/** Query parameters of `PUT /inbox/v1/media`. */
export const inboxMediaQuery = strictObject({
  type: z.enum(mediaTypes),
  name: cleanText(200).min(1).optional().describe('The name of the file. Default: the type.'),
});

/** Response of `PUT /inbox/v1/media`. */
export const inboxMediaAnswer = z.object({
  mediaId: z.string(),
  type: z.enum(mediaTypes),
  name: z.string(),
  size: z.int().min(0).describe('Bytes.'),
});
export type InboxMediaAnswer = z.infer<typeof inboxMediaAnswer>;

/** Request body of `POST /emulator/v1/messages`. */
export const emulatorSayBody = strictObject({
  corpId: code().optional().describe('Default: the only organization with a user `from`.'),
  from: code().describe('The userId of the person who writes.'),
  robotCode: code()
    .optional()
    .describe('The robot to which they write alone; with openConversationId, the robot that the message names.'),
  openConversationId: cleanText(100).min(1).optional().describe('The conversation in which they write.'),
  ...content,
});

/** Response of `POST /emulator/v1/messages`. */
export const emulatorSayAnswer = z.object({
  messageId: z.string().describe('The id in the inbox.'),
  msgId: z.string().describe('The id that the robots get.'),
  conversationId: z.string().describe('The id of the conversation in the inbox.'),
  sentAt: epochMs(),
  sequence: z.int().min(0).describe('Number of the newest event of the person before the message.'),
  robots: reachedRobots,
});
export type EmulatorSayAnswer = z.infer<typeof emulatorSayAnswer>;

const messageUrl = () => cleanText(2000).nullable();

/** Request body of `PUT /console/v1/apps/{appKey}/messageUrl`. */
export const messageUrlBody = strictObject({
  messageUrl: messageUrl().describe('An http or https address; null if messages do not arrive by HTTP.'),
});

/** Response of `GET` and `PUT /console/v1/apps/{appKey}/messageUrl`. */
export const messageUrlAnswer = z.object({
  messageUrl: messageUrl().describe(addressText),
  hasSecret: z
    .boolean()
    .describe(
      "Whether the app's secret, which signs the messages, is kept. It is from the next time it is given or rotated; until then nothing is posted.",
    ),
});
export type MessageUrlAnswer = z.infer<typeof messageUrlAnswer>;

/** Response of `POST /console/v1/apps/{appKey}/messageUrl/test`. */
export const messageUrlTestAnswer = z.object({
  delivered: z.boolean().describe('Whether the status was 2xx.'),
  status: z.int().nullable().describe('Null if there was no response in time, or the address is not allowed.'),
  answer: z.string().nullable().describe('The beginning of the response, or why there was none.'),
  duration: z.int().describe('Milliseconds.'),
});
export type MessageUrlTestAnswer = z.infer<typeof messageUrlTestAnswer>;
