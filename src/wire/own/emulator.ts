/** Schemas of the emulator API under `/emulator/v1`. Each PUT replaces a setting, each GET returns the current one. */
import { z } from 'zod';
import { type Errcode, errcodes } from '../error-table/errcode.ts';
import { type ErrorCode, errors } from '../errors.ts';
import { defaultRequests, maxGroupMembers, maxRecallKeys, maxRequests, maxRules } from '../limits.ts';
import { cleanText, code, duration, durationText, epochMs, queryInteger, readManner, strictObject } from '../schema.ts';
import { sampleKinds } from '../vendor/messages.ts';
import { newCode as userId, name as userName } from './console-directory.ts';
import * as contact from './contact-fields.ts';
import { groupTitle } from './group-fields.ts';

/** Request body of `POST /emulator/v1/clock`: exactly one of the three members. */
export const clockBody = strictObject({
  advance: duration().optional().describe('Advances the clock and runs everything that falls due, in order.'),
  set: epochMs().optional().describe('Sets the clock to this time; setting it back undoes nothing.'),
  freeze: z.boolean().optional().describe('true stops the clock, false lets it run again.'),
})
  .refine((body) => Object.keys(body).length === 1, 'needs exactly one of advance, set and freeze')
  .meta({ minProperties: 1, maxProperties: 1 });

/** Response of `GET` and `POST /emulator/v1/clock`. */
export const clockAnswer = z.object({ now: epochMs(), frozen: z.boolean() });
export type ClockAnswer = z.infer<typeof clockAnswer>;

/** Request body of `POST /emulator/v1/reads`. */
export const readsBody = strictObject({
  processQueryKey: cleanText(256).describe('The processQueryKey, or the messageId that /chat/send has returned.'),
  userIds: z
    .array(code())
    .max(maxGroupMembers)
    .optional()
    .describe('The recipients who read the message. Default: all.'),
  manner: readManner().default('seen'),
});

/** Response of `POST /emulator/v1/reads`. */
export const readsAnswer = z.object({ read: z.int().min(0).describe('Number of deliveries that were unread before.') });

const readerRest = {
  corpId: code().optional().describe('Only users of this organization.'),
  userId: code().describe('A userId, or * for all users.'),
};
const probability = z.number().min(0).max(1).describe('Share of the messages that are read.');

/** An automatic reader: reads messages some time after their delivery. */
export const reader = strictObject({
  ...readerRest,
  after: duration().default(0).describe('Time from delivery to read. Default: at once.'),
  probability: probability.default(1),
  manner: readManner().default('seen'),
});

/**
 * Request body of `PUT /emulator/v1/readers`: a list, of which the first matching reader applies, or a single reader.
 */
export const readersBody = z.union([
  strictObject({ readers: z.array(reader).max(maxRules) }),
  reader.transform((alone) => ({ readers: [alone] })),
]);

/** Response of `GET` and `PUT /emulator/v1/readers`. */
export const readersAnswer = z.object({
  readers: z.array(z.object({ ...readerRest, after: durationText(), probability, manner: readManner() })),
});
export type ReadersAnswer = z.infer<typeof readersAnswer>;

const deliveryMode = z
  .enum(['instant', 'hold', 'delay', 'timeout'])
  .describe('timeout: attempts end without a result, so that the result of the send is unknown until a release.');

/** Request body of `PUT /emulator/v1/delivery`. */
export const deliveryBody = strictObject({
  mode: deliveryMode,
  delay: duration().optional().describe('Only with mode delay.'),
}).refine((body) => (body.mode === 'delay') === (body.delay !== undefined), {
  path: ['delay'],
  message: 'belongs to mode delay, and only to it',
});

/** Response of `GET` and `PUT /emulator/v1/delivery`. */
export const deliveryAnswer = z.object({ mode: deliveryMode, delay: durationText().optional() });
export type DeliveryAnswer = z.infer<typeof deliveryAnswer>;

/** Response of `POST /emulator/v1/delivery/release`, which delivers all held messages and sets the mode to instant. */
export const releaseAnswer = z.object({ released: z.int().min(0).describe('Number of messages that were held.') });
export type ReleaseAnswer = z.infer<typeof releaseAnswer>;

const errorCode = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]]);

const errcode = z.union(Object.keys(errcodes).map((errcode) => z.literal(Number(errcode) as Errcode)));

