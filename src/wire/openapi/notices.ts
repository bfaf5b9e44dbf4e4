/** The calls for work notices: on the vendor's paths, and in console and emulator. */
import type { ErrorCode } from '../errors.ts';
import { organizationQuery } from '../own/console-directory.ts';
import { inboxDingReadAnswer } from '../own/dings.ts';
import * as own from '../own/notices.ts';
import * as vendor from '../vendor/notice-schemas.ts';
import { type Call, createNamed, type Named } from './call.ts';

const agent_id = 2_500_007_919;
const task_id = 100_000_000_001;
const userid = '201382020';
const done = { errcode: 0, errmsg: 'ok', request_id: '01A08FE7-68C3-7BBD-B223-447768EA4B29' };
const task = { agent_id, task_id };

const createCall = (operation: string, id: string, summary: string, body: Named, answer: Named): Call => ({
  method: 'post',
  path: `/topapi/message/corpconversation/${operation}`,
  id,
  tag: 'notices',
  summary,
  isOldHost: true,
  body,
  answer,
  errors: [],
});

const sendAnswer = createNamed('NoticeSendAnswer', vendor.noticeSendAnswer, { ...done, task_id });
const doneAnswer = createNamed('NoticeDoneAnswer', vendor.noticeDoneAnswer, done);
const taskBody = createNamed('NoticeTaskBody', vendor.noticeTaskBody, task);

/** The calls on the vendor's paths. */
export const noticeCalls: readonly Call[] = [
  {
    ...createCall(
      'asyncsend_v2',
      'sendNotice',
      'Sends a work notice to users, to departments with those below them, or to all users',
      createNamed('NoticeSendBody', vendor.noticeSendBody, {
        agent_id,
        userid_list: userid,
        msg: { msgtype: 'text', text: { content: '服务器磁盘已满' } },
      }),
      sendAnswer,
    ),
    headers: vendor.noticeHeaders,
  },
  {
    ...createCall(
      'sendbytemplate',
      'sendNoticeByTemplate',
      "Sends a work notice that is made from one of the app's templates",
      createNamed('NoticeTemplateBody', vendor.noticeTemplateBody, {
        agent_id,
        template_id: 'alarm',
        userid_list: userid,
        data: '{"host":"db1"}',
      }),
      sendAnswer,
    ),
    headers: vendor.noticeHeaders,
  },
  createCall(
    'getsendprogress',
    'noticeProgress',
    'Returns how far the delivery of a work notice is, within 7 days',
    taskBody,
    createNamed('NoticeProgressAnswer', vendor.noticeProgressAnswer, {
      ...done,
      progress: { progress_in_percent: 100, status: 2 },
    }),
  ),
  createCall(
    'getsendresult',
    'noticeResult',
    'Returns who has read a work notice, who has not, and who did not get it, within 24 hours',
    taskBody,
    createNamed('NoticeResultAnswer', vendor.noticeResultAnswer, {
      ...done,
      send_result: {
        failed_user_id_list: [],
        forbidden_list: [{ code: '143106', count: 1, userid: 'user001' }],
        forbidden_user_id_list: ['user001'],
        invalid_dept_id_list: [],
        invalid_user_id_list: [],
        read_user_id_list: [userid],
        unread_user_id_list: [],
      },
    }),
  ),
  createCall(
    'recall',
    'recallNotice',
    'Recalls a work notice from all its receivers, within 24 hours',
    createNamed('NoticeRecallBody', vendor.noticeRecallBody, { agent_id, msg_task_id: task_id }),
    doneAnswer,
  ),
  createCall(
    'status_bar/update',
    'updateNoticeStatusBar',
    'Replaces the status bar of an oa message, within 7 days',
    createNamed('StatusBarBody', vendor.statusBarBody, { ...task, status_value: '已同意', status_bg: '0xFF78C06E' }),
    doneAnswer,
  ),
];

const notice = {
  taskId: task_id,
  appKey: 'dingappinternal',
  agentId: agent_id,
  msgtype: 'text',
  message: '{"content":"服务器磁盘已满"}',
  sentAt: 1778481600000,
  recalledAt: null,
  status: 'done',
  receiverCount: 2,
} as const;

