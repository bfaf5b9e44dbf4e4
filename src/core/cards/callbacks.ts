import { createHmac } from 'node:crypto';
import { wireError } from '../../wire/errors.ts';
import { maxCallbackUrl, maxCardCallbacks } from '../../wire/limits.ts';
import { describeAddress, findAddressFault } from '../callbacks/post.ts';
import { deriveSealKey, openSecret, sealSecret } from '../callbacks/sealed.ts';
import type { Caller, Context } from '../context.ts';
import { type Fields, invalid, isGiven, parseFlag, parseText, refuseEmpty } from './fields.ts';

const sealUse = 'card callback';

/** A registered address. `apiSecret` is undefined if its requests have no signature. */
export type RegisteredCallback = { readonly callbackUrl: string; readonly apiSecret: string | undefined };

/**
 * Stores the address to which clicks on cards of the caller's app are posted. Each post follows the rules for callbacks.
 * https://open.dingtalk.com/document/development/register-card-callback-address
 */
export async function registerCallback(context: Context, { app }: Caller, body: Fields): Promise<RegisteredCallback> {
  refuseEmpty(body);
  const routeKey = parseText(body.callbackRouteKey, 'param.callbackRouteKeyEmpty', 'callbackRouteKey');
  const url = parseUrl(context, body.callbackUrl);
  const force = parseFlag(body.forceUpdate, 'forceUpdate');
  const apiSecret =
    isGiven(body.apiSecret) && body.apiSecret !== ''
      ? parseText(body.apiSecret, 'param.invalid', 'apiSecret')
      : undefined;
  const secret = apiSecret === undefined ? null : sealSecret(deriveSealKey(context, sealUse), apiSecret);
  const key = { corpId: app.corpId, appId: app.id, routeKey };
  const entry = { corpId: app.corpId, at: context.clock.now(), actor: `app ${app.code}`, action: 'cardCallback.set' };
  const outcome = await context.store.cards.registerCallback(
    key,
    { url, secret },
    { force, most: maxCardCallbacks },
    (was) => ({ ...entry, target: routeKey, was: was === null ? null : describe(was), became: describe(url) }),
  );
  if (outcome === 'taken')
    throw wireError('param.callbackRouteKeyExist', { why: `the callbackRouteKey ${routeKey} has an address` });
  if (outcome === 'tooMany')
    throw wireError('system.updateCallbackFailed', { why: `an app has up to ${maxCardCallbacks} addresses` });
  return { callbackUrl: url, apiSecret };
}

const describe = (url: string) => ({ url: describeAddress(url) });

function parseUrl(context: Context, given: unknown): string {
  if (!isGiven(given) || given === '') throw wireError('param.callbackUrlEmpty', { why: 'there is no callbackUrl' });
  if (typeof given !== 'string' || given.length > maxCallbackUrl)
    throw invalid('callbackUrl is not a text, or is too long');
  const fault = findAddressFault(context, given);
  if (fault !== undefined) throw wireError('system.updateCallbackFailed', { why: fault });
  return given;
}

/** Returns the headers that sign a request at a time (epoch milliseconds); none without a secret. */
export function signCardCallback(
  context: Context,
  secret: string | null,
  at: number,
): Readonly<Record<string, string>> {
  const apiSecret = secret === null ? undefined : openSecret(deriveSealKey(context, sealUse), secret);
  if (apiSecret === undefined) return {};
  const timestamp = String(at);
  return {
    'x-ddpaas-signature-timestamp': timestamp,
    'x-ddpaas-signature': createCardSignature(timestamp, apiSecret),
  };
}

/** Returns the signature of a time. */
export function createCardSignature(timestamp: string, apiSecret: string): string {
  return createHmac('sha256', apiSecret).update(timestamp).digest('base64');
}
