/** The console calls for endpoints, which get the events of an organization as webhooks. */
import { consoleDoneAnswer } from '../own/console.ts';
import { organizationQuery } from '../own/console-directory.ts';
import * as own from '../own/endpoints.ts';
import { type Call, createNamed } from './call.ts';
import { askErrors, changeErrors, listErrors } from './console.ts';
import { exampleDelivery } from './event-example.ts';

const endpoint = {
  endpointId: 'ep_0f4c2d9a8b7e6f5d4c3b2a19',
  url: 'https://example.com/receipts',
  description: '回执同步',
  types: ['receipt.read'],
  disabled: 'no',
  position: 17,
  waiting: 0,
  failed: 0,
  dropped: 0,
  oldSecretUntil: null,
  createdAt: 1778481600000,
};
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDazfGsGEjVq0=';
const answer = createNamed('ConsoleEndpoint', own.endpoint, endpoint);
const one = '/console/v1/endpoints/{endpointId}';
const change = { tag: 'console', query: organizationQuery, errors: changeErrors } as const;

/** The calls under `/console/v1/endpoints`. */
export const endpointCalls: readonly Call[] = [
  {
    method: 'get',
    path: '/console/v1/endpoints',
    id: 'listEndpoints',
    tag: 'console',
    summary: 'Lists the endpoints of an organization, which get its events as webhooks; oldest first',
    query: own.endpointsQuery,
    answer: createNamed('EndpointsAnswer', own.endpointsAnswer, { endpoints: [endpoint], cursor: null }),
    errors: listErrors,
  },
  {
    method: 'post',
    path: '/console/v1/endpoints',
    id: 'createEndpoint',
    tag: 'console',
    summary: 'Creates an endpoint that gets the events from now on, and returns its secret, which is not shown again',
    body: createNamed('EndpointBody', own.endpointBody, {
      corpId: 'dingcorp0001',
      url: endpoint.url,
      description: endpoint.description,
      types: endpoint.types,
    }),
    answer: createNamed('NewEndpoint', own.newEndpoint, { ...endpoint, secret }),
    errors: changeErrors,
  },
  {
    method: 'get',
    path: one,
    id: 'findEndpoint',
    tag: 'console',
    summary: 'Returns one endpoint',
    query: organizationQuery,
    answer,
    errors: [...askErrors, 'huizhi.notFound'],
  },
  {
    ...change,
    method: 'put',
    path: one,
    id: 'changeEndpoint',
    summary: 'Changes the address, description or types of an endpoint, disables or enables it',
    body: createNamed('EndpointChangeBody', own.endpointChangeBody, { disabled: true }),
    answer,
  },
  {
    ...change,
    method: 'delete',
    path: one,
    id: 'removeEndpoint',
    summary: 'Deletes an endpoint',
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
  },
  {
    ...change,
    method: 'post',
    path: `${one}/secret`,
    id: 'rotateEndpointSecret',
    summary: 'Creates a new secret; for 24 hours webhooks also have a signature of the old one',
    answer: createNamed('EndpointSecretAnswer', own.endpointSecretAnswer, { secret, oldSecretUntil: 1778568000000 }),
  },
  {
    ...change,
    method: 'post',
    path: `${one}/test`,
    id: 'testEndpoint',
    summary: 'Sends an event of the type test to an endpoint, and returns what it answers',
    answer: createNamed('EndpointTestAnswer', own.testAnswer, {
      delivered: true,
      status: 200,
      answer: 'ok',
      duration: 12,
    }),
  },
  {
    ...change,
    method: 'post',
    path: `${one}/replay`,
    id: 'replayEvents',
    summary: 'Sends all events after a number again',
    body: createNamed('EventReplayBody', own.replayBody, { after: 16 }),
    answer,
  },
  {
    method: 'get',
    path: `${one}/deliveries`,
    id: 'listEventDeliveries',
    tag: 'console',
    summary: 'Lists what was sent to an endpoint within the last 7 days, newest event first',
    query: own.deliveriesQuery,
    answer: createNamed('EventDeliveriesAnswer', own.deliveriesAnswer, { deliveries: [exampleDelivery], cursor: null }),
    errors: listErrors,
  },
  {
    ...change,
    method: 'post',
    path: `${one}/deliveries/{number}/again`,
    id: 'sendEventAgain',
    summary: 'Sends one event again, as if it were new',
    answer: createNamed('ConsoleDone', consoleDoneAnswer, {}),
  },
];
