import type { Organization } from '../../../store/model.ts';
import type { Subscription } from '../../../store/subscriptions/subscriptions.ts';
import type { Context } from '../../context.ts';
import type { Form } from '../form.ts';
import { findNextAppTry, isWantedByApp } from '../stream-form.ts';
import { tryPushText } from './attempt.ts';
import { renderPushEvents } from './events.ts';
import { findPushKeys } from './keys.ts';

/** Creates the form of an app whose address gets events as encrypted HTTP pushes. */
export function createPushForm(context: Context, organization: Organization, subscription: Subscription): Form {
  const { directory, clock } = context;
  const { url, code } = subscription;
  return {
    // Another process may have created the robot, and this one may not know of it yet.
    update: () => directory.current(),
    isWanted: (event) => isWantedByApp(context, subscription, event),
    async prepare(events) {
      const rendered = await renderPushEvents(context, organization, code, events);
      return rendered.map(({ text }) => (signal) => {
        return tryPushText(context, url, findPushKeys(context, subscription), text, signal);
      });
    },
    findNextTry: (tries) => findNextAppTry(clock.now(), tries),
    canDie: false,
    isReachable: () => true,
  };
}
