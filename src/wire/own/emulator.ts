/** What a test controls: our own surface under `/emulator/v1`. Each PUT replaces the setting, each GET answers it as it is. */
import { z } from 'zod';
import { type ErrorCode, errors } from '../errors.ts';
import { defaultRequests, maxRecallKeys, maxRecipients, maxRequests, maxRules } from '../limits.ts';
import { cleanText, code, duration, durationText, epochMs, queryInteger, readManner, strictObject } from '../schema.ts';
import { messageKinds } from '../vendor/messages.ts';

/** Body of `POST /emulator/v1/clock`: exactly one of the three. */
export const clockBody = strictObject({
  advance: duration().optional().describe('Advances the clock and runs everything that falls due, in order.'),
  set: epochMs().optional().describe('Sets the clock to this time; setting it back undoes nothing.'),
  freeze: z.boolean().optional().describe('true stops the clock, false lets it run again.'),
})
  .refine((body) => Object.keys(body).length === 1, 'needs exactly one of advance, set and freeze')
  .meta({ minProperties: 1, maxProperties: 1 });

/** Answer of `GET` and `POST /emulator/v1/clock`. */
export const clockAnswer = z.object({ now: epochMs(), frozen: z.boolean() });
export type ClockAnswer = z.infer<typeof clockAnswer>;

/** Body of `POST /emulator/v1/reads`. */
export const readsBody = strictObject({
  processQueryKey: cleanText(256),
  userIds: z.array(code()).max(maxRecipients).optional().describe('Who reads; all recipients if absent.'),
  manner: readManner().default('seen'),
});

/** Answer of `POST /emulator/v1/reads`. */
export const readsAnswer = z.object({ read: z.int().min(0).describe('Number of deliveries that were unread before.') });

const readerRest = {
  corpId: code().optional().describe('Only users of this organization.'),
  userId: code().describe('A user, or * for everyone.'),
};
const probability = z.number().min(0).max(1).describe('Share of the messages that are read.');

/** A person who reads by themselves, some time after the delivery. */
export const reader = strictObject({
  ...readerRest,
  after: duration().default(0).describe('Time from delivery to read. Default: at once.'),
  probability: probability.default(1),
  manner: readManner().default('seen'),
});

/** Body of `PUT /emulator/v1/readers`: a list of which the first match decides, or one reader alone. */
export const readersBody = z.union([
  strictObject({ readers: z.array(reader).max(maxRules) }),
  reader.transform((alone) => ({ readers: [alone] })),
]);

/** Answer of `GET` and `PUT /emulator/v1/readers`. */
export const readersAnswer = z.object({
  readers: z.array(z.object({ ...readerRest, after: durationText(), probability, manner: readManner() })),
});
export type ReadersAnswer = z.infer<typeof readersAnswer>;

const deliveryMode = z
  .enum(['instant', 'hold', 'delay', 'timeout'])
  .describe('timeout: attempts end without a result, so that the result of the send is unknown until a release.');

/** Body of `PUT /emulator/v1/delivery`. */
export const deliveryBody = strictObject({
  mode: deliveryMode,
  delay: duration().optional().describe('With mode delay only.'),
}).refine((body) => (body.mode === 'delay') === (body.delay !== undefined), {
  path: ['delay'],
  message: 'belongs to mode delay, and only to it',
});

/** Answer of `GET` and `PUT /emulator/v1/delivery`. */
export const deliveryAnswer = z.object({ mode: deliveryMode, delay: durationText().optional() });
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

/** Answer of `POST /emulator/v1/delivery/release`, which delivers what waits and sets the mode to instant. */
export const releaseAnswer = z.object({ released: z.int().min(0).describe('Messages that were waiting.') });
export type ReleaseAnswer = z.infer<typeof releaseAnswer>;

const errorCode = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

const faultRest = {
  path: cleanText(1024).min(1).optional().describe('Only calls of this path; a * at the end matches anything.'),
  method: z
    .string()
    .regex(/^[A-Z]+$/)
    .optional()
    .describe('Only calls with this method.'),
  robotCode: code().optional().describe('Only calls that name this robot.'),
  nth: z.int().min(1).optional().describe('Starts with the nth matching call. Default: the first.'),
  times: z.int().min(1).optional().describe('Ends after this number of calls. Default: never.'),
  error: errorCode.optional().describe('Returns this error.'),
  failedKeys: z
    .union([z.literal(true), z.array(cleanText(256)).max(maxRecallKeys)])
    .optional()
    .describe(
      'With an error, for batchRecall: the call succeeds, and these keys (all if true) fail with the error as their reason.',
    ),
  drop: z.literal(true).optional().describe('Drops the connection without a response.'),
};

