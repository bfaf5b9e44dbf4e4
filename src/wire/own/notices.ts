/** Schemas of the console and emulator APIs for work notices. */
import { z } from 'zod';
import { maxNoticeUsers } from '../limits.ts';
import { code, epochMs, readManner, strictObject } from '../schema.ts';
import { noticeTypes } from '../vendor/notices.ts';
import { pageCursor, pageParameters } from './console.ts';

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

/** Request body of `POST /emulator/v1/workNotices/read`. */
export const noticeReadBody = strictObject({
  corpId: code(),
  taskId: taskId(),
  userIds: z.array(code()).max(maxNoticeUsers).optional().describe('The receivers who read it. Default: all.'),
  manner: readManner().default('seen'),
});
