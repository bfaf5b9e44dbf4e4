/** The calls about encrypted HTTP pushes of events: the vendor's, and the console's. */
import { consoleDoneAnswer } from '../own/console.ts';
import { deliveriesAnswer } from '../own/endpoints.ts';
import * as own from '../own/push.ts';
import * as wire from '../vendor/push.ts';
import { type Call, createNamed, type Named } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';
import { exampleDelivery } from './event-example.ts';
import { callerErrors } from './vendor.ts';

const request_id = '01A08FE7-68C3-7BBD-B223-447768EA4B29';
const succeed = (payload: object) => ({ errcode: 0, errmsg: 'ok', ...payload, request_id });

const url = 'https://bot.example.com/events';
const corpId = 'dingexample';
const token = 'a-random-token';
const aes_key = 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
const registration = { call_back_tag: ['robot_msg_read', 'robot_msg_recall'], token, aes_key, url };
const event = {
  UserId: 'user003',
  OperatTime: '1778481600000',
  UnionId: '2k7cr0v5nq1hs8d3t9f6gm4abe',
  ProcessQueryKey: 'Bb1dC2eE3fF4gG5hH6iI7jJ8kK9lL0mM',
  RobotCode: 'dingnoticerobot',
};

const createOld = (method: 'get' | 'post', path: string, id: string, summary: string, parts: OldParts): Call => ({
  method,
  path: `/call_back/${path}`,
  id,
  tag: 'events',
  summary,
  isOldHost: true,
  ...parts,
  errors: [],
});
type OldParts = { readonly answer: Named; readonly body?: Named };

const body = createNamed('CallbackBody', wire.callbackBody, registration);
const done = createNamed('CallbackDoneAnswer', wire.callbackDoneAnswer, succeed({}));

/** The vendor's calls about encrypted HTTP pushes. */
export const pushCalls: readonly Call[] = [
  createOld(
    'post',
    'register_call_back',
    'registerCallback',
    'Sets the address that gets events of an internal app as encrypted HTTP pushes, after it has answered check_url',
    { body, answer: done },
  ),
  createOld('post', 'update_call_back', 'updateCallback', 'Changes the address that gets events', {
    body,
    answer: done,
  }),
  createOld('get', 'get_call_back', 'getCallback', 'Returns the address that gets events, with its keys', {
    answer: createNamed('CallbackAnswer', wire.callbackAnswer, succeed(registration)),
  }),
  createOld('get', 'delete_call_back', 'deleteCallback', 'Removes the address that gets events', { answer: done }),
  createOld(
    'get',
    'get_call_back_failed_result',
    'takeFailedEvents',
    'Returns up to 200 events that could not be pushed, and takes them off the list',
    {
      answer: createNamed(
        'TakenEventsAnswer',
        wire.takenEventsAnswer,
        succeed({
          failed_list: [
            {
              call_back_tag: 'robot_msg_read',
              event_time: 1778481600000,
              robot_msg_read: { callbackData: event, corpid: corpId },
            },
          ],
          has_more: false,
        }),
      ),
    },
  ),
  {
    method: 'get',
    path: '/v1.0/event/callbacks/failedResults',
    id: 'listFailedEvents',
    tag: 'events',
    summary: 'Returns up to 200 events that could not be pushed, without taking them off the list',
    query: wire.failedEventsQuery,
    answer: createNamed('FailedEventsAnswer', wire.failedEventsAnswer, {
      failedList: [{ callBackData: event, callBackTag: 'robot_msg_read', corpId, eventTime: 1778481600000 }],
      hasMore: false,
    }),
    errors: [...callerErrors, 'invalidParameter.param.invalid', 'system.error'],
  },
];

const path = '/console/v1/apps/{appKey}/push';
const chosen = { url, types: ['robot_msg_read', 'robot_msg_recall'] };
const answer = createNamed('PushAnswer', own.pushAnswer, {
  ...chosen,
  ownerKey: 'dingnotice',
  oldKeysUntil: null,
  position: 17,
  waiting: 0,
  failed: 0,
  dropped: 0,
});

/** The console's calls for the encrypted HTTP pushes of an app. */
export const consolePushCalls: readonly Call[] = [
  {
    method: 'get',
    path,
    id: 'getPush',
    tag: 'console',
    summary: 'Returns the address that gets the events of an internal app as encrypted HTTP pushes',
    answer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    method: 'put',
    path,
    id: 'setPush',
    tag: 'console',
    summary: 'Sets the address that gets the events of an internal app, after it has answered check_url',
    body: createNamed('PushBody', own.pushBody, { ...chosen, token, aesKey: aes_key }),
    answer,
    errors: changeErrors,
  },
  {
    method: 'delete',
    path,
    id: 'deletePush',
    tag: 'console',
    summary: 'Removes the address that gets the events of an internal app, and its list of failed events',
    answer: { name: 'ConsoleDone', schema: consoleDoneAnswer, example: {} },
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.notFound'],
  },
  {
    method: 'get',
    path: `${path}/deliveries`,
    id: 'listPushDeliveries',
    tag: 'console',
    summary: 'Lists the events that were pushed to an app, newest event first',
    query: own.pushDeliveriesQuery,
    answer: createNamed('DeliveriesAnswer', deliveriesAnswer, { deliveries: [exampleDelivery], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: `${path}/deliveries/{number}/again`,
    id: 'pushEventAgain',
    tag: 'console',
    summary: 'Pushes one event to an app again, as if it were new',
    answer: { name: 'ConsoleDone', schema: consoleDoneAnswer, example: {} },
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.notFound'],
  },
];
