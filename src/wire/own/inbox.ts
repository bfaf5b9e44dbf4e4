/** Schemas of the inbox API of recipients under `/inbox/v1`. */
import { z } from 'zod';
import { defaultPage, maxEventNumber, maxPage, maxReadIds } from '../limits.ts';
import { cleanText, code, epochMs, queryBoolean, queryInteger, readManner, strictObject } from '../schema.ts';
import { inboxCardReference } from './cards.ts';
import { conversationId } from './inbox-fields.ts';

const messageId = z.string().describe('Identifies the message in this inbox; not the processQueryKey.');

/** Request body of `POST /inbox/v1/sessions`: a sign-in code from the console, or in `dev` any user. */
export const inboxSessionBody = z.union([
  strictObject({ code: cleanText(256).min(1).describe('One-time sign-in code.') }),
  strictObject({ corpId: code(), userId: code() }).describe('In `dev` only: signs in as anybody.'),
]);

/** The signed-in user. */
export const inboxUser = z.object({ corpId: z.string(), userId: z.string(), name: z.string() });
export type InboxUser = z.infer<typeof inboxUser>;

/** Response of `POST /inbox/v1/sessions`. */
export const inboxSessionAnswer = z.object({
  token: z.string().describe('Send it as a bearer token; the response also sets it as a cookie.'),
  user: inboxUser,
});
export type InboxSessionAnswer = z.infer<typeof inboxSessionAnswer>;

/** Response of `GET /inbox/v1/sessions`. */
export const inboxWhoAnswer = z.object({
  user: inboxUser.nullable().describe('null if nobody is signed in.'),
  sequence: z
    .int()
    .min(0)
    .describe('Number of the newest event of this user. Pass it as `since` to follow the events.'),
  signIn: z
    .array(z.enum(['person', 'oidc', 'code']))
    .readonly()
    .describe(
      'Ways to sign in: person (as anybody) in `dev`, oidc through /inbox/v1/oidc/start, code with a code from the console.',
    ),
  remotePictures: z
    .enum(['allow', 'block'])
    .describe(
      'Whether pages load pictures in messages from other hosts; their content security policy also enforces block.',
    ),
});
export type InboxWhoAnswer = z.infer<typeof inboxWhoAnswer>;

/** Query parameters of `GET /inbox/v1/oidc/start`. */
export const inboxOidcQuery = strictObject({
  prompt: z
    .literal('login')
    .optional()
    .describe('Makes the provider ask for a sign-in even if somebody is signed in there.'),
});

/** Query parameters of `GET /inbox/v1/people`. */
export const inboxPeopleQuery = strictObject({
  corpId: code().optional().describe('Only people of this organization.'),
  text: cleanText(128).optional().describe('Part of a userId or name.'),
  limit: queryInteger(1, maxPage)
    .optional()
    .describe(`Maximum number of people in the response. Default: ${defaultPage}.`),
});

/** Response of `GET /inbox/v1/people`. */
export const inboxPeopleAnswer = z.object({
  organizations: z.array(z.object({ corpId: z.string(), name: z.string() })),
  people: z.array(inboxUser),
});
export type InboxPeopleAnswer = z.infer<typeof inboxPeopleAnswer>;

/** Response of `DELETE /inbox/v1/sessions`, which signs out. */
export const inboxSignOutAnswer = z.object({});

/** Query parameters of `GET /inbox/v1/messages`. */
export const inboxMessagesQuery = strictObject({
  limit: queryInteger(1, maxPage)
    .optional()
    .describe(`Maximum number of messages in the page. Default: ${defaultPage}.`),
  cursor: cleanText(256).min(1).optional().describe('The cursor of the previous page.'),
  unread: queryBoolean().optional().describe('Only messages that are unread.'),
  robotCode: code().optional().describe('Only messages of this robot, in all conversations.'),
  conversationId: conversationId().optional().describe('Only messages of this conversation.'),
});

/**
 * What can send messages: a robot of an app, a custom robot of a group, a person, an app with a work notice, or an app in
 * a group.
 */