/** One fault: what it matches, and what it does. A latency goes together with an error, a drop, or the ordinary answer. */
export const faultRule = strictObject({
  ...faultRest,
  latency: duration().optional().describe('Waits before the response.'),
})
  .refine(({ error, latency, drop }) => error !== undefined || latency !== undefined || drop !== undefined, {
    message: 'needs error, latency or drop',
  })
  .refine(({ error, drop }) => error === undefined || drop === undefined, 'has both error and drop')
  .refine(({ error, failedKeys }) => failedKeys === undefined || error !== undefined, {
    path: ['failedKeys'],
    message: 'needs error, the reason of each key',
  });

/** Body of `PUT /emulator/v1/faults`: the first rule that matches decides; an empty list ends all. */
export const faultsBody = strictObject({ rules: z.array(faultRule).max(maxRules) });

/** Answer of `GET` and `PUT /emulator/v1/faults`. */
export const faultsAnswer = z.object({
  rules: z.array(z.object({ ...faultRest, latency: durationText().optional() })),
});
export type FaultsAnswer = z.infer<typeof faultsAnswer>;

/** Query of `GET /emulator/v1/requests`. */
export const requestsQuery = strictObject({
  since: queryInteger(0, Number.MAX_SAFE_INTEGER).optional().describe('Only requests after this number.'),
  limit: queryInteger(1, maxRequests).optional().describe(`Maximum number of requests. Default: ${defaultRequests}.`),
});

const pairs = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** One request of the wire API and its answer. */
export const requestRecord = z.object({
  sequence: z.int().min(1),
  at: epochMs(),
  method: z.string(),
  path: z.string(),
  query: pairs,
  headers: pairs,
  body: z.unknown().describe('Parsed if it is JSON, otherwise the text; null without a body.'),
  status: z.int().describe('HTTP status; 0 if the connection was dropped.'),
  answer: z.unknown().describe('The body of the response, parsed.'),
  requestId: z.string(),
  truncated: z
    .array(z.enum(['body', 'answer']))
    .optional()
    .describe('The parts that were longer than 65,536 characters; only their beginning is stored, as text.'),
  error: z.object({ code: z.string(), why: z.string().describe('The real cause, in words.') }).optional(),
  durationMs: z.number().min(0),
});
export type RequestRecord = z.infer<typeof requestRecord>;

/** Answer of `GET /emulator/v1/requests`, oldest first. */
export const requestsAnswer = z.object({ requests: z.array(requestRecord) });
export type RequestsAnswer = z.infer<typeof requestsAnswer>;

/** A ticket with which a third-party app asks for tokens. */
export const suiteTicket = z.object({ appKey: z.string(), suiteTicket: z.string(), createdAt: epochMs() });

/** Answer of `GET /emulator/v1/suiteTickets`: the valid ones. */
export const suiteTicketsAnswer = z.object({ tickets: z.array(suiteTicket) });

/** Body of `POST /emulator/v1/suiteTickets`: makes a ticket, which is the answer; the two newest are valid. */
export const suiteTicketBody = strictObject({ appKey: code() });

/** Body and answer of `PUT /emulator/v1/templates`. */
export const templateBody = strictObject({
  robotCode: code(),
  msgKey: z.enum(messageKinds.map((kind) => kind.msgKey)),
  state: z.enum(['active', 'stopped', 'removed']),
});

const flowLimit = z.int().min(0).max(1_000_000).describe('Maximum number of deliveries to one user; 0 means no limit.');

/** Body of `PUT /emulator/v1/robots`; what is absent stays as it is. */
export const robotBody = strictObject({
  robotCode: code(),
  corpId: code().optional().describe('The organization of blockedBy; needed if the robot is installed in several.'),
  disabled: z.boolean().optional(),
  perUserPerMinute: flowLimit.optional(),
  perUserPerDay: flowLimit.optional(),
  blockedBy: z.array(code()).max(1000).optional().describe('Users who have blocked the robot, all of them.'),
});

/** Answer of `PUT /emulator/v1/robots`. */
export const robotAnswer = robotBody.omit({ corpId: true }).required();

/** Answer of `GET` and body of `PUT /emulator/v1/snapshot`: the whole state, to be handed back as it came. */
export const snapshot = z.looseObject({
  version: z.int().min(1).describe('The version of the format; other versions are refused.'),
});

/** Answer of calls that only do something: `POST /emulator/v1/reset`, `PUT /emulator/v1/snapshot`. */
export const emptyAnswer = z.object({});
