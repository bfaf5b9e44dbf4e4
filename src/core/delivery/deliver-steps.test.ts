import { expect, onTestFinished, test } from 'vitest';
import type { Pending, Robot } from '../../store/model.ts';
import { openStore } from '../../store/open.ts';
import type { Store } from '../../store/store.ts';
import { createTestClock } from '../clock.ts';
import { createEvents } from '../events.ts';
import { createDeliverer, type Deliverer } from './deliver.ts';
import { ownInbox } from './upstream.ts';

const corpId = 1;
const limits = { perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
const robot: Robot = { corpId, id: 1, code: 'r', name: 'R', appId: 1, disabled: false, ...limits };
const log = { debug() {}, info() {}, warn() {}, error() {} };

/** A store with a group of 1,000 members, and how to send to it. */
async function scene() {
  const store = await openStore(':memory:');
  onTestFinished(() => store.close());
  await store.putUsers(
    corpId,
    Array.from({ length: 1000 }, (_, i) => ({ code: `u${i}`, name: 'U' })),
  );
  const userIds = (await store.usersPage(corpId, '', 1000)).map(({ id }) => id);
  const id = await store.number('conversation');
  const names = { openId: 'cid==', chatId: null, title: '', ownerId: null, templateId: null, icon: null };
  const conversation = { corpId, id, ...names, isGroup: true, options: {}, createdAt: 0 };
  await store.conversations.create({ conversation, userIds, robotIds: [] });
  const send = async (): Promise<Pending> => {
    const given = { corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: [], conversationId: id };
    const accepted = await store.accept({ ...given, sentAt: 0 });
    if (!accepted) throw new Error('the send was not accepted');
    const { messageId, sentAt } = accepted;
    const state = 'queued';
    return { corpId, messageId, robotId: 1, sentAt, state, conversationId: id, isRecalled: false };
  };
  return { store, userIds, send };
}

/** A deliverer, with the numbers of arrivals that it reports for each step and the messages it reports as delivered. */
function delivererOf(store: Store, onStep: (deliverer: Deliverer) => void = () => {}) {
  const events = createEvents();
  const arrived: number[] = [];
  const delivered: number[] = [];
  const deliverer = createDeliverer({
    ...{ store, clock: createTestClock(), events, upstream: ownInbox, log },
    onArrived(_, touched) {
      arrived.push(touched.length);
      onStep(deliverer);
    },
    onDelivered: ({ messageId }) => void delivered.push(messageId),
  });
  onTestFinished(() => deliverer.close());
  return { deliverer, events, arrived, delivered };
}

const sumOf = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

test('each step wakes its members, and the message is reported as delivered once, after the last step', async () => {
  const { store, userIds, send } = await scene();
  const { deliverer, events, arrived, delivered } = delivererOf(store);
  const woken = new Set<number>();
  for (const userId of userIds) events.subscribe(corpId, userId, () => woken.add(userId));
  const message = await send();
  deliverer.deliver(message);
  deliverer.deliver(message);
  await deliverer.idle();
  expect([sumOf(arrived), woken.size]).toEqual([1000, 1000]);
  expect(arrived.length).toBeGreaterThan(4);
  expect(delivered).toEqual([message.messageId]);
  expect(deliverer.isHandling(message.messageId)).toBe(false);
});

test('a delivery that is interrupted by a stop is continued by the next process', async () => {
  const { store, send } = await scene();
  const first = delivererOf(store, (deliverer) => void deliverer.close());
  const message = await send();
  first.deliverer.deliver(message);
  await first.deliverer.idle();
  expect(await store.pendingCount()).toBe(1);
  expect([first.delivered, sumOf(first.arrived) < 1000]).toEqual([[], true]);
  const second = delivererOf(store);
  await second.deliverer.resume();
  expect(sumOf(first.arrived) + sumOf(second.arrived)).toBe(1000);
  expect(second.delivered).toEqual([message.messageId]);
  expect(await store.pendingCount()).toBe(0);
});

test('many messages to the same members are all delivered to each of them', async () => {
  const { store, userIds, send } = await scene();
  const { deliverer, delivered } = delivererOf(store);
  const messages = await Promise.all(Array.from({ length: 5 }, send));
  for (const message of messages) deliverer.deliver(message);
  await deliverer.idle();
  expect(delivered.toSorted((a, b) => a - b)).toEqual(messages.map(({ messageId }) => messageId));
  for (const userId of [userIds[0] ?? 0, userIds[999] ?? 0]) expect(await store.inboxes.end(corpId, userId)).toBe(5);
});

test('a message that was recalled is taken back without an attempt of the upstream, and not reported as delivered', async () => {
  const { store, userIds, send } = await scene();
  const message = await send();
  const first = delivererOf(store);
  first.deliverer.deliver(message);
  await first.deliverer.idle();
  await store.recall(corpId, message.messageId, 1);
  const events = createEvents();
  const woken = new Set<number>();
  for (const userId of userIds) events.subscribe(corpId, userId, () => woken.add(userId));
  const reported: unknown[] = [];
  const deliverer = createDeliverer({
    ...{ store, clock: createTestClock(), events, log },
    upstream: { attempt: () => Promise.reject(new Error('the upstream was called')) },
    onArrived: (...args) => void reported.push(args),
    onDelivered: (...args) => void reported.push(args),
  });
  onTestFinished(() => deliverer.close());
  await deliverer.resume();
  expect([woken.size, reported, await store.pendingCount()]).toEqual([1000, [], 0]);
});
