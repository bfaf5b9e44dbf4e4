import { withoutDay } from '../../store/engine/partitions.ts';
import type { Subscription, SubscriptionChange } from '../../store/subscriptions/subscriptions.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { EventType } from '../../wire/own/endpoints.ts';
import { describeAddress } from '../callbacks/post.ts';
import type { Context } from '../context.ts';
import { formatCursor, parseNumberCursor } from '../cursor.ts';
import { showAddress } from '../operators/scope.ts';
import { tryWebhook } from '../subscriptions/attempt.ts';
import { addEndpoint, checkUrl, type EndpointFields } from '../subscriptions/endpoints.ts';
import { idOfEvent } from '../subscriptions/render.ts';
import { findOldSecretEnd, replaceSecret } from '../subscriptions/secrets.ts';
import { createEndpointSecret, sealEndpointSecret } from '../subscriptions/sign.ts';
import { type DeliveryFilter, listDeliveries, sendEventAgain, showProgress } from './deliveries.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Lists the endpoints of an organization, oldest first. Throws `huizhi.notFound`. */
export async function listEndpoints(context: Context, corpCode: string, { limit, cursor }: Page) {
  const { corpId } = requireOrganization(context, corpCode);
  const after = cursor === undefined ? 0 : parseNumberCursor(cursor);
  const found = await context.store.subscriptions.page(corpId, after, limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    endpoints: await Promise.all(page.map((one) => showEndpoint(context, one))),
    cursor: last && found.length > limit ? formatCursor(last.id) : null,
  };
}

/** Returns one endpoint. Throws `huizhi.notFound`. */
export async function getEndpoint(context: Context, corpCode: string, endpointId: string) {
  return showEndpoint(context, (await endpointOf(context, corpCode, endpointId)).endpoint);
}

async function showEndpoint(context: Context, one: Subscription) {
  const { code, description, types, disabled, createdAt } = one;
  return {
    endpointId: code,
    ...{ url: showAddress(context, 'endpoints.change', one), description, disabled, createdAt },
    types: types === null ? null : [...(types as readonly EventType[])],
    ...(await showProgress(context, one)),
    oldSecretUntil: findOldSecretEnd(one, context.clock.now()),
  };
}

/**
 * Creates an endpoint that gets the events from now on. The result is the only one that has its secret. Throws
 * `huizhi.notFound`, and `huizhi.badRequest` for an address that is not allowed.
 */
export async function createEndpoint(context: Context, operator: Operator, corpCode: string, given: EndpointFields) {
  const organization = requireOrganization(context, corpCode);
  const { endpoint, secret } = await addEndpoint(context, organization, given, (made) => ({
    ...auditOf(context, operator, made),
    action: 'endpoint.create',
    was: null,
    became: describe(made),
  }));
  return { ...(await showEndpoint(context, endpoint)), secret };
}

/** A change of an endpoint; absent members stay as they are. */
export type EndpointUpdate = {
  readonly url?: string | undefined;
  readonly description?: string | undefined;
  readonly types?: readonly EventType[] | null | undefined;
  readonly disabled?: boolean | undefined;
};

/** Changes an endpoint, disables or enables it. Throws `huizhi.notFound` and `huizhi.badRequest`. */
export async function updateEndpoint(
  context: Context,
  operator: Operator,
  corpCode: string,
  endpointId: string,
  { disabled, ...given }: EndpointUpdate,
) {
  const { endpoint } = await endpointOf(context, corpCode, endpointId);
  if (given.url !== undefined) checkUrl(context, given.url);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const state = disabled === undefined ? {} : { disabled: disabled ? ('operator' as const) : ('no' as const) };
  const change: SubscriptionChange = { ...set, ...state };
  const [was, became] = [describe(endpoint), describe({ ...endpoint, ...change })];
  if (JSON.stringify(was) === JSON.stringify(became)) return showEndpoint(context, endpoint);
  return apply(context, operator, endpoint, change, { action: 'endpoint.change', was, became });
}

/**
 * Replaces the secret of an endpoint. For 24 hours, webhooks have a signature of the old one as well. Throws
 * `huizhi.notFound`.
 */
export async function rotateSecret(context: Context, operator: Operator, corpCode: string, endpointId: string) {
  const { endpoint } = await endpointOf(context, corpCode, endpointId);
  const secret = createEndpointSecret(context);
  const change = replaceSecret(endpoint, sealEndpointSecret(context, secret), context.clock.now());
  await apply(context, operator, endpoint, change, { action: 'endpoint.secret', was: null, became: null });
  return { secret, oldSecretUntil: change.oldSecretUntil };
}

