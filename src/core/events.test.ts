import { expect, test } from 'vitest';
import { createEvents } from './events.ts';

const ann = { corpId: 1, userId: 1 };
const bob = { corpId: 1, userId: 2 };
const namesake = { corpId: 2, userId: 1 };

/** Subscribes to the streams of some users and records who is woken. */
function createRecorder(events = createEvents()) {
  const woken: string[] = [];
  const follow = (name: string, { corpId, userId }: typeof ann) =>
    events.subscribe(corpId, userId, (ended) => woken.push(ended ? `${name} ended` : name));
  return { events, woken, follow };
}

test('wakes the subscribers of a user’s stream when it has grown, and no others', () => {
  const { events, woken, follow } = createRecorder();
  follow('ann', ann);
  follow('ann too', ann);
  follow('bob', bob);
  follow('namesake', namesake);
  events.publish([ann]);
  expect(woken).toEqual(['ann', 'ann too']);
  events.publish([bob, namesake]);
  expect(woken.slice(2)).toEqual(['bob', 'namesake']);
  events.publish([]);
  events.publish([{ corpId: 9, userId: 9 }]);
  expect(woken).toHaveLength(4);
});

test('does not wake a subscriber after it has unsubscribed, and unsubscribing twice has no effect', () => {
  const { events, woken, follow } = createRecorder();
  const leave = follow('ann', ann);
  follow('ann too', ann);
  expect(events.subscribers()).toBe(2);
  leave();
  leave();
  expect(events.subscribers()).toBe(1);
  events.publish([ann]);
  expect(woken).toEqual(['ann too']);
});

test('wakes a subscriber once after it has unsubscribed and subscribed again', () => {
  const { events, woken, follow } = createRecorder();
  const leave = follow('ann', ann);
  leave();
  follow('ann again', ann);
  leave();
  events.publish([ann]);
  expect([woken, events.subscribers()]).toEqual([['ann again'], 1]);
});

test('wakes all subscribers when the streams end, also those that unsubscribe when woken', () => {
  const events = createEvents();
  const woken: string[] = [];
  for (const [name, { corpId, userId }] of Object.entries({ ann, bob, namesake })) {
    const leave = events.subscribe(corpId, userId, (ended) => {
      woken.push(`${name} ${ended}`);
      leave();
    });
  }
  events.end();
  expect(woken).toEqual(['ann true', 'bob true', 'namesake true']);
  expect(events.subscribers()).toBe(0);
  events.end();
  expect(woken).toHaveLength(3);
});
