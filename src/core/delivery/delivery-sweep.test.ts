import { expect, onTestFinished, test } from 'vitest';
import type { Pending, Robot } from '../../store/model.ts';
import { openStore } from '../../store/open.ts';
import { createTestClock } from '../clock.ts';
import { createEvents } from '../events.ts';
import { createDeliverer } from './deliver.ts';
import { startDeliverySweep } from './delivery-sweep.ts';
import type { Attempt } from './upstream.ts';

const corpId = 1;
const limits = { disabled: false, unblockable: false, coolAppCode: null, perUserPerMinute: 0, perUserPerDay: 0 };
const robot: Robot = { corpId, id: 1, code: 'r', name: 'R', appId: 1, ...limits };

/** Creates a store with one user, a frozen clock, a deliverer, and a sweep. */
async function scene() {
  const store = await openStore(':memory:');
  await store.putUsers(corpId, [{ code: 'ann', name: 'A' }]);
  const clock = createTestClock({ frozen: true });
  const attempts: number[] = [];
  const warnings: object[] = [];
  const here = { outcome: 'delivered' as Attempt };
  const log = { debug() {}, info() {}, warn: (fields: object) => void warnings.push(fields), error() {} };
  const upstream = {
    attempt({ messageId }: Pending) {
      attempts.push(messageId);
      return here.outcome;
    },
  };
  const deliverer = createDeliverer({
    ...{ store, clock, events: createEvents(), upstream, log },
    onArrived() {},
    onDelivered() {},
  });
  const sweep = startDeliverySweep({ store, deliverer, log });
  onTestFinished(async () => {
    await sweep.close();
    await deliverer.close();
    await store.close();
  });
  const accept = async (): Promise<Pending> => {
    const sentAt = clock.now();
    const accepted = await store.accept({ corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: ['ann'], sentAt });
    return {
      corpId,
      messageId: accepted?.messageId ?? 0,
      robotId: robot.id,
      sentAt,
      state: 'queued',
      conversationId: null,
      isRecalled: false,
    };
  };
  return { store, clock, deliverer, sweep, attempts, warnings, here, accept };
}

test('an accepted message that was never passed to the deliverer is delivered by the second scan', async () => {
  const { store, deliverer, sweep, attempts, warnings, accept } = await scene();
  const { messageId } = await accept();
  await sweep.scan();
  await deliverer.idle();
  expect([attempts, warnings]).toEqual([[], []]);
  await sweep.scan();
  await deliverer.idle();
  expect([attempts, warnings]).toEqual([[messageId], [{ messages: 1 }]]);
  expect(await store.pendingCount()).toBe(0);
});

test('thousands of such messages are all delivered', { timeout: 60_000 }, async () => {
  const { store, deliverer, sweep, attempts, accept } = await scene();
  await Promise.all(Array.from({ length: 12_000 }, accept));
  for (let scans = 0; scans < 4; scans++) {
    await sweep.scan();
    await deliverer.idle();
  }
  expect([await store.pendingCount(), attempts.length]).toEqual([0, 12_000]);
});

test.for<readonly [string, Attempt]>([
  ['that is held', 'held'],
  ['that waits for a time', { until: Number.MAX_SAFE_INTEGER }],
  ['whose outcome is unknown', 'unknown'],
])('a message %s is left to the deliverer', async ([, outcome]) => {
  const { deliverer, sweep, attempts, here, accept } = await scene();
  here.outcome = outcome;
  const message = await accept();
  deliverer.deliver(message);
  await deliverer.idle();
  for (let scans = 0; scans < 3; scans++) await sweep.scan();
  expect(attempts).toEqual([message.messageId]);
});
