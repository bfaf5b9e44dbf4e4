import type { Organization } from '../../store/model.ts';
import type { Subscription } from '../../store/subscriptions/subscriptions.ts';
import type { Context } from '../context.ts';
import { tryWebhook } from './attempt.ts';
import type { Form } from './form.ts';
import { idOfEvent, renderEvents, typeOf } from './render.ts';
import { findNextTry } from './schedule.ts';

/** Creates the form of an endpoint, which gets webhooks. */
export function createWebhookForm(context: Context, organization: Organization, subscription: Subscription): Form {
  const { types } = subscription;
  return {
    update() {},
    isWanted: (event) => types === null || types.includes(typeOf(event)),
    async prepare(events) {
      const rendered = await renderEvents(context, organization, events);
      return events.map(({ seq }, i) => {
        const webhook = { id: idOfEvent(organization, seq), body: JSON.stringify(rendered[i]) };
        return (signal) => tryWebhook(context, subscription, webhook, signal);
      });
    },
    findNextTry: (tries, retryAfter) => findNextTry(context, tries, retryAfter),
    canDie: true,
    isReachable: () => true,
  };
}
