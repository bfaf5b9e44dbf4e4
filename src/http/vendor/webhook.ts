import { requireCaller } from '../../core/access/caller.ts';
import { enableCustomRobot, removeCustomRobot, setOutgoing } from '../../core/custom-robots/manage.ts';
import { sendByWebhook } from '../../core/custom-robots/webhook.ts';
import { replyBySession } from '../../core/talk/reply.ts';
import { OldHostError } from '../../wire/error-table/errcode.ts';
import { WireError } from '../../wire/errors.ts';
import type { JsonObject } from '../../wire/json.ts';
import { robotPermission as permission } from '../../wire/permissions.ts';
import type { CustomRobotAnswer, OutgoingAnswer, WebhookAnswer } from '../../wire/vendor/custom-robots.ts';
import { readJsonObject } from '../server/body/json-body.ts';
import type { Call } from '../server/call.ts';
import { findClientAddress } from '../server/client-address.ts';
import { findParameter } from '../server/query.ts';
import type { Route, RouteRequest } from '../server/route.ts';

const sent = JSON.stringify({ errcode: 0, errmsg: 'ok' } satisfies WebhookAnswer);

/** `POST /robot/send`. Its responses have `errcode` and `errmsg` alone. */
async function send({ context, call }: RouteRequest): Promise<string> {
  const token = readParameter(call, 'access_token') ?? '';
  if (token === '') throw new OldHostError(40035, 'there is no access_token', { errmsg: '缺少参数 access_token' });
  await sendByWebhook(context, {
    token,
    timestamp: readParameter(call, 'timestamp'),
    sign: readParameter(call, 'sign'),
    ...describeCall({ context, call }),
  });
  return sent;
}

/** `POST /robot/sendBySession`. Its responses have `errcode` and `errmsg` alone. */
async function reply({ context, call }: RouteRequest): Promise<string> {
  const session = readParameter(call, 'session') ?? '';
  if (session === '') throw new OldHostError(40035, 'there is no session', { errmsg: '缺少参数 session' });
  await replyBySession(context, { session, ...describeCall({ context, call }) });
  return sent;
}

/** Returns what a message of a custom robot and a reply have in common: who calls, and the body. */
function describeCall({ context, call }: Pick<RouteRequest, 'context' | 'call'>) {
  return {
    address: findClientAddress(call, context.options.trustedProxies),
    isJson: /json/i.test(call.header('content-type') ?? ''),
    idempotencyKey: call.header('idempotency-key'),
    readBody: () => readBody(call),
    parse: parseBody,
  };
}

function readParameter({ query }: Call, name: string): string | undefined {
  try {
    const { count, value } = findParameter(query, name);
    if (count > 1) throw new OldHostError(40035, `${name} is given twice`);
    return count === 0 ? undefined : value;
  } catch (cause) {
    if (cause instanceof OldHostError) throw cause;
    throw new OldHostError(40035, 'a percent escape of the query is broken', { cause });
  }
}

async function readBody(call: Call): Promise<string> {
  try {
    return await call.body();
  } catch (error) {
    if (error instanceof WireError && error.code === 'huizhi.tooLarge') throw new OldHostError(460101, error.why);
    throw error;
  }
}

function parseBody(text: string): JsonObject {
  try {
    return readJsonObject(text, undefined);
  } catch (cause) {
    if (!(cause instanceof WireError)) throw cause;
    throw new OldHostError(40035, cause.why, { errmsg: '缺少参数 json', cause });
  }
}

const done = JSON.stringify({ result: true } satisfies CustomRobotAnswer);

/** `POST /v1.0/robot/custom/enable` */
async function enable({ context, caller, body }: RouteRequest): Promise<string> {
  const { token, actionType, sendNotification } = body;
  await enableCustomRobot(context, requireCaller(caller), { token, actionType, sendNotification });
  return done;
}

/** `POST /v1.0/robot/custom/delete` */
async function remove({ context, caller, body }: RouteRequest): Promise<string> {
  const { token, actionType, sendNotification } = body;
  await removeCustomRobot(context, requireCaller(caller), { token, actionType, sendNotification });
  return done;
}

/** `POST /v1.0/robot/custom/outgoing/update` */
async function updateOutgoing({ context, caller, body }: RouteRequest): Promise<string> {
  const { token, outgoingUrl, userCustomToken } = body;
  const urls = await setOutgoing(context, requireCaller(caller), { token, outgoingUrl, userCustomToken });
  return JSON.stringify({ result: true, ...urls } satisfies OutgoingAnswer);
}

const required = ['token', 'actionType', 'sendNotification'] as const;

/** The webhook of custom robots, whose token belongs to the robot, and the calls with which apps manage them. */
export const webhookRoutes: readonly Route[] = [
  { method: 'POST', path: '/robot/send', oldHost: true, withoutRequestId: true, handler: send },
  { method: 'POST', path: '/robot/sendBySession', oldHost: true, withoutRequestId: true, handler: reply },
  { method: 'POST', path: '/v1.0/robot/custom/enable', permission, required, handler: enable },
  { method: 'POST', path: '/v1.0/robot/custom/delete', permission, required, handler: remove },
  {
    method: 'POST',
    path: '/v1.0/robot/custom/outgoing/update',
    permission,
    required: ['token', 'outgoingUrl'],
    handler: updateOutgoing,
  },
];
