/** Schemas of the console and emulator APIs for work notices. */
import { z } from 'zod';
import { maxNoticeUsers } from '../limits.ts';
import { code, epochMs, readManner, strictObject } from '../schema.ts';
import { noticeTypes } from '../vendor/notices.ts';
import { pageCursor, pageParameters, pageTotal } from './console.ts';

const taskId = () => z.int().min(1).describe('The number of the task that the send returned.');

const noticeFields = {
  taskId: taskId(),
  appKey: z.string(),
  agentId: z.int(),
  msgtype: z.enum(noticeTypes),
  message: z.string().nullable().describe('JSON text of the object named like the msgtype; null after a recall.'),
  sentAt: epochMs(),
  recalledAt: epochMs().nullable(),
  status: z.enum(['waiting', 'running', 'done']).describe('Whether the notice has reached its receivers.'),
  receiverCount: z.int().min(0).describe('Number of users to whom it was sent, without those who do not exist.'),
};

export const noticesQuery = strictObject({
  corpId: code(),
  appKey: code().optional().describe('Only notices of this app.'),
  ...pageParameters,
});

/** A work notice. */
const workNotice = z.object(noticeFields);

/** Response of the lists of work notices, newest first. */
export const noticesAnswer = z.object({ notices: z.array(workNotice), cursor: pageCursor });
export type NoticesAnswer = z.infer<typeof noticesAnswer>;

/** A work notice with its result. */
export const noticeAnswer = z.object({
  ...noticeFields,
  receivers: z
    .array(z.object({ userId: z.string(), name: z.string(), readAt: epochMs().nullable() }))
    .describe('Those who got the notice; readAt is null while unread.'),
  missed: z
    .array(
      z.object({
        userId: z.string(),
        name: z.string(),
        reason: z
          .enum(['daily', 'repeated', 'minute', 'left'])
          .describe(
            'daily: too many notices of the app on that day. repeated: the same content again on that day. minute: too many receivers of the app in that minute. left: the user has left.',
          ),
      }),
    )
    .describe('Those who did not get the notice.'),
  invalidUserIds: z.array(z.string()).describe('userIds without a user, or with one whom the app may not see.'),
  invalidDeptIds: z.array(z.int()).describe('Departments that do not exist, or that the app may not see.'),
});
export type NoticeAnswer = z.infer<typeof noticeAnswer>;

const consoleFields = {
  ...noticeFields,
  messageId: z.string().describe('Identifies the notice in the calls for messages, such as those for readers.'),
  msgKey: z.string().describe('The kind of the message, as in the lists of messages.'),
  percent: z.int().min(0).max(100).describe('How far the delivery is.'),
};

/** Number of users, up to 10,000. */
const userTotal = () => pageTotal.unwrap();

/** A work notice in the list of the console. */
const consoleNotice = z.object({
  ...consoleFields,
  read: userTotal().describe('Receivers who have read it: exact up to 10,000.'),
  missed: userTotal().describe('Users who did not get it: exact up to 10,000.'),
});

/** Response of `GET /console/v1/workNotices`, newest first. */
export const consoleNoticesAnswer = z.object({ notices: z.array(consoleNotice), cursor: pageCursor });
export type ConsoleNotice = z.infer<typeof consoleNotice>;
export type ConsoleNoticesAnswer = z.infer<typeof consoleNoticesAnswer>;

/** Response of `GET /console/v1/workNotices/{taskId}` and of its recall. */
export const consoleNoticeAnswer = z.object({
  ...consoleFields,
  corpId: z.string(),
  result: z
    .object({
      read: z.int().min(0).describe('Receivers who have read it.'),
      unread: z.int().min(0).describe('Receivers who have not read it.'),
      failed: z.int().min(0).describe('Users who left before they got it.'),
      forbidden: z.int().min(0).describe('Users whom a limit held back.'),
      waiting: z.int().min(0).describe('Users who will get it, or whom a limit will hold back.'),
    })
    .describe('Numbers of users.'),
  invalidUserIds: noticeAnswer.shape.invalidUserIds,
  invalidDeptIds: noticeAnswer.shape.invalidDeptIds,
  sequence: z
    .int()
    .min(0)
    .describe('Follow events since this number to get everything that happens after this response.'),
});
export type ConsoleNoticeAnswer = z.infer<typeof consoleNoticeAnswer>;

/** Query parameters of `GET /console/v1/workNotices/{taskId}/missed`. */
export const missedQuery = strictObject({ corpId: code(), ...pageParameters });

/** Response of `GET /console/v1/workNotices/{taskId}/missed`, in the order in which the users were created. */
export const missedAnswer = z.object({ missed: noticeAnswer.shape.missed, cursor: pageCursor });
export type MissedAnswer = z.infer<typeof missedAnswer>;

/** Request body of `POST /emulator/v1/workNotices/read`. */
export const noticeReadBody = strictObject({
  corpId: code(),
  taskId: taskId(),
  userIds: z.array(code()).max(maxNoticeUsers).optional().describe('The receivers who read it. Default: all.'),
  manner: readManner().default('seen'),
});
