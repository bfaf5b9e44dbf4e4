import type { AuditEntry } from '../../store/console/audit.ts';
import { StoreError } from '../../store/engine/sql.ts';
import type { Subscription, SubscriptionChange } from '../../store/subscriptions/subscriptions.ts';
import type { Context } from '../context.ts';

type Given = Pick<Subscription, 'corpId' | 'form' | 'code' | 'types'> &
  Partial<Pick<Subscription, 'url' | 'description' | 'secret'>>;

/** Numbers a new subscription, which this process delivers. It gets the events from its creation on. */
export async function newSubscription({ store, clock }: Context, given: Given): Promise<Subscription> {
  return {
    id: await store.number('subscription'),
    url: '',
    description: '',
    secret: '',
    oldSecret: null,
    oldSecretUntil: null,
    disabled: 'no',
    position: 0,
    owner: store.processes.own() ?? 0,
    revision: 0,
    dropped: 0,
    createdAt: clock.now(),
    ...given,
  };
}

/** Stores a new subscription. If another request has created it at the same time, that one is changed instead. */
export async function createOrChange(
  { store: { subscriptions } }: Context,
  made: Subscription,
  change: SubscriptionChange,
  entry: AuditEntry | undefined,
): Promise<void> {
  try {
    await subscriptions.create(made, entry);
  } catch (error) {
    if (!(error instanceof StoreError && error.reason === 'taken')) throw error;
    const known = await subscriptions.byCode(made.corpId, made.form, made.code);
    if (known) await subscriptions.change(made.corpId, known.id, change, entry);
  }
}
