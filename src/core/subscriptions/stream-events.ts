import type { AuditEntry } from '../../store/console/audit.ts';
import type { StreamEventType } from '../../wire/vendor/values.ts';
import type { Context } from '../context.ts';
import { createOrChange, newSubscription } from './new-subscription.ts';

/**
 * Chooses the events of an organization that an app gets in Stream mode; none if the list is empty. Events from now on
 * are sent, and if the app had some already, those that still wait.
 *
 * @param audit returns an audit entry for the types before, which is written with the change
 */
export async function chooseStreamEvents(
  context: Context,
  appKey: string,
  corpId: number,
  chosen: readonly StreamEventType[],
  audit?: (before: readonly string[]) => AuditEntry,
): Promise<void> {
  const { subscriptions } = context.store;
  const types = [...new Set(chosen)].toSorted();
  const known = await subscriptions.byCode(corpId, 'stream', appKey);
  const before = known?.types ?? [];
  if (JSON.stringify(types) === JSON.stringify(before)) return;
  const entry = audit?.(before);
  if (!known) {
    const made = await newSubscription(context, { corpId, form: 'stream', code: appKey, types });
    await createOrChange(context, made, { types }, entry);
  } else if (types.length === 0) await subscriptions.remove(corpId, known.id, entry);
  else await subscriptions.change(corpId, known.id, { types }, entry);
  await context.dispatcher.check();
}
