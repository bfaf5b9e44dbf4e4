/** The calls with which a test controls the emulator. They exist in `dev` only, and need no authentication. */

import type { ErrorCode } from '../errors.ts';
import { emulatorCustomRobot, emulatorCustomRobotBody } from '../own/custom-robots.ts';
import * as emulator from '../own/emulator.ts';
import * as waits from '../own/waits.ts';
import { type Call, createNamed, type Named } from './call.ts';

const key = 'Ea3z43TUw4zz+ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=';
const corpId = 'dingcorp0001';
const departmentsAnswer = createNamed('EmulatorDepartmentsAnswer', emulator.departmentsAnswer, {
  departments: [{ deptId: 100, name: '研发中心', parentId: 1, order: 1 }],
});
const robotCode = 'dingzxcifuvdfbvegdf';
const now = 1778481600000;

const clock = createNamed('ClockAnswer', emulator.clockAnswer, { now, frozen: false });
const readers = { readers: [{ userId: '*', after: '90s', probability: 0.8, manner: 'seen' as const }] };
const delivery = { mode: 'delay', delay: '5s' };
const faults = { rules: [{ path: '/v1.0/robot/*', nth: 2, times: 1, error: 'system.error' }] };
const ticket = { appKey: 'suitethirdparty', suiteTicket: 'q1w2e3r4t5y6', createdAt: now };
const template = { robotCode, msgKey: 'sampleText', state: 'stopped' };
const robot = {
  robotCode,
  disabled: false,
  perUserPerMinute: 5,
  perUserPerDay: 0,
  coolAppCode: null,
  blockedBy: ['user001'],
};
const request = {
  sequence: 1,
  at: now,
  method: 'GET',
  path: '/v1.0/robot/oToMessages/readStatus',
  query: { robotCode, processQueryKey: 'Ea3z43TUw4zz ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=' },
  headers: { accept: 'application/json' },
  body: null,
  status: 400,
  answer: { code: 'invalid.processQueryKey' },
  requestId: '01A08FE7-68C3-7BBD-B223-447768EA4B29',
  error: { code: 'invalid.processQueryKey', why: 'the `+` of the key arrived as a space: encode the key in the URL' },
  durationMs: 0.4,
};

const message = {
  processQueryKey: key,
  robotCode,
  msgKey: 'sampleText',
  msgParam: { content: 'disk full on db-1' },
  userIds: ['user001'],
  sentAt: now,
  requestId: '01A08FE7-68C3-7BBD-B223-447768EA4B29',
};

const bodyErrors: readonly ErrorCode[] = [
  'huizhi.badRequest',
  'huizhi.tooDeep',
  'huizhi.tooLarge',
  'huizhi.requestTimeout',
  'huizhi.busy',
];

/** Errors of single calls: a named object does not exist, or a snapshot has another version. */
const ownErrors: { readonly [id: string]: readonly ErrorCode[] } = {
  readNow: ['huizhi.notFound'],
  createSuiteTicket: ['huizhi.notFound'],
  setTemplate: ['huizhi.notFound'],
  setRobot: ['huizhi.notFound'],
  makeGroup: ['huizhi.notFound', 'huizhi.conflict'],
  quitGroup: ['huizhi.notFound', 'huizhi.conflict'],
  setSnapshot: ['huizhi.conflict'],
  waitForRead: ['huizhi.notFound'],
  waitForReply: ['huizhi.notFound'],
};