const listAnswer = createNamed('WorkNoticesAnswer', own.noticesAnswer, { notices: [notice], cursor: null });
const missed = [{ userId: 'user001', name: '王秀英', reason: 'repeated' }];
const invalid = { invalidUserIds: [], invalidDeptIds: [] };
const detailAnswer = createNamed('WorkNoticeAnswer', own.noticeAnswer, {
  ...notice,
  receivers: [{ userId: userid, name: '曲大岳', readAt: 1778481660000 }],
  missed,
  ...invalid,
});
const consoleNotice = { ...notice, messageId: '3f1b0c5d9e7a42688c0d1e2f3a4b5c6d', msgKey: 'noticeText', percent: 100 };
const one = { count: 1, isExact: true };
const consoleListAnswer = createNamed('ConsoleWorkNoticesAnswer', own.consoleNoticesAnswer, {
  notices: [{ ...consoleNotice, read: one, missed: one }],
  cursor: null,
});
const consoleDetailAnswer = createNamed('ConsoleWorkNoticeAnswer', own.consoleNoticeAnswer, {
  ...consoleNotice,
  corpId: 'dingcorp0001',
  result: { read: 1, unread: 0, failed: 0, forbidden: 1, waiting: 0 },
  ...invalid,
  sequence: 2,
});

const consoleErrors: readonly ErrorCode[] = [
  'huizhi.badRequest',
  'huizhi.unauthorized',
  'huizhi.notFound',
  'system.error',
];
const emulatorErrors: readonly ErrorCode[] = ['huizhi.badRequest', 'huizhi.notFound', 'system.error'];

/** The calls of console and emulator. */
export const ownNoticeCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/workNotices',
    id: 'listWorkNotices',
    tag: 'console',
    summary: 'Lists the work notices of an organization, newest first',
    query: own.noticesQuery,
    answer: consoleListAnswer,
    errors: consoleErrors,
  },
  {
    method: 'get',
    path: '/console/v1/workNotices/{taskId}',
    id: 'workNotice',
    tag: 'console',
    summary: 'Returns a work notice with the numbers of its result',
    query: organizationQuery,
    answer: consoleDetailAnswer,
    errors: consoleErrors,
  },
  {
    method: 'get',
    path: '/console/v1/workNotices/{taskId}/missed',
    id: 'listMissedWorkNotice',
    tag: 'console',
    summary: 'Lists the users who did not get a work notice, in the order in which they were created',
    query: own.missedQuery,
    answer: createNamed('ConsoleMissedAnswer', own.missedAnswer, { missed, cursor: null }),
    errors: consoleErrors,
  },
  {
    method: 'post',
    path: '/console/v1/workNotices/{taskId}/recall',
    id: 'recallWorkNotice',
    tag: 'console',
    summary: 'Recalls a work notice of any age',
    query: organizationQuery,
    answer: consoleDetailAnswer,
    errors: [...consoleErrors, 'huizhi.forbidden'],
  },
  {
    method: 'get',
    path: '/emulator/v1/workNotices',
    id: 'emulatedWorkNotices',
    tag: 'emulator',
    summary: 'Lists the work notices of an organization, newest first',
    query: own.noticesQuery,
    answer: listAnswer,
    errors: emulatorErrors,
  },
  {
    method: 'get',
    path: '/emulator/v1/workNotices/{taskId}',
    id: 'emulatedWorkNotice',
    tag: 'emulator',
    summary: 'Returns a work notice with its result',
    query: organizationQuery,
    answer: detailAnswer,
    errors: emulatorErrors,
  },
  {
    method: 'post',
    path: '/emulator/v1/workNotices/read',
    id: 'readEmulatedWorkNotice',
    tag: 'emulator',
    summary: 'Lets receivers read a work notice now',
    body: createNamed('WorkNoticeReadBody', own.noticeReadBody, { corpId: 'dingcorp0001', taskId: task_id }),
    answer: { name: 'InboxDingReadAnswer', schema: inboxDingReadAnswer, example: { read: 1 } },
    errors: emulatorErrors,
  },
];
