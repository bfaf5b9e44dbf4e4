/** The calls with which a test controls the emulator. They exist in `dev` only, and need no authentication. */

import type { ErrorCode } from '../errors.ts';
import * as emulator from '../own/emulator.ts';
import type { Call, Named } from './call.ts';

const key = 'Ea3z43TUw4zz+ICFHC9Td9fUecqxUsoWgPqAaN7DrXU=';
const robotCode = 'dingzxcifuvdfbvegdf';
const now = 1778481600000;

const clock = named('ClockAnswer', emulator.clockAnswer, { now, frozen: false });
const readers = { readers: [{ userId: '*', after: '90s', probability: 0.8, manner: 'seen' as const }] };
const delivery = { mode: 'delay', delay: '5s' };
const faults = { rules: [{ path: '/v1.0/robot/*', nth: 2, times: 1, error: 'system.error' }] };
const ticket = { appKey: 'suitethirdparty', suiteTicket: 'q1w2e3r4t5y6', createdAt: now };
const template = { robotCode, msgKey: 'sampleText', state: 'stopped' };
const robot = { robotCode, disabled: false, perUserPerMinute: 5, perUserPerDay: 0, blockedBy: ['user001'] };
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
  setSnapshot: ['huizhi.conflict'],
};

/** The calls under `/emulator/v1`. */
export const emulatorCalls: readonly Call[] = [
  reads('clock', 'getClock', 'The time, and whether the clock is frozen', clock),
  writes(
    'post',
    'clock',
    'setClock',
    'Advances, sets, freezes or unfreezes the clock; responds when everything due has run',
    [named('ClockBody', emulator.clockBody, { advance: '25h' }), clock],
  ),
  writes('post', 'reads', 'readNow', 'Marks a message read now, with the same effect as a read in the inbox', [
    named('ReadsBody', emulator.readsBody, { processQueryKey: key, userIds: ['user001'] }),
    named('ReadsAnswer', emulator.readsAnswer, { read: 1 }),
  ]),
  reads('readers', 'getReaders', 'The automatic readers', named('ReadersAnswer', emulator.readersAnswer, readers)),
  writes('put', 'readers', 'setReaders', 'Sets the automatic readers', [
    named('ReadersBody', emulator.readersBody, readers),
    named('ReadersAnswer', emulator.readersAnswer, readers),
  ]),
  reads(
    'delivery',
    'getDelivery',
    'Returns how messages are delivered',
    named('DeliveryAnswer', emulator.deliveryAnswer, delivery),
  ),
  writes('put', 'delivery', 'setDelivery', 'Sets how messages are delivered', [
    named('DeliveryBody', emulator.deliveryBody, delivery),
    named('DeliveryAnswer', emulator.deliveryAnswer, delivery),
  ]),
  acts(
    'delivery/release',
    'releaseDelivery',
    'Delivers all waiting messages, and resets the mode to instant delivery',
    [named('ReleaseAnswer', emulator.releaseAnswer, { released: 2 })],
  ),
  reads('faults', 'getFaults', 'The current faults', named('FaultsAnswer', emulator.faultsAnswer, faults)),
  writes('put', 'faults', 'setFaults', 'Sets faults; an empty list removes all', [
    named('FaultsBody', emulator.faultsBody, faults),
    named('FaultsAnswer', emulator.faultsAnswer, faults),
  ]),
  {
    ...reads('requests', 'listRequests', 'Requests to the API and their responses, with the real cause of each error', {
      ...named('RequestsAnswer', emulator.requestsAnswer, { requests: [request] }),
    }),
    query: emulator.requestsQuery,
    errors: ['huizhi.badRequest', 'system.error'],
  },
  reads('suiteTickets', 'listSuiteTickets', 'Lists the valid suite tickets of third-party apps', {
    ...named('SuiteTicketsAnswer', emulator.suiteTicketsAnswer, { tickets: [ticket] }),
  }),
  writes('post', 'suiteTickets', 'createSuiteTicket', 'Creates a ticket; the two newest of an app are valid', [
    named('SuiteTicketBody', emulator.suiteTicketBody, { appKey: ticket.appKey }),
    named('SuiteTicket', emulator.suiteTicket, ticket),
  ]),
  writes('put', 'templates', 'setTemplate', 'Stops, removes or restores a template of a robot', [
    named('TemplateBody', emulator.templateBody, template),
    named('TemplateBody', emulator.templateBody, template),
  ]),
  writes('put', 'robots', 'setRobot', 'Changes the state and limits of a robot, and who has blocked it', [
    named('RobotBody', emulator.robotBody, { robotCode, perUserPerMinute: 5, blockedBy: ['user001'] }),
    named('RobotAnswer', emulator.robotAnswer, robot),
  ]),
  acts('reset', 'reset', 'Restores the initial state', [named('EmptyAnswer', emulator.emptyAnswer, {})]),
  reads('snapshot', 'getSnapshot', 'The whole state', named('Snapshot', emulator.snapshot, { version: 1 })),
  writes('put', 'snapshot', 'setSnapshot', 'Restores a state', [
    named('Snapshot', emulator.snapshot, { version: 1 }),
    named('EmptyAnswer', emulator.emptyAnswer, {}),
  ]),
];

function named(name: string, schema: Named['schema'], example: unknown): Named {
  return { name, schema, example };
}

function reads(path: string, id: string, summary: string, answer: Named): Call {
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

function acts(path: string, id: string, summary: string, [answer]: readonly [Named]): Call {
  return { ...reads(path, id, summary, answer), method: 'post' };
}

function writes(
  method: 'post' | 'put',
  path: string,
  id: string,
  summary: string,
  [body, answer]: readonly [Named, Named],
): Call {
  const errors: readonly ErrorCode[] = [...bodyErrors, ...(ownErrors[id] ?? []), 'system.error'];
  return { ...reads(path, id, summary, answer), method, body, errors };
}
