import type { Actor, AuditEntry } from '../../../store/console/audit.ts';
import type { App } from '../../../store/model.ts';
import type { Subscription } from '../../../store/subscriptions/subscriptions.ts';
import type { CallbackTag } from '../../../wire/vendor/values.ts';
import type { PushKeys } from '../../callbacks/encrypted.ts';
import { describeAddress } from '../../callbacks/post.ts';
import type { Context } from '../../context.ts';
import { createOrChange, newSubscription } from '../new-subscription.ts';
import { replaceSecret } from '../secrets.ts';
import { tryPushText } from './attempt.ts';
import { openPushKeys, sealPushKeys } from './keys.ts';

/** The address of an app's HTTP pushes. */
export type PushSettings = {
  readonly url: string;
  readonly types: readonly CallbackTag[];
  readonly keys: PushKeys;
};

/** Finds the HTTP push of an app. */
export function findPush({ store }: Pick<Context, 'store'>, { corpId, code }: Pick<App, 'corpId' | 'code'>) {
  return store.subscriptions.byCode(corpId, 'push', code);
}

/** Pushes `check_url` to an address, and returns what it has answered. Never rejects. */
export function checkPushUrl(context: Context, url: string, keys: PushKeys) {
  return tryPushText(context, url, [keys], '{"EventType":"check_url"}');
}

/** Creates the audit entry of a change of a push. */
type PushAudit = (was: object | null, became: object | null) => AuditEntry;

/** Returns the function that creates the audit entries of changes by an actor. */
export function auditPush({ clock }: Context, { corpId, code }: App, actor: string | Actor): PushAudit {
  return (was, became) => ({ corpId, at: clock.now(), actor, action: 'app.push', target: code, was, became });
}

/**
 * Creates or changes the HTTP push of an app. A new one gets the events from now on. Changed keys replace the old ones,
 * which answers may be encrypted with for 24 hours.
 */
export async function savePush(
  context: Context,
  { corpId, code }: Pick<App, 'corpId' | 'code'>,
  { url, keys, ...given }: PushSettings,
  audit?: PushAudit,
): Promise<void> {
  const { subscriptions } = context.store;
  const types = [...new Set(given.types)].toSorted();
  const secret = sealPushKeys(context, keys);
  const known = await subscriptions.byCode(corpId, 'push', code);
  if (!known) {
    const made = await newSubscription(context, { corpId, form: 'push', code, url, types, secret });
    await createOrChange(context, made, { url, types, secret }, audit?.(null, describePush(made)));
  } else {
    const change = { url, types, ...(secret !== known.secret && replaceSecret(known, secret, context.clock.now())) };
    const next = { ...known, ...change };
    if (JSON.stringify(next) === JSON.stringify(known)) return;
    await subscriptions.change(corpId, known.id, change, audit?.(describePush(known), describePush(next)));
  }
  await context.dispatcher.check();
}

/** Removes the HTTP push of an app; its failed events are removed, too. Resolves with false if there is none. */
export async function removePush(
  context: Context,
  app: Pick<App, 'corpId' | 'code'>,
  audit: PushAudit,
): Promise<boolean> {
  const known = await findPush(context, app);
  if (!known) return false;
  const existed = await context.store.subscriptions.remove(app.corpId, known.id, audit(describePush(known), null));
  await context.dispatcher.check();
  return existed;
}

/** Returns the settings of a push; its keys are undefined if they were encrypted with another server secret. */
export function describeSettings(context: Context, { url, types, secret }: Subscription) {
  return { url, types: (types ?? []) as readonly CallbackTag[], keys: openPushKeys(context, secret) };
}

/** What the audit log shows of a push: no keys, and no query of its address, which may contain one. */
function describePush({ url, types, oldSecretUntil }: Subscription) {
  return { url: describeAddress(url), types, oldKeysUntil: oldSecretUntil };
}
