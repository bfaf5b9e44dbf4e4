/** The calls for work notices. */
import { requireCaller } from '../../core/access/caller.ts';
import { sendNotice, sendNoticeByTemplate } from '../../core/notices/send.ts';
import {
  findProgress,
  findResult,
  type NoticeResult,
  recallNotice,
  updateStatusBar,
} from '../../core/notices/tasks.ts';
import { idempotencyHeader } from '../../wire/headers.ts';
import { basePermission } from '../../wire/permissions.ts';
import type { Route } from '../server/route.ts';
import { createOldHostRoutes, type Payload } from './old-host-call.ts';

const methods = ['POST', 'GET'] as const;
const permission = basePermission;
const prefix = '/topapi/message/corpconversation';

const requiredNumber = { kind: 'number', required: true } as const;
const requiredText = { kind: 'text', required: true } as const;
const lists = { userid_list: { kind: 'list' }, dept_id_list: { kind: 'list' } } as const;
const task = { agent_id: requiredNumber, task_id: requiredNumber } as const;

const sendRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/asyncsend_v2`,
    permission,
    parameters: {
      agent_id: requiredNumber,
      msg: { kind: 'object', required: true },
      ...lists,
      to_all_user: { kind: 'boolean' },
      enable_id_trans: { kind: 'boolean' },
    },
    async handler({ context, caller, call }, given) {
      const { agent_id: agentId, msg, userid_list: userIds, dept_id_list: departmentIds, to_all_user: isToAll } = given;
      const notice = { agentId, msg, userIds, departmentIds, isToAll };
      const sent = { path: call.path, idempotencyKey: call.header(idempotencyHeader) };
      return { task_id: await sendNotice(context, requireCaller(caller), notice, sent) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/sendbytemplate`,
    permission,
    parameters: { agent_id: requiredNumber, template_id: requiredText, ...lists, data: { kind: 'object' } },
    async handler({ context, caller, call }, given) {
      const {
        agent_id: agentId,
        template_id: templateId,
        userid_list: userIds,
        dept_id_list: departmentIds,
        data,
      } = given;
      const notice = { agentId, templateId, userIds, departmentIds, isToAll: undefined, data };
      const sent = { path: call.path, idempotencyKey: call.header(idempotencyHeader) };
      return { task_id: await sendNoticeByTemplate(context, requireCaller(caller), notice, sent) };
    },
  }),
];

const taskRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/getsendprogress`,
    permission,
    parameters: task,
    async handler({ context, caller }, { agent_id, task_id }) {
      const { percent, status } = await findProgress(context, requireCaller(caller), agent_id, task_id);
      return { progress: { progress_in_percent: percent, status } };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/getsendresult`,
    permission,
    parameters: task,
    async handler({ context, caller }, { agent_id, task_id }) {
      return { send_result: renderResult(await findResult(context, requireCaller(caller), agent_id, task_id)) };
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/recall`,
    permission,
    parameters: { agent_id: requiredNumber, msg_task_id: requiredNumber },
    async handler({ context, caller }, { agent_id, msg_task_id }) {
      await recallNotice(context, requireCaller(caller), agent_id, msg_task_id);
      return {};
    },
  }),
  ...createOldHostRoutes({
    methods,
    path: `${prefix}/status_bar/update`,
    permission,
    parameters: { ...task, status_value: requiredText, status_bg: { kind: 'text' } },
    async handler({ context, caller }, { agent_id: agentId, task_id: taskId, status_value: value, status_bg }) {
      const bar = { value, background: status_bg };
      await updateStatusBar(context, requireCaller(caller), { agentId, taskId }, bar);
      return {};
    },
  }),
];

/** The list `forbidden_user_id_list` is absent when it is empty, unlike the others. */
function renderResult(result: NoticeResult): Payload {
  const { read, unread, failed, forbidden, invalidUsers, invalidDepartments } = result;
  return {
    failed_user_id_list: failed,
    forbidden_list: forbidden.map(({ userId, code, count }) => ({ code, count, userid: userId })),
    ...(forbidden.length > 0 && { forbidden_user_id_list: forbidden.map(({ userId }) => userId) }),
    invalid_dept_id_list: invalidDepartments,
    invalid_user_id_list: invalidUsers,
    read_user_id_list: read,
    unread_user_id_list: unread,
  };
}

export const noticeRoutes: readonly Route[] = [...sendRoutes, ...taskRoutes];
