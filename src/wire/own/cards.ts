/** Schemas of interactive cards in our own APIs: inbox, console and emulator. */
import { z } from 'zod';
import { maxCardParams, maxCardText } from '../limits.ts';
import { cleanText, code, epochMs, strictObject } from '../schema.ts';
import { pageCursor, pageParameters } from './console.ts';

const cardId = z.string().describe('Identifies the card; not the outTrackId.');
const revision = z.int().min(1).describe('Rises with each change of the card.');

/** The card of a message. Its content is read with `GET /inbox/v1/cards/{cardId}`. */
export const inboxCardReference = z.object({ cardId });

/** Whether the text of a card is being written. */
const cardStreaming = z
  .enum(['none', 'growing', 'finished', 'failed'])
  .describe('growing: the text is still being written. failed: its program has given up.');

/** A button of a card. */
const cardButton = z.object({
  actionId: z.string().describe('Pass it to the call that clicks.'),
  text: z.string(),
  url: z.string().nullable().describe('The address that it opens; null if a click is sent to the program of the card.'),
  disabled: z.boolean(),
});

/** A card as one person sees it: with their private data. */
const cardContent = {
  cardId,
  revision,
  title: z.string().describe('Plain text; may be empty.'),
  markdown: z.string().describe('The variables of the template, joined into one Markdown text; not sanitized.'),
  pictures: z
    .array(z.string())
    .readonly()
    .describe('http or https addresses, or mediaIds of `GET /inbox/v1/messages/{messageId}/media/{mediaId}`.'),
  buttons: z.array(cardButton).readonly(),
  streaming: cardStreaming,
  updatedAt: epochMs(),
};

/** Response of `GET /inbox/v1/cards/{cardId}`. */
export const inboxCard = z.object(cardContent);
export type InboxCard = z.infer<typeof inboxCard>;

/** Request body of `POST /inbox/v1/cards/{cardId}/actions`. */
export const cardActionBody = strictObject({
  actionId: cleanText(200).min(1).describe('The actionId of a button.'),
  params: z
    .record(cleanText(100), z.unknown())
    .refine((params) => JSON.stringify(params).length <= maxCardParams, `has more than ${maxCardParams} characters`)
    .optional()
    .describe('Sent to the program in addition to the params of the button, such as the text of a form.'),
});

/** Response of `POST /inbox/v1/cards/{cardId}/actions`. */
export const cardActionAnswer = z.object({
  delivered: z.boolean().describe('Whether the program of the card has answered within 2 seconds.'),
  card: inboxCard,
});
export type CardActionAnswer = z.infer<typeof cardActionAnswer>;

/**
 * Data of the event `card`: a card has changed. The event has no id: it is not part of the numbered stream, and is not
 * repeated after a reconnect.
 */
export const inboxCardEvent = z.object({ cardId, revision });
export type InboxCardEvent = z.infer<typeof inboxCardEvent>;

/** Query parameters of `GET /console/v1/cards`. */
export const consoleCardsQuery = strictObject({ corpId: code(), ...pageParameters });

/** A card in the list of the console. */
const consoleCard = {
  cardId,
  outTrackId: z.string().describe('The id that its app has given it.'),
  appKey: z.string(),
  cardTemplateId: z.string(),
  title: z.string(),
  revision,
  streaming: cardStreaming,
  createdAt: epochMs(),
  updatedAt: epochMs(),
};

/** Response of `GET /console/v1/cards`, newest first. */
export const consoleCardsAnswer = z.object({
  cards: z.array(z.object(consoleCard)).readonly(),
  cursor: pageCursor,
});
export type ConsoleCardsAnswer = z.infer<typeof consoleCardsAnswer>;

/** Query parameters of `GET /console/v1/cards/{cardId}`. */
export const consoleCardQuery = strictObject({ corpId: code() });

/** Response of `GET /console/v1/cards/{cardId}`: the card without private data, and where it was delivered. */
export const consoleCardAnswer = z.object({
  ...consoleCard,
  callbackType: z.enum(['STREAM', 'HTTP']).nullable().describe('How clicks reach the program; null if they do not.'),
  cardParamMap: z.record(z.string(), z.string()).describe('The variables of the template.'),
  markdown: cardContent.markdown,
  pictures: cardContent.pictures,
  buttons: cardContent.buttons,
  deliveries: z
    .array(
      z.object({
        messageId: z.string().describe('The message of the console that shows who has read the card.'),
        spaceType: z.enum(['IM_ROBOT', 'IM_GROUP', 'IM_SINGLE']),
        robotCode: z.string(),
        sentAt: epochMs(),
      }),
    )
    .readonly(),
});
export type ConsoleCardAnswer = z.infer<typeof consoleCardAnswer>;

const named = {
  corpId: code().optional().describe('Needed if several organizations have such a card.'),
  appKey: code().optional().describe('Needed if several apps have such a card.'),
  outTrackId: cleanText(maxCardText).min(1),
};

/** Query parameters of `GET /emulator/v1/cards`. */
export const emulatorCardQuery = strictObject({
  ...named,
  userId: code().optional().describe('Who looks at the card. Default: nobody, without private data.'),
});

/** Response of `GET /emulator/v1/cards`. */
export const emulatorCard = z.object({
  ...cardContent,
  outTrackId: z.string(),
  cardParamMap: z.record(z.string(), z.string()).describe('The variables of the template, without private data.'),
});
export type EmulatorCard = z.infer<typeof emulatorCard>;

/** Request body of `POST /emulator/v1/cards/actions`. */
export const emulatorCardActionBody = strictObject({
  ...named,
  userId: code().describe('Who clicks.'),
  actionId: cleanText(200).min(1).describe('The actionId of a button; any, because a template may have more buttons.'),
  params: cardActionBody.shape.params,
});
