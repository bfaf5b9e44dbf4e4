import { describe, expect, onTestFinished, test } from 'vitest';
import { aSubscription } from '../../store/contract/subscriptions.contract.ts';
import type { Robot } from '../../store/model.ts';
import { openStore } from '../../store/open.ts';
import { createTestClock } from '../clock.ts';
import { loadDirectory } from '../cluster/directory.ts';
import { createRetention } from './retention.ts';

const start = Date.UTC(2026, 0, 1);
const hour = 3_600_000;
const day = 24 * hour;

/** Creates two organizations with a user each, a frozen clock, and a retention of 10 days by default. */
async function scene(messageRetention = 10 * day) {
  const store = await openStore(':memory:');
  const clock = createTestClock();
  clock.freeze(true);
  await clock.set(start);
  for (const corpId of [1, 2]) {
    await store.putOrganization({ corpId, code: `corp${corpId}`, name: 'C' });
    await store.putUsers(corpId, [{ code: 'ann', name: 'A' }]);
  }
  const lines: string[] = [];
  const record = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const log = { debug: record, info: record, warn: record, error: record };
  const counted: unknown[] = [];
  const meters = { requests: () => 0, count: (...one: unknown[]) => void counted.push(one), observe() {} };
  const directory = await loadDirectory(store);
  const options = { retention: messageRetention, statisticsRetention: 20 * day, auditRetention: 30 * day };
  const retention = createRetention({ store, clock, directory, log, meters, options });
  onTestFinished(async () => {
    await retention.close();
    await store.close();
  });
  const send = async (corpId = 1, age = 0, cardId?: number) => {
    const plain = {
      code: 'r',
      name: 'R',
      appId: 1,
      disabled: false,
      perUserPerMinute: 0,
      perUserPerDay: 0,
      unblockable: false,
      coolAppCode: null,
    };
    const robot: Robot = { corpId, id: corpId, ...plain };
    const sentAt = clock.now() - age;
    const shown = cardId === undefined ? {} : { cardId };
    await store.accept({ corpId, robot, appId: 1, kind: 1, param: '{}', userCodes: ['ann'], sentAt, ...shown });
  };
  const countMessages = async () => (await store.dump()).tables.messages?.length;
  return { store, clock, directory, retention, lines, counted, send, countMessages };
}

