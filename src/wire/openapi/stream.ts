/** The vendor's call of Stream mode, and the console's. */
import * as own from '../own/stream.ts';
import * as wire from '../vendor/stream.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors } from './console.ts';
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

/** The console's call for the connections of an app. */
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
        },
      ],
    }),
    errors: [...askErrors, 'huizhi.notFound'],
  },
];