const faultRest = {
  path: cleanText(1024)
    .min(1)
    .optional()
    .describe('Only calls of this path; a * at the end matches anything. /connect is the handshake of Stream mode.'),
  method: z
    .string()
    .regex(/^[A-Z]+$/)
    .optional()
    .describe('Only calls with this method; PUSH for the pushes of Stream mode, whose path is their topic.'),
  robotCode: code().optional().describe('Only calls that name this robot.'),
  nth: z.int().min(1).optional().describe('Starts with the nth matching call. Default: the first.'),
  times: z.int().min(1).optional().describe('Ends after this number of calls. Default: never.'),
  error: errorCode.optional().describe('Returns this error.'),
  errcode: errcode.optional().describe('Returns this error of the old host; only for its paths.'),
  failedKeys: z
    .union([z.literal(true), z.array(cleanText(256)).max(maxRecallKeys)])
    .optional()
    .describe(
      'With error, for a recall: the call succeeds, but these keys (all if true) are returned as failed, with the code of the error.',
    ),
  drop: z.literal(true).optional().describe('Drops the connection without a response.'),
  repeat: z.literal(true).optional().describe('Sends a push of Stream mode twice; only with the method PUSH.'),
};

/** Whether the effects of a rule fit its method: pushes of Stream mode have no errors, and only they are repeated. */
function isForPush(method: string | undefined, repeat: true | undefined, error: unknown): boolean {
  return method === 'PUSH' ? error === undefined : repeat === undefined;
}

/**
 * A fault rule: which calls it matches, and what it does. A latency can be combined with an error, a drop, or the
 * normal response.
 */
export const faultRule = strictObject({
  ...faultRest,
  latency: duration().optional().describe('Waits before the response.'),
})
  .refine((rule) => ['error', 'errcode', 'latency', 'drop', 'repeat'].some((effect) => effect in rule), {
    message: 'needs error, errcode, latency, drop or repeat',
  })
  .refine(({ error, errcode, drop }) => [error, errcode, drop].filter((one) => one !== undefined).length < 2, {
    message: 'has more than one of error, errcode and drop',
  })
  .refine(({ method, repeat, error, errcode }) => isForPush(method, repeat, error ?? errcode), {
    message: 'repeat belongs to the method PUSH, which has no error or errcode',
  })
  .refine(({ error, failedKeys }) => failedKeys === undefined || error !== undefined, {
    path: ['failedKeys'],
    message: 'needs error, the reason of each key',
  });

/** Request body of `PUT /emulator/v1/faults`: the first matching rule applies; an empty list removes all. */
export const faultsBody = strictObject({ rules: z.array(faultRule).max(maxRules) });

/** Response of `GET` and `PUT /emulator/v1/faults`. */
export const faultsAnswer = z.object({
  rules: z.array(z.object({ ...faultRest, latency: durationText().optional() })),
});
export type FaultsAnswer = z.infer<typeof faultsAnswer>;

/** Query parameters of `GET /emulator/v1/requests`. */
export const requestsQuery = strictObject({
  since: queryInteger(0, Number.MAX_SAFE_INTEGER).optional().describe('Only requests after this number.'),
  limit: queryInteger(1, maxRequests).optional().describe(`Maximum number of requests. Default: ${defaultRequests}.`),
});

const pairs = z.record(z.string(), z.union([z.string(), z.array(z.string())]));

/** A request to the vendor's API and its response. */
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

/** Response of `GET /emulator/v1/requests`, oldest first. */
export const requestsAnswer = z.object({ requests: z.array(requestRecord) });
export type RequestsAnswer = z.infer<typeof requestsAnswer>;

/** A suite ticket, which a third-party app needs to get tokens. */
export const suiteTicket = z.object({ appKey: z.string(), suiteTicket: z.string(), createdAt: epochMs() });

/** Response of `GET /emulator/v1/suiteTickets`: the valid tickets. */
export const suiteTicketsAnswer = z.object({ tickets: z.array(suiteTicket) });

/**
 * Request body of `POST /emulator/v1/suiteTickets`, which creates and returns a ticket. The two newest of an app are
 * valid.
 */
export const suiteTicketBody = strictObject({ appKey: code() });

/** Request body and response of `PUT /emulator/v1/templates`. */
export const templateBody = strictObject({
  robotCode: code(),
  msgKey: z.enum(sampleKinds.map((kind) => kind.msgKey)),
  state: z.enum(['active', 'stopped', 'removed']),
});