describe('a sweep', () => {
  test('removes messages older than the retention in every organization, and logs how many', async () => {
    const { clock, retention, lines, counted, send, countMessages } = await scene();
    await clock.advance(1);
    for (let i = 0; i < 20; i++) await send(1, 10 * day + 1);
    await send(1, 10 * day);
    await send(2, 11 * day);
    await send(2, 9 * day);
    await retention.sweep();
    expect(await countMessages()).toBe(2);
    expect(lines).toEqual([
      'removed messages past their retention {"corpId":1,"messages":20}',
      'removed messages past their retention {"corpId":2,"messages":1}',
    ]);
    for (const by of [20, 1])
      expect(counted).toContainEqual(['huizhi_retention_removed_total', { what: 'messages' }, by]);
    expect(counted).toContainEqual(['huizhi_retention_sweeps_total', { result: 'completed' }]);
    expect(retention.lastSuccess()).toBe(start + 1);
  });

  test('removes which old messages show a card that is still updated', async () => {
    const { store, retention, send, clock } = await scene();
    const names = { code: 'c', outTrackId: 't', templateId: 't', title: '', data: {} };
    const callback = { callback: 'none', routeKey: null, userIdType: 1 } as const;
    const state = { streaming: 'none', guid: null, revision: 1, createdAt: start, updatedAt: start } as const;
    const card = { corpId: 1, id: 7, appId: 1, ...names, ...callback, ...state };
    await store.cards.create(card, new Map());
    await send(1, 0, card.id);
    await clock.set(start + 9 * day);
    await send(1, 0, card.id);
    await clock.set(start + 11 * day);
    await retention.sweep();
    expect(await store.cards.countDeliveries(card)).toBe(1);
    expect(await store.cards.byCode(1, 'c')).toBeDefined();
  });

  test('removes hourly statistics and audit entries, each after its own retention', async () => {
    const { store, retention, lines, send } = await scene();
    for (const age of [21 * day, 20 * day + hour, 20 * day, 0]) await send(1, age);
    await send(2, 40 * day);
    const entry = { corpId: 1, actor: 'token', action: 'a', target: 't', was: null, became: null };
    for (let i = 0; i < 250; i++) await store.operator.change([], { ...entry, at: start - 30 * day - 1 });
    await store.operator.change([], { ...entry, at: start - 30 * day });
    await retention.sweep();
    const hours = await store.operator.statistics(1, 0, 0, start + hour);
    expect(hours.map((each) => (start - each.start) / day)).toEqual([20, 0]);
    expect(await store.operator.statistics(2, 0, 0, start + hour)).toEqual([]);
    expect((await store.operator.auditBefore(9999, 9)).map(({ id, at }) => [id, at])).toEqual([
      [251, start - 30 * day],
    ]);
    expect(lines).toContain('removed statistics past their retention {"corpId":1,"hours":2}');
    expect(lines).toContain('removed entries of the audit log past their retention {"entries":250}');
  });

  test.each([
    ['endpoint', 'no'],
    ['endpoint', 'operator'],
    ['stream', 'no'],
  ] as const)(
    'keeps messages for four days while there is a subscription (%s, disabled: %s)',
    async (form, disabled) => {
      const { store, retention, send, countMessages } = await scene(day);
      await send(1, 4 * day + 1);
      await send(2, 4 * day);
      const subscription = await aSubscription({ store, corpId: 1 }, { form, disabled });
      await retention.sweep();
      expect(await countMessages()).toBe(1);
      await store.subscriptions.remove(1, subscription.id);
      await retention.sweep();
      expect(await countMessages()).toBe(0);
    },
  );

  test('removes tokens that have expired', async () => {
    const { store, clock, retention } = await scene();
    const grant = { corpId: 1, appId: 1, appGeneration: 1, authorizationGeneration: 0 };
    await store.issueGrant({ ...grant, id: 1, expiresAt: start + hour }, false, start);
    await store.issueGrant({ ...grant, id: 2, expiresAt: start + 2 * day }, false, start);
    await clock.set(start + hour + 1);
    await retention.sweep();
    expect((await store.dump()).tables.grants).toHaveLength(1);
  });

  test('that falls due while an earlier one runs removes what has become due since', async () => {
    const { clock, retention, send, countMessages } = await scene();
    for (let i = 0; i < 40; i++) await send(1, 11 * day);
    await send(1, 10 * day - hour + 1);
    const earlier = retention.sweep();
    await clock.advance(hour);
    expect(await countMessages()).toBe(0);
    await earlier;
  });

  test('runs every hour by the clock', async () => {
    const { clock, send, countMessages } = await scene();
    await send(1, 10 * day - 90 * 60_000);
    await clock.advance(hour);
    expect(await countMessages()).toBe(1);
    await clock.advance(hour - 1);
    expect(await countMessages()).toBe(1);
    await clock.advance(1);
    expect(await countMessages()).toBe(0);
    await send(1, 11 * day);
    await clock.advance(hour);
    expect(await countMessages()).toBe(0);
  });

  test('runs once, however many callers request it at the same time', async () => {
    const { retention, lines, send } = await scene();
    await send(1, 11 * day);
    const first = retention.sweep();
    expect(retention.sweep()).toBe(first);
    await Promise.all([first, retention.sweep()]);
    expect(lines).toHaveLength(1);
  });

  test('lets other writes run in between', async () => {
    const { store, retention, send, countMessages } = await scene();
    for (let i = 0; i < 100; i++) await send(1, 11 * day);
    const counts: (number | undefined)[] = [];
    let over = false;
    const sweeping = retention.sweep().then(() => {
      over = true;
    });
    while (!over) {
      await store.ping(start);
      counts.push(await countMessages());
    }
    await sweeping;
    expect(counts.filter((count) => count !== undefined && count > 0 && count < 100).length).toBeGreaterThan(5);
  });

  test('that fails is logged, and the next one runs on schedule', async () => {
    const { store, clock, lines } = await scene();
    await store.close();
    await clock.advance(hour);
    await clock.advance(hour);
    expect(lines.filter((line) => line.startsWith('retention will be tried again'))).toHaveLength(2);
  });
});

describe('closing', () => {
  test('cancels later sweeps', async () => {
    const { clock, retention, send, countMessages } = await scene();
    await send(1, 11 * day);
    await retention.close();
    await clock.advance(5 * hour);
    expect(await countMessages()).toBe(1);
  });

  test('stops a running sweep after the current step', async () => {
    const { retention, send, countMessages } = await scene();
    for (let i = 0; i < 100; i++) await send(1, 11 * day);
    const sweeping = retention.sweep();
    await retention.close();
    await sweeping;
    expect(await countMessages()).toBeGreaterThan(50);
  });
});
