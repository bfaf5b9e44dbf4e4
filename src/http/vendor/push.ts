/** The calls about encrypted HTTP pushes: the registration of an address, and the lists of failed events. */
import { requireCaller } from '../../core/access/caller.ts';
import { type FailedEvents, listFailedEvents, takeFailedEvents } from '../../core/subscriptions/push/failed-list.ts';
import {
  getRegistration,
  registerPush,
  requireInternal,
  unregisterPush,
} from '../../core/subscriptions/push/registration.ts';
import { wireError } from '../../wire/errors.ts';
import { basePermission } from '../../wire/permissions.ts';
import type { FailedEventsAnswer } from '../../wire/vendor/push.ts';
import { findValidParameter } from '../server/query.ts';
import type { Route, RouteRequest } from '../server/route.ts';
import { createOldHostRoutes, type Payload } from './old-host-call.ts';
import type { Given } from './parameters.ts';

const registration = {
  call_back_tag: { kind: 'list', required: true },
  token: { kind: 'text', required: true },
  aes_key: { kind: 'text', required: true },
  url: { kind: 'text', required: true },
} as const;

const permission = basePermission;

/** `/call_back/…` and `/v1.0/event/callbacks/failedResults`. */
export const pushRoutes: readonly Route[] = [
  ...createOldHostRoutes({
    methods: ['POST'],
    path: '/call_back/register_call_back',
    permission,
    parameters: registration,
    handler: (request, given) => register(request, given, true),
  }),
  ...createOldHostRoutes({
    methods: ['POST'],
    path: '/call_back/update_call_back',
    permission,
    parameters: registration,
    handler: (request, given) => register(request, given, false),
  }),
  ...createOldHostRoutes({
    methods: ['GET'],
    path: '/call_back/get_call_back',
    permission,
    parameters: {},
    handler: ({ context, caller }) => getRegistration(context, requireCaller(caller)),
  }),
  ...createOldHostRoutes({
    methods: ['GET'],
    path: '/call_back/delete_call_back',
    permission,
    parameters: {},
    handler: unregister,
  }),
  ...createOldHostRoutes({
    methods: ['GET'],
    path: '/call_back/get_call_back_failed_result',
    permission,
    parameters: {},
    handler: takeFailed,
  }),
  { method: 'GET', path: '/v1.0/event/callbacks/failedResults', permission, handler: listFailed },
];

async function register(
  { context, caller }: RouteRequest,
  { call_back_tag: tags, token, aes_key: aesKey, url }: Given<typeof registration>,
  isNew: boolean,
): Promise<Payload> {
  await registerPush(context, requireCaller(caller), { tags, token, aesKey, url }, isNew);
  return {};
}

async function unregister({ context, caller }: RouteRequest): Promise<Payload> {
  await unregisterPush(context, requireCaller(caller));
  return {};
}

async function takeFailed({ context, caller }: RouteRequest): Promise<Payload> {
  const known = requireCaller(caller);
  requireInternal(known);
  const { events, hasMore } = await takeFailedEvents(context, known);
  const failed_list = events.map(({ type, at, data }) => {
    return {
      [type]: { callbackData: data, corpid: known.organization.code },
      call_back_tag: type,
      event_time: at,
    };
  });
  return { failed_list, has_more: hasMore };
}

async function listFailed({ context, caller, call }: RouteRequest): Promise<string> {
  const known = requireCaller(caller);
  requireInternal(known);
  const begin = readTime(call.query, 'beginTime') ?? 0;
  const end = readTime(call.query, 'endTime') ?? Number.MAX_SAFE_INTEGER;
  const found = await listFailedEvents(context, known, { begin, end });
  return JSON.stringify(renderFailed(known.organization.code, found));
}

function renderFailed(corpId: string, { events, hasMore }: FailedEvents): FailedEventsAnswer {
  const failedList = events.map(({ type, at, data }) => {
    return { callBackData: { ...data }, callBackTag: type, corpId, eventTime: at };
  });
  return { failedList, hasMore };
}

/** Reads a time in epoch milliseconds from the query; undefined if it is absent or empty. */
function readTime(query: string, name: string): number | undefined {
  const { count, value } = findValidParameter(query, name);
  if (count === 0 || value === '') return undefined;
  if (count === 1 && /^\d{1,15}$/.test(value)) return Number(value);
  throw wireError('invalidParameter.param.invalid', { why: `${name} is not a single time in milliseconds` });
}