type Described = { readonly action: string; readonly was: object | null; readonly became: object | null };

async function apply(
  context: Context,
  operator: Operator,
  endpoint: Subscription,
  change: SubscriptionChange,
  described: Described,
) {
  const { corpId, id, code } = endpoint;
  const entry = { ...auditOf(context, operator, endpoint), ...described };
  const changed = await context.store.subscriptions.change(corpId, id, change, entry);
  if (!changed) throw notFound(code);
  await context.dispatcher.check();
  return showEndpoint(context, changed);
}

/** Deletes an endpoint. Throws `huizhi.notFound`. */
export async function deleteEndpoint(context: Context, operator: Operator, corpCode: string, endpointId: string) {
  const { endpoint } = await endpointOf(context, corpCode, endpointId);
  const { corpId, id } = endpoint;
  const entry = {
    ...auditOf(context, operator, endpoint),
    action: 'endpoint.delete',
    was: describe(endpoint),
    became: null,
  };
  if (!(await context.store.subscriptions.remove(corpId, id, entry))) throw notFound(endpointId);
  await context.dispatcher.check();
}

/** Sends all events after a number again. Throws `huizhi.notFound`. */
export async function replayEvents(
  context: Context,
  operator: Operator,
  corpCode: string,
  endpointId: string,
  after: number,
) {
  const { endpoint } = await endpointOf(context, corpCode, endpointId);
  const { corpId, id } = endpoint;
  const described = {
    action: 'endpoint.replay',
    was: { position: withoutDay(endpoint.position) },
    became: { position: after },
  };
  const entry = { ...auditOf(context, operator, endpoint), ...described };
  const changed = await context.store.subscriptions.replay(corpId, id, after, entry);
  if (!changed) throw notFound(endpointId);
  await context.dispatcher.check();
  return showEndpoint(context, changed);
}

/** Sends an event without a number, whose type is `test`, to an endpoint now. Throws `huizhi.notFound`. */
export async function testEndpoint(context: Context, corpCode: string, endpointId: string) {
  const { endpoint, organization } = await endpointOf(context, corpCode, endpointId);
  const at = context.clock.now();
  const event = { type: 'test', timestamp: new Date(at).toISOString(), data: { corpId: organization.code } };
  const id = `test_${Buffer.from(context.randomBytes(16)).toString('hex')}`;
  const { result, status, answer, duration } = await tryWebhook(context, endpoint, { id, body: JSON.stringify(event) });
  return { delivered: result === 'delivered', status, answer, duration };
}

/** Lists the deliveries of an endpoint, newest event first. Throws `huizhi.notFound`. */
export async function listEndpointDeliveries(
  context: Context,
  corpCode: string,
  endpointId: string,
  filter: DeliveryFilter,
  page: Page,
) {
  const { endpoint, organization } = await endpointOf(context, corpCode, endpointId);
  return listDeliveries(context, organization, endpoint, filter, page);
}

/** Sends one event again, as if it were new. Throws `huizhi.notFound`. */
export async function sendAgain(
  context: Context,
  operator: Operator,
  corpCode: string,
  endpointId: string,
  number: number,
): Promise<void> {
  const { endpoint, organization } = await endpointOf(context, corpCode, endpointId);
  const event = { number, eventId: idOfEvent(organization, number) };
  await sendEventAgain(context, operator, endpoint, event, 'endpoint.sendAgain');
}

/** What the audit log shows of an endpoint: no secret, and no query of its address, which may contain one. */
function describe({ url, description, types, disabled }: Subscription) {
  return { url: describeAddress(url), description, types, disabled };
}

function auditOf({ clock }: Context, { actor }: Operator, { corpId, code }: Subscription) {
  return { corpId, at: clock.now(), actor, target: code };
}

async function endpointOf(context: Context, corpCode: string, endpointId: string) {
  const organization = requireOrganization(context, corpCode);
  const endpoint = await context.store.subscriptions.byCode(organization.corpId, 'endpoint', endpointId);
  if (!endpoint) throw notFound(endpointId);
  return { endpoint, organization };
}

const notFound = (endpointId: string) => huizhiError('huizhi.notFound', `no endpoint ${endpointId}`);