const senderKind = z.enum(['robot', 'customRobot', 'person', 'notice', 'app']);

/** A message in the inbox of a recipient. */
export const inboxMessage = z.object({
  messageId,
  conversationId: conversationId().describe('The conversation in which the inbox shows the message.'),
  robotCode: z.string(),
  robotName: z.string(),
  sender: z
    .object({
      kind: senderKind,
      name: z.string(),
      userId: z.string().nullable().describe('null unless a person has written the message.'),
    })
    .describe('Who or what has sent the message.'),
  msgKey: z.string(),
  msgParam: z.string().nullable().describe('A JSON object as a string; null after the message is recalled.'),
  sentAt: epochMs(),
  readAt: epochMs().nullable().describe('Time of the first read; null while unread.'),
  recalled: z.boolean(),
  conversation: z
    .object({ openConversationId: z.string(), title: z.string() })
    .nullable()
    .describe('The conversation it was sent to; null if it was sent to the user alone.'),
  quote: z
    .object({
      messageId,
      senderName: z.string(),
      msgKey: z.string(),
      msgParam: z.string().nullable().describe('null after the message is recalled.'),
    })
    .nullable()
    .describe('The message that it quotes.'),
  emotions: z
    .array(z.object({ robotCode: z.string(), robotName: z.string(), text: z.string() }))
    .readonly()
    .describe('What robots have attached to the message of a person, such as 👀.'),
  card: inboxCardReference.nullable().describe('The interactive card that the message shows; null for other messages.'),
});
export type InboxMessage = z.infer<typeof inboxMessage>;

/** Response of `GET /inbox/v1/messages`, newest first. */
export const inboxMessagesAnswer = z.object({
  messages: z.array(inboxMessage),
  cursor: z.string().nullable().describe('The cursor of the next page; null on the last page.'),
  unreadCount: z.int().min(0).describe('Unread messages in the whole inbox.'),
});
export type InboxMessagesAnswer = z.infer<typeof inboxMessagesAnswer>;

/** Query parameters of `GET /inbox/v1/messages/search`. */
export const inboxSearchQuery = strictObject({
  text: cleanText(128)
    .min(1)
    .describe(
      'Words that must all occur in the visible text of a message, the name of its sender, or the title of its conversation. Case, width and accents are ignored.',
    ),
  limit: queryInteger(1, maxPage)
    .optional()
    .describe(`Maximum number of messages in the response. Default: ${defaultPage}.`),
  cursor: cleanText(256).min(1).optional().describe('The cursor of the previous call.'),
});

/** A visible part of a message. */
export const matchField = z.enum(['title', 'text', 'button', 'fileName', 'robotName', 'conversationTitle']);
export type MatchField = z.infer<typeof matchField>;

/** A match: a part of a message that contains searched words. */
export const inboxMatch = z.object({
  field: matchField,
  excerpt: z.string().describe('Plain text on one line, shortened to the surroundings of the first match.'),
  marks: z
    .array(z.object({ start: z.int().min(0), end: z.int().min(1) }))
    .readonly()
    .describe('Positions of the words in the excerpt, in UTF-16 code units; end is exclusive.'),
});
export type InboxMatch = z.infer<typeof inboxMatch>;

/** A message that a search found. */
export const inboxFoundMessage = inboxMessage.extend({ matches: z.array(inboxMatch).readonly() });
export type InboxFoundMessage = z.infer<typeof inboxFoundMessage>;

/** Response of `GET /inbox/v1/messages/search`, newest first. */
export const inboxSearchAnswer = z.object({
  messages: z.array(inboxFoundMessage),
  cursor: z.string().nullable().describe('Continues the search; null after all messages were scanned.'),
  scannedTo: epochMs()
    .nullable()
    .describe('Messages sent since this time were scanned, by this or an earlier call; null if all were.'),
});
export type InboxSearchAnswer = z.infer<typeof inboxSearchAnswer>;

/** Request body of `POST /inbox/v1/messages/read`. */
export const inboxReadBody = strictObject({
  messageIds: z.array(cleanText(64).min(1)).max(maxReadIds),
  manner: readManner().default('mark'),
});