/** The calls under `/emulator/v1`. */
export const emulatorCalls: readonly Call[] = [
  createGet('clock', 'getClock', 'Returns the time, and whether the clock is frozen', clock),
  createChange(
    'post',
    'clock',
    'setClock',
    'Advances, sets, freezes or unfreezes the clock; responds when all due work is done',
    [createNamed('ClockBody', emulator.clockBody, { advance: '25h' }), clock],
  ),
  createChange('post', 'reads', 'readNow', 'Marks a message as read by recipients', [
    createNamed('ReadsBody', emulator.readsBody, { processQueryKey: key, userIds: ['user001'] }),
    createNamed('ReadsAnswer', emulator.readsAnswer, { read: 1 }),
  ]),
  createGet(
    'readers',
    'getReaders',
    'Returns the automatic readers',
    createNamed('ReadersAnswer', emulator.readersAnswer, readers),
  ),
  createChange('put', 'readers', 'setReaders', 'Sets the automatic readers', [
    createNamed('ReadersBody', emulator.readersBody, readers),
    createNamed('ReadersAnswer', emulator.readersAnswer, readers),
  ]),
  createGet(
    'delivery',
    'getDelivery',
    'Returns how messages are delivered',
    createNamed('DeliveryAnswer', emulator.deliveryAnswer, delivery),
  ),
  createChange('put', 'delivery', 'setDelivery', 'Sets how messages are delivered', [
    createNamed('DeliveryBody', emulator.deliveryBody, delivery),
    createNamed('DeliveryAnswer', emulator.deliveryAnswer, delivery),
  ]),
  createAction('delivery/release', 'releaseDelivery', 'Delivers all held messages, and switches to instant delivery', [
    createNamed('ReleaseAnswer', emulator.releaseAnswer, { released: 2 }),
  ]),
  createGet(
    'faults',
    'getFaults',
    'Returns the fault rules',
    createNamed('FaultsAnswer', emulator.faultsAnswer, faults),
  ),
  createChange('put', 'faults', 'setFaults', 'Sets the fault rules; an empty list removes all', [
    createNamed('FaultsBody', emulator.faultsBody, faults),
    createNamed('FaultsAnswer', emulator.faultsAnswer, faults),
  ]),
  createChange('post', 'faults', 'addFaults', 'Adds fault rules after the others, whose counts continue', [
    createNamed('FaultsBody', emulator.faultsBody, faults),
    createNamed('FaultsAnswer', emulator.faultsAnswer, faults),
  ]),
  createGet(
    'messages',
    'listSentMessages',
    'Returns the accepted sends of robots and apps among the recorded requests',
    createNamed('SentMessagesAnswer', waits.sentMessagesAnswer, { messages: [message] }),
  ),
  createChange(
    'post',
    'waits/message',
    'waitForMessage',
    'Waits for the oldest accepted send that matches and that no earlier call has returned',
    [
      createNamed('MessageWaitBody', waits.messageWaitBody, { userId: 'user001', text: 'disk full', timeout: '5s' }),
      createNamed('MessageWaitAnswer', waits.messageWaitAnswer, { message }),
    ],
  ),
  createChange('post', 'waits/read', 'waitForRead', 'Waits until recipients have read a message', [
    createNamed('ReadWaitBody', waits.readWaitBody, { processQueryKey: key, userIds: ['user001'] }),
    createNamed('ReadWaitAnswer', waits.readWaitAnswer, {
      recipients: [{ userId: 'user001', name: '王秀英', readAt: now }],
    }),
  ]),
  createChange(
    'post',
    'waits/reply',
    'waitForReply',
    'Waits for the oldest message of a robot to a person that matches and that no earlier call has returned',
    [
      createNamed('ReplyWaitBody', waits.replyWaitBody, { userId: 'user001', after: 12 }),
      createNamed('ReplyWaitAnswer', waits.replyWaitAnswer, {
        reply: {
          messageId: '019a3f5e-2f9d-7d34-8d3e-1f2a3b4c5d6e',
          conversationId: `robot:${robotCode}`,
          robotCode,
          robotName: '通知助手',
          msgKey: 'sampleText',
          msgParam: { content: 'hello' },
          sentAt: now,
        },
      }),
    ],
  ),
  createChange(
    'post',
    'waits/event',
    'waitForEvent',
    'Waits for the oldest event, by organization, that matches and that no earlier call has returned',
    [
      createNamed('EventWaitBody', waits.eventWaitBody, { type: 'user.added', timeout: '1s' }),
      createNamed('EventWaitAnswer', waits.eventWaitAnswer, {
        event: null,
        reason: 'no matching event happened (there were 2 events) within 1000 ms',
      }),
    ],
  ),
  {
    ...createGet(
      'requests',
      'listRequests',
      'Lists requests to the API with their responses and the actual cause of each error',
      {
        ...createNamed('RequestsAnswer', emulator.requestsAnswer, { requests: [request] }),
      },
    ),
    query: emulator.requestsQuery,
    errors: ['huizhi.badRequest', 'system.error'],
  },
  createGet('suiteTickets', 'listSuiteTickets', 'Lists the valid suite tickets of third-party apps', {
    ...createNamed('SuiteTicketsAnswer', emulator.suiteTicketsAnswer, { tickets: [ticket] }),
  }),
  createChange(
    'post',
    'suiteTickets',
    'createSuiteTicket',
    'Creates a suite ticket; the two newest of an app are valid',
    [
      createNamed('SuiteTicketBody', emulator.suiteTicketBody, { appKey: ticket.appKey }),
      createNamed('SuiteTicket', emulator.suiteTicket, ticket),
    ],
  ),
  createChange('put', 'templates', 'setTemplate', 'Stops, removes or restores a template of a robot', [
    createNamed('TemplateBody', emulator.templateBody, template),
    createNamed('TemplateBody', emulator.templateBody, template),
  ]),
  createChange('put', 'robots', 'setRobot', 'Changes the limits and the state of a robot, and who has blocked it', [
    createNamed('RobotBody', emulator.robotBody, { robotCode, perUserPerMinute: 5, blockedBy: ['user001'] }),
    createNamed('RobotAnswer', emulator.robotAnswer, robot),
  ]),
  createChange('post', 'groups', 'makeGroup', 'Creates a group, or a conversation of two people, with robots', [
    createNamed('TestGroupBody', emulator.groupBody, {
      corpId: 'dingcorp0001',
      title: '项目群',
      members: ['user001', 'user002'],
      robots: [robotCode],
    }),
    createNamed('TestGroupAnswer', emulator.groupAnswer, {
      openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
      chatId: 'chat15fc85b48abd8116d99d7b74d0bc0ac6',
    }),
  ]),
  createChange('post', 'groups/quits', 'quitGroup', 'Lets a member leave a group by themselves', [
    createNamed('GroupQuitBody', emulator.groupQuitBody, {
      openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
      userId: 'user002',
    }),
    createNamed('EmptyAnswer', emulator.emptyAnswer, {}),
  ]),
  createChange('post', 'customRobots', 'makeCustomRobot', 'Creates a custom robot: a webhook that sends into a group', [
    createNamed('TestCustomRobotBody', emulatorCustomRobotBody, {
      corpId: 'dingcorp0001',
      name: '报警机器人',
      keywords: ['报警'],
      sign: true,
    }),
    createNamed('TestCustomRobot', emulatorCustomRobot, {
      robotCode: 'custom3f2b8c1d9e0a7f6b5c4d3e2f',
      openConversationId: 'cidFfyFtIq9gRbZ3nXt0LwKxg==',
      webhook: '/robot/send?access_token=2f0a7d5c9b3e4816a1c8f7720d94be53e6b1c05a8f3d27946c0be9a1745d83f2',
      token: '2f0a7d5c9b3e4816a1c8f7720d94be53e6b1c05a8f3d27946c0be9a1745d83f2',
      secret: 'SEC7b1e90d4c2a85f36e0d7914ab8c3f52690e1d7ab43c8f5260b9e7d1a4c3f8e25',
    }),
  ]),
  {
    ...createGet(
      'departments',
      'getDepartments',
      'Lists all departments of an organization, parents first',
      departmentsAnswer,
    ),
    query: emulator.departmentsQuery,
    errors: ['huizhi.badRequest', 'huizhi.notFound', 'system.error'],
  },
  createChange('put', 'departments', 'setDepartments', 'Creates or changes departments of an organization', [
    createNamed('DepartmentsBody', emulator.departmentsBody, {
      corpId,
      departments: [{ deptId: 400, name: '财务部' }],
    }),
    departmentsAnswer,
  ]),
  createChange('put', 'users', 'setUsers', 'Creates or changes users of an organization', [
    createNamed('EmulatorUsersBody', emulator.usersBody, {
      corpId,
      users: [{ userId: 'user003', name: '张敏', mobile: '13800000003', departments: [101] }],
    }),
    createNamed('EmulatorUsersAnswer', emulator.usersAnswer, {
      users: [
        {
          userId: 'user003',
          name: '张敏',
          unionId: '2k7cr0v5nq1hs8d3t9f6gm4abe',
          mobile: '13800000003',
          email: null,
          jobNumber: null,
          title: null,
          departments: [{ deptId: 101, order: 0, manager: true }],
        },
      ],
    }),
  ]),
  createAction('reset', 'reset', 'Resets the emulator to its initial state', [
    createNamed('EmptyAnswer', emulator.emptyAnswer, {}),
  ]),
  createGet(
    'snapshot',
    'getSnapshot',
    'Returns the complete state',
    createNamed('Snapshot', emulator.snapshot, { version: 1 }),
  ),
  createChange('put', 'snapshot', 'setSnapshot', 'Restores a state', [
    createNamed('Snapshot', emulator.snapshot, { version: 1 }),
    createNamed('EmptyAnswer', emulator.emptyAnswer, {}),
  ]),
];

function createGet(path: string, id: string, summary: string, answer: Named): Call {
  return {
    method: 'get',
    path: `/emulator/v1/${path}`,
    id,
    tag: 'emulator',
    summary,
    answer,
    errors: ['system.error'],
  };
}

function createAction(path: string, id: string, summary: string, [answer]: readonly [Named]): Call {
  return { ...createGet(path, id, summary, answer), method: 'post' };
}

function createChange(
  method: 'post' | 'put',
  path: string,
  id: string,
  summary: string,
  [body, answer]: readonly [Named, Named],
): Call {
  const errors: readonly ErrorCode[] = [...bodyErrors, ...(ownErrors[id] ?? []), 'system.error'];
  return { ...createGet(path, id, summary, answer), method, body, errors };
}
