import type { Context } from '../core/context.ts';
import { everybody } from '../core/events.ts';
import { readEventsPage } from '../core/subscriptions/page.ts';
import { refuseUnknown } from '../wire/did-you-mean.ts';
import { maxEventsPage } from '../wire/limits.ts';
import type { EmulatorEvent, EventFilter } from './event-types.ts';
import type { Emulator } from './types.ts';
import { type WaitParts, waitUntil } from './waits.ts';

/** Creates the method that waits for events. All waits reject when `closing` aborts. */
export function createEventWaits(
  { context, controls }: WaitParts,
  closing: AbortSignal,
): Pick<Emulator, 'waitForEvent'> {
  // With the era, because after a reset the numbers begin again.
  const keyOf = ({ data, number }: EmulatorEvent) => `${controls?.shared.era} ${data.corpId} ${number}`;
  const claimed = new Set<string>();
  let seen = 0;
  const claim = async (filter: EventFilter) => {
    const events = await listEvents(context);
    seen = events.length;
    const found = events.find((event) => !claimed.has(keyOf(event)) && matchesFilter(event, filter));
    if (found) claimed.add(keyOf(found));
    return found;
  };
  return {
    async waitForEvent(filter = {}, options = {}) {
      if (typeof filter !== 'function') refuseUnknown('The filter of waitForEvent', filter, filterNames);
      refuseUnknown('The options of waitForEvent', options, ['timeout', 'signal']);
      const what = () => `no matching event happened (there were ${seen} events)`;
      return waitUntil(
        () => claim(filter),
        (wake) => watch(context, wake),
        { ...options, closing, what },
      );
    },
  };
}

const filterNames = ['type', 'userId', 'openConversationId', 'deptId', 'processQueryKey', 'robotCode', 'corpId'];

/** Calls `wake` after each event of any organization. Returns a function that stops it. */
function watch({ directory, events }: Context, wake: () => void): () => void {
  const stops = directory.now.organizations().map(({ corpId }) => events.subscribe(corpId, everybody, wake));
  return () => {
    for (const stop of stops) stop();
  };
}

/** Lists the events of all organizations, each in order. */
async function listEvents(context: Context): Promise<readonly EmulatorEvent[]> {
  const found: EmulatorEvent[] = [];
  for (const organization of context.directory.now.organizations()) {
    for (let after = 0; ; ) {
      const { events, next } = await readEventsPage(context, organization, undefined, after, maxEventsPage);
      found.push(...events.filter((event): event is typeof event & EmulatorEvent => event.type !== 'removed'));
      if (events.length < maxEventsPage) break;
      after = next;
    }
  }
  return found;
}

function matchesFilter(event: EmulatorEvent, filter: EventFilter): boolean {
  if (typeof filter === 'function') return filter(event);
  const { type, userId, ...ofData } = filter;
  const { data } = event;
  if (type !== undefined && type !== event.type) return false;
  if (userId !== undefined && data.userId !== userId && !data.userIds?.includes(userId)) return false;
  return Object.entries(ofData).every(([name, value]) => {
    return value === undefined || data[name as keyof typeof ofData] === value;
  });
}
