/** Schemas of the vendor's calls for work notices. Handlers check the input by hand. */
import { z } from 'zod';
import { noticeTypes } from './notices.ts';
import { createOldAnswer } from './old-host.ts';

const agentId = () => z.int().describe("The app's agentId.");
const taskId = () => z.int().describe('The task_id that the send returned.');
const userIds = () => z.string().optional().describe('userIds, separated by commas: up to 5,000.');
const departmentIds = () =>
  z
    .string()
    .optional()
    .describe('Departments, separated by commas: up to 500. Those below them are included; 1 is the root.');

export const noticeHeaders = z.object({
  'idempotency-key': z
    .string()
    .optional()
    .describe('For 24 hours, a send with the same key of the same app returns the first task again.'),
});

export const noticeSendBody = z.object({
  agent_id: agentId(),
  userid_list: userIds(),
  dept_id_list: departmentIds(),
  to_all_user: z.boolean().optional().describe('Whether the notice is sent to all users; the lists are ignored then.'),
  msg: z
    .looseObject({ msgtype: z.enum(noticeTypes) })
    .describe('The message: msgtype, and the object of that name. Also accepted as its JSON text.'),
});
export const noticeTemplateBody = z.object({
  agent_id: agentId(),
  template_id: z.string().describe('A template of the app, which the configuration file names.'),
  userid_list: userIds(),
  dept_id_list: departmentIds(),
  data: z.string().optional().describe('JSON text of an object with the values of the placeholders.'),
});
export const noticeSendAnswer = createOldAnswer({ task_id: z.int() });

export const noticeTaskBody = z.object({ agent_id: agentId(), task_id: taskId() });
export const noticeProgressAnswer = createOldAnswer({
  progress: z.object({
    progress_in_percent: z.int().min(0).max(100),
    status: z.int().min(0).max(2).describe('0: not started; 1: running; 2: done.'),
  }),
});
export const noticeResultAnswer = createOldAnswer({
  send_result: z.object({
    failed_user_id_list: z.array(z.string()).describe('Users who have left meanwhile.'),
    forbidden_list: z
      .array(
        z.object({
          code: z
            .string()
            .describe(
              '143105: too many notices on that day. 143106: the same content again on that day. 143103: too many receivers in that minute. A third-party app has 143205, 143206 and 143203.',
            ),
          count: z.int().describe('The limit.'),
          userid: z.string(),
        }),
      )
      .describe('Users who are held back.'),
    forbidden_user_id_list: z.array(z.string()).optional().describe('Absent if nobody is held back.'),
    invalid_dept_id_list: z.array(z.int()),
    invalid_user_id_list: z.array(z.string()),
    read_user_id_list: z.array(z.string()),
    unread_user_id_list: z.array(z.string()),
  }),
});

export const noticeRecallBody = z.object({ agent_id: agentId(), msg_task_id: taskId() });
export const statusBarBody = z.object({
  agent_id: agentId(),
  task_id: taskId(),
  status_value: z.string(),
  status_bg: z.string().optional().describe('0x and eight hexadecimal digits: opacity, red, green, blue.'),
});
export const noticeDoneAnswer = createOldAnswer({});
