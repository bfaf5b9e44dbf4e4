/** The vendor's call of Stream mode, and the console's. */
import { consoleDoneAnswer } from '../own/console.ts';
import { deliveriesAnswer } from '../own/endpoints.ts';
import * as own from '../own/stream.ts';
import * as wire from '../vendor/stream.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';
import { exampleDelivery } from './event-example.ts';
import { bodyErrors } from './vendor.ts';

/** The vendor's call that opens a connection of Stream mode. */
export const streamCalls: readonly Call[] = [
  {
    method: 'post',
    path: '/v1.0/gateway/connections/open',
    id: 'openConnection',
    tag: 'token',
    summary: 'Returns the address of the WebSocket of Stream mode, and a ticket that opens one connection to it',
    body: createNamed('OpenConnectionBody', wire.openConnectionBody, {
      clientId: 'dingappinternal',
      clientSecret: 's3cret-internal',
      subscriptions: [
        { type: 'EVENT', topic: '*' },
        { type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' },
      ],
      ua: 'dingtalk-sdk-python/v0.24.3-union',
    }),
    answer: createNamed('OpenConnectionAnswer', wire.openConnectionAnswer, {
      endpoint: 'ws://localhost:8720/connect',
      ticket: '98d1ea6f-c580-11ee-9a5f-27110c82ff67',
    }),
    errors: [
      ...bodyErrors,
      'MissingclientId',
      'MissingclientSecret',
      'Missingsubscriptions',
      'invalidParameter',
      'authFailed',
      'Forbidden.AccessDenied.QpsLimitForAppkeyAndApi',
      'system.error',
    ],
  },
];

const events = '/console/v1/apps/{appKey}/events/{corpId}';
const chosen = { types: ['robot_msg_read'] };
const eventsAnswer = createNamed('StreamEventsAnswer', own.streamEventsAnswer, {
  ...chosen,
  position: 17,
  waiting: 0,
  failed: 0,
  dropped: 0,
});

/** The console's calls for the connections and events of an app. */
export const consoleStreamCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/apps/{appKey}/connections',
    id: 'listStreamConnections',
    tag: 'console',
    summary: 'Lists the open Stream connections of an app, oldest first',
    answer: createNamed('StreamConnectionsAnswer', own.streamConnectionsAnswer, {
      connections: [
        {
          connectionId: '98d1ea6f-c580-11ee-9a5f-27110c82ff67',
          client: 'dingtalk-sdk-python/v0.24.3-union',
          subscriptions: [{ type: 'CALLBACK', topic: '/v1.0/im/bot/messages/get' }],
          openedAt: 1778481600000,
          process: null,
        },
      ],
    }),
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    method: 'get',
    path: events,
    id: 'getStreamEvents',
    tag: 'console',
    summary: 'Returns which events of an organization an app gets in Stream mode',
    answer: eventsAnswer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    method: 'put',
    path: events,
    id: 'setStreamEvents',
    tag: 'console',
    summary: 'Chooses which events of an organization an app gets in Stream mode, from now on',
    body: createNamed('StreamEventsBody', own.streamEventsBody, chosen),
    answer: eventsAnswer,
    errors: changeErrors,
  },
  {
    method: 'get',
    path: `${events}/deliveries`,
    id: 'listStreamDeliveries',
    tag: 'console',
    summary: 'Lists the events that were sent to an app in Stream mode, newest event first',
    query: own.streamDeliveriesQuery,
    answer: createNamed('DeliveriesAnswer', deliveriesAnswer, { deliveries: [exampleDelivery], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: `${events}/deliveries/{number}/again`,
    id: 'sendStreamEventAgain',
    tag: 'console',
    summary: 'Sends one event to an app again, as if it were new',
    answer: { name: 'ConsoleDone', schema: consoleDoneAnswer, example: {} },
    errors: [...askErrors, 'huizhi.forbidden', 'huizhi.notFound'],
  },
];
