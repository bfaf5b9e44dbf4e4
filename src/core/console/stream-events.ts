import { huizhiError } from '../../wire/errors.ts';
import type { StreamEventsAnswer } from '../../wire/own/stream.ts';
import type { StreamEventType } from '../../wire/vendor/values.ts';
import { isActing } from '../access/acting.ts';
import type { Context } from '../context.ts';
import { chooseStreamEvents } from '../subscriptions/stream-events.ts';
import { streamEventId } from '../subscriptions/stream-form.ts';
import { type DeliveryFilter, listDeliveries, sendEventAgain, showProgress } from './deliveries.ts';
import { requireApp } from './find-app.ts';
import { type Page, requireOrganization } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Returns which events of an organization an app gets in Stream mode. Throws `huizhi.notFound`. */
export async function getStreamEvents(context: Context, appKey: string, corpCode: string): Promise<StreamEventsAnswer> {
  const { corpId } = requireActing(context, appKey, corpCode);
  const found = await context.store.subscriptions.byCode(corpId, 'stream', appKey);
  if (!found) return { types: [], position: null, waiting: null, failed: null, dropped: null };
  return { types: [...((found.types ?? []) as readonly StreamEventType[])], ...(await showProgress(context, found)) };
}

/** Chooses which events of an organization an app gets in Stream mode. Throws `huizhi.notFound`. */
export async function setStreamEvents(
  context: Context,
  operator: Operator,
  appKey: string,
  corpCode: string,
  types: readonly StreamEventType[],
): Promise<StreamEventsAnswer> {
  const { corpId } = requireActing(context, appKey, corpCode);
  await chooseStreamEvents(context, appKey, corpId, types, (before) => ({
    ...{ corpId, at: context.clock.now(), actor: operator.actor, action: 'app.events', target: appKey },
    ...{ was: { types: before }, became: { types: [...new Set(types)].toSorted() } },
  }));
  return getStreamEvents(context, appKey, corpCode);
}

/** Lists the events that were sent to an app, newest first. Throws `huizhi.notFound`. */
export async function listStreamDeliveries(
  context: Context,
  appKey: string,
  corpCode: string,
  filter: DeliveryFilter,
  page: Page,
) {
  const { organization, subscription } = await subscriptionOf(context, appKey, corpCode);
  return listDeliveries(context, organization, subscription, filter, page);
}

/** Sends one event to an app again, as if it were new. Throws `huizhi.notFound`. */
export async function sendStreamEventAgain(
  context: Context,
  operator: Operator,
  appKey: string,
  corpCode: string,
  number: number,
): Promise<void> {
  const { organization, subscription } = await subscriptionOf(context, appKey, corpCode);
  const event = { number, eventId: streamEventId(appKey, organization, number) };
  await sendEventAgain(context, operator, subscription, event, 'app.sendEventAgain');
}

async function subscriptionOf(context: Context, appKey: string, corpCode: string) {
  const organization = requireActing(context, appKey, corpCode);
  const subscription = await context.store.subscriptions.byCode(organization.corpId, 'stream', appKey);
  if (!subscription) throw huizhiError('huizhi.notFound', `app ${appKey} gets no events of ${corpCode}`);
  return { organization, subscription };
}

function requireActing(context: Context, appKey: string, corpCode: string) {
  const organization = requireOrganization(context, corpCode);
  const app = requireApp(context, appKey);
  if (!isActing(context, app, organization.corpId))
    throw huizhiError('huizhi.notFound', `app ${appKey} does not act for ${corpCode}`);
  return organization;
}