/** Response of `POST /inbox/v1/messages/read`. */
export const inboxReadAnswer = z.object({
  read: z.int().min(0).describe('Number of messages that were unread before.'),
});
export type InboxReadAnswer = z.infer<typeof inboxReadAnswer>;

/** Query parameters of `GET /inbox/v1/events`; the header `Last-Event-ID` takes precedence. */
export const inboxEventsQuery = strictObject({
  since: queryInteger(0, maxEventNumber).optional().describe('All events after this number; only new ones by default.'),
});

/** Header with which a client resumes `GET /inbox/v1/events`. */
export const inboxEventsHeaders = z.object({
  'last-event-id': queryInteger(0, maxEventNumber)
    .optional()
    .describe('Number of the last event that the client received.'),
});

/** Data of the event `message`: a message arrived. */
export const inboxMessageEvent = inboxMessage;

/** Data of the event `read`: the user read a message, on this or another device. */
export const inboxReadEvent = z.object({ messageId, readAt: epochMs() });

/** Data of the event `recall`: a message was recalled. */
export const inboxRecallEvent = z.object({ messageId });

/** Data of the event `robot`: the user changed the settings of a robot, on this or another device. */
export const inboxRobotEvent = z.object({ robotCode: z.string(), muted: z.boolean(), blocked: z.boolean() });

/** Data of the event `emotion`: the emotions of a message have changed. */
export const inboxEmotionEvent = inboxMessage.pick({ messageId: true, emotions: true });

/** Data of the event `conversation`: the user changed the settings of a conversation, on this or another device. */
export const inboxConversationEvent = z.object({ conversationId: conversationId(), muted: z.boolean() });

/** A robot with the settings of a user. */
export const inboxRobot = z.object({
  robotCode: z.string(),
  robotName: z.string(),
  installed: z.boolean().describe('If false, it is listed because of its unread messages, and has no settings.'),
  muted: z.boolean().describe('Messages arrive without a notification.'),
  blocked: z.boolean().describe('Messages are refused: a send lists this person in filteredStaffIdList.'),
  unblockable: z.boolean().describe('Whether the operator forbids people to block it.'),
  wasMute: z
    .boolean()
    .describe(
      'Whether an upgrade turned a mute into this block; true until `DELETE /inbox/v1/notices` dismisses the notice.',
    ),
  unreadCount: z.int().min(0),
  brief: z.string().nullable().describe('A short description, from the robot; null if it is not set.'),
  description: z.string().nullable(),
  quickEntries: z
    .array(
      z.object({
        names: z.record(z.string(), z.string()).describe('The text of the link by language, such as zh_CN.'),
        mobileUrl: z.string().nullable().describe('Address on phones.'),
        pcUrl: z.string().nullable().describe('Address on computers.'),
      }),
    )
    .readonly()
    .describe('Links that the robot shows in its conversation. A dtmd link sends its text to the robot.'),
});
export type InboxRobot = z.infer<typeof inboxRobot>;

/** Response of `GET /inbox/v1/robots`. */
export const inboxRobotsAnswer = z.object({
  robots: z.array(inboxRobot),
  sequence: z.int().min(0).describe('Number of the newest event of this person that the counts include.'),
});
export type InboxRobotsAnswer = z.infer<typeof inboxRobotsAnswer>;

/** Request body of `PUT /inbox/v1/robots/{robotCode}`, which returns the robot. */
export const inboxRobotBody = strictObject({
  muted: z.boolean().optional().describe('Whether messages arrive without a notification.'),
  blocked: z.boolean().optional().describe('Whether messages are refused.'),
})
  .refine(({ muted, blocked }) => muted !== undefined || blocked !== undefined, 'needs muted or blocked')
  .meta({ minProperties: 1 });

/** Response of `DELETE /inbox/v1/notices`. */
export const inboxNoticesAnswer = z.object({});
export type InboxNoticesAnswer = z.infer<typeof inboxNoticesAnswer>;
