import { expect, onTestFinished, test } from 'vitest';
import type { Robot } from '../../store/model.ts';
import { openStore } from '../../store/open.ts';
import { createTestClock } from '../clock.ts';
import { loadDirectory } from '../cluster/directory.ts';
import { createRetention } from './retention.ts';
import { createRetentionGuard } from './retention-guard.ts';

const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const day = 24 * hour;
const corpId = 1;

/** Creates a guarded retention of 10 days, and an organization with ten messages of today and ten of five days ago. */
async function scene() {
  const store = await openStore(':memory:');
  const clock = createTestClock({ time: start, frozen: true });
  await store.putOrganization({ corpId, code: 'corp', name: 'C' });
  await store.putUsers(corpId, [{ code: 'ann', name: 'A' }]);
  const limits = { disabled: false, unblockable: false, coolAppCode: null, perUserPerMinute: 0, perUserPerDay: 0 };
  const robot: Robot = { corpId, id: 1, code: 'r', name: 'R', appId: 1, ...limits };
  for (let i = 0; i < 20; i++) {
    const sentAt = i < 10 ? start - 5 * day : start;
    await store.accept({ corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: ['ann'], sentAt });
  }
  const warnings: object[] = [];
  const log = { debug() {}, info() {}, warn: (fields: object) => void warnings.push(fields), error() {} };
  const counted: unknown[] = [];
  const meters = { requests: () => 0, count: (...one: unknown[]) => void counted.push(one), observe() {} };
  const directory = await loadDirectory(store);
  const ages = { retention: 10 * day, statisticsRetention: 100 * day, auditRetention: 100 * day };
  const guard = createRetentionGuard({ store, directory, log, now: clock.now, ages, isConfirmed: false });
  const retention = createRetention({ store, clock, directory, log, meters, options: ages }, guard);
  onTestFinished(async () => {
    await retention.close();
    await store.close();
  });
  // Like a machine's clock, this jumps without running the callbacks that fall due in between.
  const jumpTo = (time: number) => clock.restore({ offset: 0, frozenAt: time });
  const countRows = async (table: string) => (await store.dump()).tables[table]?.length;
  return { store, clock, jumpTo, guard, retention, warnings, counted, countRows };
}

test('when the clock jumps, nothing is removed and one warning is logged until it is right again', async () => {
  const { jumpTo, guard, retention, warnings, counted, countRows } = await scene();
  await retention.sweep();
  jumpTo(start + 30 * day);
  for (let sweeps = 0; sweeps < 3; sweeps++) await retention.sweep();
  expect(counted.filter((one) => JSON.stringify(one).includes('held'))).toHaveLength(3);
  expect(retention.lastSuccess()).toBe(start);
  expect([await countRows('messages'), guard.isHeld(), warnings]).toMatchObject([
    20,
    true,
    [{ now: '2026-01-31T00:00:00.000Z', knownTime: '2026-01-01T00:00:00.000Z', messages: 20, total: 20 }],
  ]);
  jumpTo(start + hour);
  await retention.sweep();
  expect([await countRows('messages'), guard.isHeld()]).toEqual([20, false]);
});

test('hourly sweeps remove everything that falls due, however much it is', async () => {
  const { clock, countRows, warnings } = await scene();
  // Hour by hour, like the clock of a server: a single move of a test clock would sweep only once.
  const pass = async (time: number) => {
    for (const end = clock.now() + time; clock.now() < end; ) await clock.advance(hour);
  };
  await pass(5 * day + 2 * hour);
  expect([await countRows('messages'), warnings]).toEqual([10, []]);
  await pass(5 * day);
  expect([await countRows('messages'), warnings]).toEqual([0, []]);
});

test('after a jump with little to remove, expired tokens are kept for one more sweep', async () => {
  const { store, jumpTo, retention, countRows, warnings } = await scene();
  const grant = { corpId, id: 1, appId: 1, appGeneration: 1, authorizationGeneration: 0 };
  await store.issueGrant({ ...grant, expiresAt: start + 2 * hour }, false, start);
  await retention.sweep();
  jumpTo(start + 3 * day);
  await retention.sweep();
  expect(await countRows('grants')).toBe(1);
  await retention.sweep();
  expect([await countRows('grants'), await countRows('messages'), warnings]).toEqual([0, 20, []]);
});
