import { requireCaller } from '../../core/access/caller.ts';
import { registerCallback } from '../../core/cards/callbacks.ts';
import { createAndDeliver, createCard, deliverCard } from '../../core/cards/deliver.ts';
import { sendOldCard, updateOldCard } from '../../core/cards/old-cards.ts';
import { streamCard, updateCard } from '../../core/cards/update.ts';
import { cardPermission, cardStreamingPermission, robotPermission } from '../../wire/permissions.ts';
import type {
  CardCallbackAnswer,
  CardCreateAnswer,
  CardCreateDeliverAnswer,
  CardDeliverAnswer,
  CardUpdateAnswer,
  OldCardAnswer,
} from '../../wire/vendor/cards.ts';
import type { Route, RouteRequest } from '../server/route.ts';

/** `POST /v1.0/card/instances` */
async function create({ context, caller, body }: RouteRequest): Promise<string> {
  const result = await createCard(context, requireCaller(caller), body);
  return JSON.stringify({ result, success: true } satisfies CardCreateAnswer);
}

/** `POST /v1.0/card/instances/deliver` */
async function deliver({ context, caller, body }: RouteRequest): Promise<string> {
  const result = [...(await deliverCard(context, requireCaller(caller), body))];
  return JSON.stringify({ success: true, result } satisfies CardDeliverAnswer);
}

/** `POST /v1.0/card/instances/createAndDeliver` */
async function createDelivered({ context, caller, body }: RouteRequest): Promise<string> {
  const { outTrackId, deliverResults } = await createAndDeliver(context, requireCaller(caller), body);
  const result = { outTrackId, deliverResults: [...deliverResults] };
  return JSON.stringify({ success: true, result } satisfies CardCreateDeliverAnswer);
}

const changed = JSON.stringify({ success: true, result: true } satisfies CardUpdateAnswer);

/** `PUT /v1.0/card/instances` */
async function update({ context, caller, body }: RouteRequest): Promise<string> {
  await updateCard(context, requireCaller(caller), body);
  return changed;
}

/** `PUT /v1.0/card/streaming` */
async function stream({ context, caller, body }: RouteRequest): Promise<string> {
  await streamCard(context, requireCaller(caller), body);
  return changed;
}

/** `POST /v1.0/card/callbacks/register` */
async function register({ context, caller, body }: RouteRequest): Promise<string> {
  const { callbackUrl, apiSecret } = await registerCallback(context, requireCaller(caller), body);
  const result = { callbackUrl, ...(apiSecret !== undefined && { apiSecret }) };
  return JSON.stringify({ success: true, result } satisfies CardCallbackAnswer);
}

/** `POST /v1.0/im/v1.0/robot/interactiveCards/send`, whose path is the vendor's */
async function sendOld({ context, caller, body }: RouteRequest): Promise<string> {
  const processQueryKey = await sendOldCard(context, requireCaller(caller), body);
  return JSON.stringify({ processQueryKey } satisfies OldCardAnswer);
}

/** `PUT /v1.0/im/robots/interactiveCards` */
async function updateOld({ context, caller, body }: RouteRequest): Promise<string> {
  const processQueryKey = await updateOldCard(context, requireCaller(caller), body);
  return JSON.stringify({ processQueryKey } satisfies OldCardAnswer);
}

// The errors for missing fields are those of the calls, not of the gateway.
const card = { permission: cardPermission, required: [] } as const;
const old = { permission: robotPermission, required: [] } as const;

/** The routes of the calls for interactive cards. */
export const cardRoutes: readonly Route[] = [
  { method: 'PUT', path: '/v1.0/card/streaming', permission: cardStreamingPermission, required: [], handler: stream },
  { method: 'PUT', path: '/v1.0/card/instances', ...card, handler: update },
  { method: 'POST', path: '/v1.0/card/instances', ...card, handler: create },
  { method: 'POST', path: '/v1.0/card/instances/createAndDeliver', ...card, handler: createDelivered },
  { method: 'POST', path: '/v1.0/card/instances/deliver', ...card, handler: deliver },
  { method: 'POST', path: '/v1.0/card/callbacks/register', ...card, handler: register },
  { method: 'POST', path: '/v1.0/im/v1.0/robot/interactiveCards/send', ...old, handler: sendOld },
  { method: 'PUT', path: '/v1.0/im/robots/interactiveCards', ...old, handler: updateOld },
];
