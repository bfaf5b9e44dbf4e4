import { expect, onTestFinished, test } from 'vitest';
import { compose } from '../../src/compose.ts';
import { joinProcesses } from '../../src/core/cluster/membership.ts';
import { silentLog } from '../../src/log.ts';
import { queryRows, sql } from '../../src/store/engine/sql.ts';
import { config } from '../conformance/support/harness.ts';

const giveAway = sql('give_away', 'update messages set owner = 99 where state < 2');

test('a message whose owner left the list before its commit is taken over within a few heartbeats, not by each', async () => {
  const { context, close } = await compose(config, silentLog, '0.0.0');
  onTestFinished(close);
  const { store, clock, directory } = context;
  const membership = await joinProcesses({ ...context, skew: undefined });
  onTestFinished(() => membership.close());
  // The first finds this process in the list, the second that the list has not changed since.
  for (let beats = 0; beats < 2; beats++) await membership.takeOver();
  const robot = directory.now.robot('robot-one');
  if (!robot) throw new Error('no robot-one');
  const send = { corpId: robot.corpId, robot, appId: robot.appId, kind: 1, param: '{"content":"x"}' };
  expect(await store.accept({ ...send, userCodes: ['alice'], sentAt: clock.now() })).toBeDefined();
  await store.driver.write(() => queryRows(giveAway));
  await membership.takeOver();
  await context.deliverer.idle();
  expect(await store.pendingCount()).toBe(1);
  let beats = 0;
  for (; (await store.pendingCount()) > 0; beats++) {
    await membership.takeOver();
    await context.deliverer.idle();
  }
  expect(beats).toBeLessThanOrEqual(10);
});
