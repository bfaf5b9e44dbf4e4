import type { App } from '../../../store/model.ts';
import { OldHostError } from '../../../wire/error-table/errcode.ts';
import { wireError } from '../../../wire/errors.ts';
import { maxCallbackToken, maxCallbackUrl, minCallbackToken } from '../../../wire/limits.ts';
import { basePermission } from '../../../wire/permissions.ts';
import { type CallbackTag, callbackTags } from '../../../wire/vendor/values.ts';
import type { PushKeys } from '../../callbacks/encrypted.ts';
import { findAddressFault, findUrlFault, isSuccess } from '../../callbacks/post.ts';
import type { Caller, Context } from '../../context.ts';
import type { Try } from '../attempt.ts';
import { auditPush, checkPushUrl, describeSettings, findPush, removePush, savePush } from './push.ts';

/** An address as an app registers it. */
export type Registration = {
  readonly tags: readonly string[];
  readonly token: string;
  readonly aesKey: string;
  readonly url: string;
};

/**
 * Sets the address of the caller's HTTP pushes, after it has answered `check_url`. Its keys have the corpId as their owner.
 *
 * @param isNew whether the app must have no address yet (else 71006), or must have one (else 71007)
 */
export async function registerPush(context: Context, caller: Caller, given: Registration, isNew: boolean) {
  const app = requireInternal(caller);
  const known = await findPush(context, app);
  if (isNew && known) throw new OldHostError(71006, `app ${app.code} has an address`);
  if (!isNew && !known) throw noAddress(app);
  const { url } = given;
  const types = parseTags(given.tags);
  const keys = parseKeys(given, caller.organization.code);
  checkAddress(context, url);
  const tried = await checkPushUrl(context, url, keys);
  if (tried.result !== 'delivered') throw describeRefusal(tried);
  await savePush(context, app, { url, types, keys }, auditPush(context, app, `app ${app.code}`));
}

/** Returns the address of the caller's HTTP pushes with its keys. Throws 71007 if there is none. */
export async function getRegistration(context: Context, caller: Caller) {
  const app = requireInternal(caller);
  const known = await findPush(context, app);
  if (!known) throw noAddress(app);
  const { url, types, keys } = describeSettings(context, known);
  return { url, call_back_tag: types, token: keys?.token ?? '', aes_key: keys?.aesKey ?? '' };
}

/** Removes the address of the caller's HTTP pushes. Throws 71007 if there is none. */
export async function unregisterPush(context: Context, caller: Caller): Promise<void> {
  const app = requireInternal(caller);
  if (!(await removePush(context, app, auditPush(context, app, `app ${app.code}`)))) throw noAddress(app);
}

/** Returns the caller's app. Third-party apps have no HTTP pushes: they lack the permission. */
export function requireInternal({ app }: Caller): App {
  if (app.kind === 'internal') return app;
  throw wireError('Forbidden.AccessDenied.AccessTokenPermissionDenied', {
    why: `${app.code} is a third-party app, and only internal apps have HTTP pushes`,
    requiredScopes: [basePermission],
  });
}

const noAddress = ({ code }: App) => new OldHostError(71007, `app ${code} has no address`);

function parseTags(tags: readonly string[]): readonly CallbackTag[] {
  const known = tags.flatMap((tag) => callbackTags.find((one) => one === tag) ?? []);
  if (known.length === tags.length && tags.length > 0) return known;
  throw new OldHostError(71008, 'call_back_tag is missing or empty, or has an unknown type of events');
}

function parseKeys({ token, aesKey }: Registration, ownerKey: string): PushKeys {
  const isToken = token.length >= minCallbackToken && token.length <= maxCallbackToken;
  if (isToken && /^[A-Za-z\d]{43}$/.test(aesKey)) return { token, aesKey, ownerKey };
  throw new OldHostError(71010, 'the token or the aes_key has the wrong length or characters');
}

function checkAddress(context: Context, url: string): void {
  if (url.length > maxCallbackUrl || findUrlFault(url) !== undefined)
    throw new OldHostError(71011, 'the url is not valid');
  const fault = findAddressFault(context, url);
  if (fault !== undefined) throw new OldHostError(71013, fault);
}

/** Maps a failed check to an error. What an address inside the network does is not shown to an app. */
function describeRefusal({ status, answer, isRefused }: Try): OldHostError {
  const why = `check_url has failed: ${answer}`;
  if (isRefused) return new OldHostError(71013, why);
  if (status === null) return new OldHostError(71012, why, { fill: { reason: 'connect failed or timed out' } });
  if (isSuccess(status)) return new OldHostError(71009, why);
  return new OldHostError(71012, why, { fill: { reason: `http statusCode is:${status}` } });
}
