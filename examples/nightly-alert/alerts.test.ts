import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClient } from 'huizhi/client';
import { type Emulator, startEmulator } from 'huizhi/emulator';
import { createAlerts } from './alerts.ts';

function alertsOf(huizhi: Emulator) {
  const { url: endpoint, credentials, robotCode, fetch, clock } = huizhi;
  const client = createClient({ endpoint, ...credentials, robotCode, fetch });
  return createAlerts(client, clock.now);
}

test('an alert that nobody reads goes to the second person after ten minutes', async (t) => {
  const huizhi = await startEmulator({ seed: 'night', socket: false });
  t.after(() => huizhi.close());
  const alerts = alertsOf(huizhi);
  await alerts.raise('disk full on db-1', 'user001', 'user002');

  await huizhi.clock.advance('9m');
  assert.equal(await alerts.check(), 1);
  assert.equal(huizhi.messages().length, 1);

  await huizhi.clock.advance('1m');
  assert.equal(await alerts.check(), 0);
  const { msgParam } = await huizhi.waitForMessage({ userId: 'user002' });
  assert.equal(msgParam.content, 'disk full on db-1 (user001 has not read this for ten minutes)');
});

test('an alert that is read in time goes no further', async (t) => {
  const huizhi = await startEmulator({ seed: 'night', socket: false });
  t.after(() => huizhi.close());
  await huizhi.readers([{ userId: 'user001', after: '90s' }]);
  const alerts = alertsOf(huizhi);
  await alerts.raise('disk full on db-1', 'user001', 'user002');

  for (let minute = 1; minute <= 15; minute++) {
    await huizhi.clock.advance('1m');
    await alerts.check();
  }
  assert.deepEqual(
    huizhi.messages().map(({ userIds }) => userIds),
    [['user001']],
  );
});
