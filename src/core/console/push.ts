import type { App } from '../../store/model.ts';
import { huizhiError } from '../../wire/errors.ts';
import type { PushAnswer } from '../../wire/own/push.ts';
import type { CallbackTag } from '../../wire/vendor/values.ts';
import type { PushKeys } from '../callbacks/encrypted.ts';
import type { Context } from '../context.ts';
import { showAddress } from '../operators/scope.ts';
import type { Try } from '../subscriptions/attempt.ts';
import { checkUrl } from '../subscriptions/endpoints.ts';
import {
  auditPush,
  checkPushUrl,
  describeSettings,
  findPush,
  removePush,
  savePush,
} from '../subscriptions/push/push.ts';
import { findOldSecretEnd } from '../subscriptions/secrets.ts';
import { streamEventId } from '../subscriptions/stream-form.ts';
import { type DeliveryFilter, listDeliveries, sendEventAgain, showProgress } from './deliveries.ts';
import { requireOwnApp } from './find-app.ts';
import type { Page } from './message-list.ts';
import type { Operator } from './operators.ts';

/** Returns the HTTP push of an internal app, without its keys. Throws `huizhi.notFound`. */
export async function getPush(context: Context, appKey: string): Promise<PushAnswer> {
  const found = await findPush(context, appOf(context, appKey));
  if (!found) return { ...{ url: null, types: [], ownerKey: null, oldKeysUntil: null }, ...noProgress };
  const { types, keys } = describeSettings(context, found);
  return {
    ...{ url: showAddress(context, 'apps.change', found), types: [...types], ownerKey: keys?.ownerKey ?? null },
    oldKeysUntil: findOldSecretEnd(found, context.clock.now()),
    ...(await showProgress(context, found)),
  };
}

const noProgress = { position: null, waiting: null, failed: null, dropped: null };

/** The HTTP push of an app as an operator sets it. */
export type PushUpdate = {
  readonly url: string;
  readonly types: readonly CallbackTag[];
  /** The keys stay as they are if both are absent. */
  readonly token?: string | undefined;
  readonly aesKey?: string | undefined;
};

/**
 * Sets the address of an app's HTTP pushes, after it has answered `check_url`. Throws `huizhi.notFound`, and
 * `huizhi.badRequest` for an address that is not allowed or does not answer.
 */
export async function setPush(
  context: Context,
  operator: Operator,
  appKey: string,
  { url, types, token, aesKey }: PushUpdate,
): Promise<PushAnswer> {
  const app = appOf(context, appKey);
  checkUrl(context, url);
  const known = await findPush(context, app);
  const keys = chooseKeys(app, known && describeSettings(context, known).keys, token, aesKey);
  const tried = await checkPushUrl(context, url, keys);
  if (tried.result !== 'delivered') throw huizhiError('huizhi.badRequest', describeRefusal(tried));
  await savePush(context, app, { url, types, keys }, auditPush(context, app, operator.actor));
  return getPush(context, appKey);
}

function describeRefusal({ status, answer, isRefused }: Try): string {
  // A name is resolved only when the address is tried, and the reason is then about one of its addresses.
  if (isRefused) return `url: ${answer}`;
  const what = status === null ? answer : `status ${status} and the body ${JSON.stringify(answer)}`;
  return `url: it does not answer check_url with the encrypted text success: ${what}`;
}

function chooseKeys(app: App, known: PushKeys | undefined, token?: string, aesKey?: string): PushKeys {
  if (token !== undefined && aesKey !== undefined) return { token, aesKey, ownerKey: app.code };
  if (token !== undefined || aesKey !== undefined)
    throw huizhiError('huizhi.badRequest', 'token and aesKey must be given together');
  if (!known) throw huizhiError('huizhi.badRequest', 'token and aesKey are required, since no keys are stored');
  return known;
}

/** Removes the address of an app's HTTP pushes. Throws `huizhi.notFound` if there is none. */
export async function deletePush(context: Context, operator: Operator, appKey: string): Promise<void> {
  const app = appOf(context, appKey);
  if (!(await removePush(context, app, auditPush(context, app, operator.actor)))) throw noPush(appKey);
}

/** Lists the events that were pushed to an app, newest first. Throws `huizhi.notFound`. */
export async function listPushDeliveries(context: Context, appKey: string, filter: DeliveryFilter, page: Page) {
  const { organization, push } = await pushOf(context, appKey);
  return listDeliveries(context, organization, push, filter, page);
}

/** Pushes one event to an app again, as if it were new. Throws `huizhi.notFound`. */
export async function pushEventAgain(
  context: Context,
  operator: Operator,
  appKey: string,
  number: number,
): Promise<void> {
  const { organization, push } = await pushOf(context, appKey);
  const event = { number, eventId: streamEventId(appKey, organization, number) };
  await sendEventAgain(context, operator, push, event, 'app.pushEventAgain');
}

async function pushOf(context: Context, appKey: string) {
  const app = appOf(context, appKey);
  const organization = context.directory.now.organizationOf(app.corpId);
  const push = await findPush(context, app);
  if (!push || !organization) throw noPush(appKey);
  return { organization, push };
}

function appOf(context: Context, appKey: string): App {
  const app = requireOwnApp(context, appKey);
  if (app.kind === 'internal') return app;
  throw huizhiError('huizhi.notFound', `app ${appKey} is a third-party app, and only internal apps have HTTP pushes`);
}

const noPush = (appKey: string) => huizhiError('huizhi.notFound', `app ${appKey} has no address for HTTP pushes`);
