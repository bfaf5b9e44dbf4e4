import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
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
