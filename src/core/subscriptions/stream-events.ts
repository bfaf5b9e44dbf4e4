import type { AuditEntry } from '../../store/console/audit.ts';
import { StoreError } from '../../store/engine/sql.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { StreamEventType } from '../../wire/vendor/stream.ts';
import type { Context } from '../context.ts';

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
  if (!known) await create(context, appKey, corpId, types, entry);
  else if (types.length === 0) await subscriptions.remove(corpId, known.id, entry);
  else await subscriptions.change(corpId, known.id, { types }, entry);
  await context.dispatcher.check();
}

async function create(
  { store, clock }: Context,
  appKey: string,
  corpId: number,
  types: readonly string[],
  entry: AuditEntry | undefined,
): Promise<void> {
  const made: Subscription = {
    ...{
      corpId,
      id: await store.number('subscription'),
      form: 'stream',
      code: appKey,
      url: '',
      description: '',
      types,
    },
    ...{ secret: '', oldSecret: null, oldSecretUntil: null, disabled: 'no', position: 0 },
    ...{ owner: store.processes.own() ?? 0, revision: 0, dropped: 0, createdAt: clock.now() },
  };
  try {
    await store.subscriptions.create(made, entry);
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'taken')) throw error;
    // Another request has created it at the same time.
    const known = await store.subscriptions.byCode(corpId, 'stream', appKey);
    if (known) await store.subscriptions.change(corpId, known.id, { types }, entry);
  }
}
