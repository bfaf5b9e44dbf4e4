import { expect, onTestFinished, test } from 'vitest';
import type { Robot } from '../store/model.ts';
import { openStore } from '../store/open.ts';
import { createTestClock } from './clock.ts';
import { loadDirectory } from './cluster/directory.ts';
import { createWarmUp } from './warm-up.ts';

const start = Date.UTC(2026, 0, 1);
const readWindow = 86_400_000;
const messages = 250;

/** Creates two organizations with messages whose receipts are not cached yet, and the context for a warm-up. */
async function scene() {
  const store = await openStore(':memory:');
  onTestFinished(() => store.close());
  const clock = createTestClock({ time: start, frozen: true });
  const ids: [corpId: number, messageId: number][] = [];
  for (const corpId of [1, 2]) {
    await store.putOrganization({ corpId, code: `corp${corpId}`, name: 'C' });
    await store.putUsers(corpId, [{ code: 'ann', name: 'A' }]);
    const limits = { disabled: false, perUserPerMinute: 0, perUserPerDay: 0, unblockable: false, coolAppCode: null };
    const robot: Robot = { corpId, id: corpId, code: `r${corpId}`, name: 'R', appId: 1, ...limits };
    const given = { corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: ['ann'], sentAt: start };
    const sent = await Promise.all(Array.from({ length: messages }, () => store.accept(given)));
    for (const accepted of sent) ids.push([corpId, accepted?.messageId ?? 0]);
  }
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, warn: (_: object, text: string) => void warnings.push(text), error() {} };
  const directory = await loadDirectory(store);
  return { store, ids, warnings, context: { store, clock, directory, log, options: { readWindow } } };
}

test('after the warm-up the receipts of all organizations are in memory', async () => {
  const { store, ids, warnings, context } = await scene();
  const warmUp = createWarmUp(context, 0);
  await warmUp.done;
  await store.close();
  for (const [corpId, messageId] of ids)
    expect(await store.receipt(corpId, messageId)).toMatchObject({ corpId, messageId, deliveries: [{ readAt: null }] });
  expect(warnings).toEqual([]);
});

test('reads nothing in the first seconds, and can be closed immediately', async () => {
  const { store, ids, context } = await scene();
  const warmUp = createWarmUp(context);
  await warmUp.close();
  await warmUp.done;
  await store.close();
  const [corpId = 0, messageId = 0] = ids[0] ?? [];
  expect(() => store.receipt(corpId, messageId)).toThrow(/the store is closed/);
});

test('logs a warning if the store cannot be read', async () => {
  const { store, warnings, context } = await scene();
  await store.close();
  await createWarmUp(context, 0).done;
  expect(warnings).toEqual(['receipts could not be read ahead']);
});