/** Request body of `POST /emulator/v1/groups`, which creates a group. */
export const groupBody = strictObject({
  kind: z.enum(['group', 'private']).default('group').describe('private: a conversation of two people.'),
  corpId: code().optional().describe('Default: the first organization.'),
  title: groupTitle().default('Group'),
  owner: code().optional().describe('Default: the first member, or else the first user of the organization.'),
  members: z
    .union([z.literal('all'), z.array(code()).max(maxGroupMembers)])
    .optional()
    .describe('userIds, or all users of the organization.'),
  robots: z.array(code()).max(100).optional().describe('robotCodes of robots that are installed in the organization.'),
});

/** Response of `POST /emulator/v1/groups`. */
export const groupAnswer = z.object({
  openConversationId: z.string(),
  chatId: z.string().nullable().describe('Null for a conversation of two.'),
});
export type GroupAnswer = z.infer<typeof groupAnswer>;

/** Request body of `POST /emulator/v1/groups/quits`: a member leaves a group. */
export const groupQuitBody = strictObject({
  corpId: code().optional().describe('Default: the first organization.'),
  openConversationId: cleanText(64).min(1),
  userId: code(),
});

const flowLimit = z.int().min(0).max(1_000_000).describe('Maximum number of deliveries to one user; 0 means no limit.');

/** Request body of `PUT /emulator/v1/robots`; an absent member stays unchanged. */
export const robotBody = strictObject({
  robotCode: code(),
  corpId: code().optional().describe('The organization of blockedBy; required if the robot is installed in several.'),
  disabled: z.boolean().optional(),
  perUserPerMinute: flowLimit.optional(),
  perUserPerDay: flowLimit.optional(),
  coolAppCode: code()
    .nullable()
    .optional()
    .describe('The coolAppCode that its sends to conversations must have; null: any.'),
  blockedBy: z.array(code()).max(1000).optional().describe('All users who have blocked the robot.'),
});

/** Response of `PUT /emulator/v1/robots`. */
export const robotAnswer = robotBody.omit({ corpId: true }).required();

/** Query parameters of `GET /emulator/v1/departments`. */
export const departmentsQuery = strictObject({ corpId: code() });

/** Request body of `PUT /emulator/v1/departments`, which creates or changes departments. */
export const departmentsBody = strictObject({
  corpId: code(),
  departments: z
    .array(
      strictObject({
        deptId: contact.departmentId(),
        name: contact.departmentName(),
        parentId: contact.anyDepartmentId().optional().describe('Default: the root, 1.'),
        order: contact.order().optional(),
      }),
    )
    .max(maxRules),
});

/** Response of `GET` and `PUT /emulator/v1/departments`: all departments, parents first. */
export const departmentsAnswer = z.object({
  departments: z.array(z.object({ deptId: z.int(), name: z.string(), parentId: z.int(), order: z.int() })),
});

const person = {
  userId: z.string(),
  name: z.string(),
  unionId: z.string(),
  mobile: z.string().nullable(),
  email: z.string().nullable(),
  jobNumber: z.string().nullable(),
  title: z.string().nullable(),
  departments: z.array(z.object({ deptId: z.int(), order: z.int(), manager: z.boolean() })),
};

/** Request body of `PUT /emulator/v1/users`, which creates or changes users; absent members stay as they are. */
export const usersBody = strictObject({
  corpId: code(),
  users: z
    .array(
      strictObject({
        userId: userId(),
        name: userName(),
        mobile: contact.mobile().optional(),
        email: contact.email().optional(),
        jobNumber: contact.jobNumber().optional(),
        title: contact.title().optional(),
        departments: z.array(contact.anyDepartmentId()).max(contact.maxMemberships).optional(),
        manages: z.array(contact.anyDepartmentId()).optional(),
      }),
    )
    .max(maxRules),
});

/** Response of `PUT /emulator/v1/users`: the users as they are now. */
export const usersAnswer = z.object({ users: z.array(z.object(person)) });

/** Response of `GET` and body of `PUT /emulator/v1/snapshot`: the complete state, to be restored unchanged. */
export const snapshot = z.looseObject({
  version: z.int().min(1).describe('The version of the format; other versions are refused.'),
});

/** The empty response of calls without a result: `POST /emulator/v1/reset`, `PUT /emulator/v1/snapshot`. */
export const emptyAnswer = z.object({});
