import { describe, expect, test } from 'vitest';
import { fillAppUuids } from '../directory/app-uuids.ts';
import type { StreamConnection } from '../stream/connections.ts';
import type { Seat, StreamTicket } from '../stream/tickets.ts';
import { anApp, must, type Open, opened, start, type World, world } from './world.contract.ts';

const aTicket = ({ corpId, app }: World, given: Partial<StreamTicket> = {}): StreamTicket => ({
  ...{ corpId, hash: 'h1', appId: app.id, era: 1, subscriptions: '[{"type":"EVENT","topic":"*"}]', client: 'test/1' },
  ...{ expiresAt: start + 90_000 },
  ...given,
});

const seat: Seat = { id: 1, process: undefined, ticket: 't1', now: start, most: 2 };

const aConnection = ({ corpId, app }: World, given: Partial<StreamConnection> = {}): StreamConnection => ({
  ...{ corpId, id: 1, appId: app.id, process: 1, ticket: 't1', subscriptions: '[]', client: '', openedAt: start },
  ...given,
});

/** Stores, reads and removes what several processes share of Stream mode. */
export async function useStreamMode(scene: World): Promise<void> {
  const { corpId, app, store } = scene;
  const { streams, processes } = store;
  await processes.join(77);
  await streams.putTicket(aTicket(scene), start, 9);
  await streams.redeem('h1', { ...seat, process: 77, id: 771 });
  await streams.putConnection(aConnection(scene, { id: 772, process: 77 }));
  await streams.connections(corpId, app.id);
  await streams.putPush({ corpId, id: 1, connectionId: 771, process: 77, owner: 77, body: '{}' });
  await streams.waitingPushes(77);
  await streams.takePush(corpId, 1, 77);
  await streams.putPushResult(corpId, 1, { answer: '{}' });
  await streams.answeredPushes(77);
  await streams.pushResult(corpId, 1);
  await streams.dropPush(corpId, 1);
  await streams.dropConnection(corpId, 772);
  await processes.strike(77);
}

/** Inserts enough rows for plans to differ. */
export const insertStreamMode = `
    insert into processes (corp_id, id, beats) select 0, 1000 + n, 0 from generate_series(1, 20000) n;
    insert into stream_tickets (corp_id, hash, app_id, era, subscriptions, client, expires_at)
      select 100 + n % 20, 'h' || n, n % 50, 1, '[]', '', n from generate_series(1, 20000) n;
    insert into stream_connections (corp_id, id, app_id, process, ticket, subscriptions, client, opened_at)
      select 100 + n % 20, 1000 + n, n % 50, 1, 't', '[]', '', n from generate_series(1, 20000) n;
    insert into pushes (corp_id, id, connection_id, process, owner, state, body)
      select 100 + n % 20, 1000 + n, n, n % 9, 1, n % 3, '{}' from generate_series(1, 20000) n;`;

export function describeStreamMode(open: Open): void {
  const scene = async () => world((await opened(open)).store);

  describe('tickets of Stream mode', () => {
    test('are redeemed once', async () => {
      const here = await scene();
      const { streams } = here.store;
      expect(await streams.putTicket(aTicket(here), start, 9)).toBe(true);
      expect(await streams.redeem('h2', seat)).toBeUndefined();
      expect(await streams.redeem('h1', seat)).toEqual(aTicket(here));
      expect(await streams.redeem('h1', seat)).toBeUndefined();
    });

    test('are redeemed by one of several at the same time', async () => {
      const here = await scene();
      const { streams } = here.store;
      await streams.putTicket(aTicket(here), start, 9);
      const all = await Promise.all([1, 2, 3, 4].map((id) => streams.redeem('h1', { ...seat, id })));
      expect(all.filter((one) => one !== undefined)).toEqual([aTicket(here)]);
    });

    test('expire, and are removed then', async () => {
      const here = await scene();
      const { streams } = here.store;
      await streams.putTicket(aTicket(here), start, 9);
      await streams.putTicket(aTicket(here, { hash: 'h2' }), start, 9);
      expect(await streams.redeem('h1', { ...seat, now: start + 90_000 })).toBeUndefined();
      await streams.prune(start + 89_999);
      const { tables } = await here.store.dump();
      expect(tables.stream_tickets).toHaveLength(1);
      await streams.prune(start + 90_000);
      expect((await here.store.dump()).tables.stream_tickets).toEqual([]);
    });

    test('of an app are limited; expired ones, and those of another app or era, do not count', async () => {
      const here = await scene();
      const { streams } = here.store;
      const other = await anApp(here.store, here.corpId, 'app-more');
      const put = (hash: string, given: Partial<StreamTicket> = {}, now = start) =>
        streams.putTicket(aTicket(here, { hash, ...given }), now, 2);
      expect([await put('a'), await put('b'), await put('c')]).toEqual([true, true, false]);
      expect(await put('d', { appId: other.id })).toBe(true);
      expect(await put('e', { era: 2 })).toBe(true);
      expect(await put('f', { expiresAt: start + 200_000 }, start + 90_000)).toBe(true);
    });
  });

  describe('connections of Stream mode', () => {
    test('are those of running processes, in the order of their numbers', async () => {
      const here = await scene();
      const { store, corpId, app } = here;
      await store.processes.join(1);
      await store.processes.join(2);
      const rows = [
        aConnection(here, { id: 3, process: 2 }),
        aConnection(here),
        aConnection(here, { id: 2, process: 9 }),
      ];
      for (const row of rows) await store.streams.putConnection(row);
      expect(await store.streams.connections(corpId, app.id)).toEqual([rows[1], rows[0]]);
      expect(await store.streams.connections(corpId + 1, app.id)).toEqual([]);
      await store.processes.strike(2);
      await store.streams.prune(start);
      await store.processes.join(2);
      expect(await store.streams.connections(corpId, app.id)).toEqual([rows[1]]);
      await store.streams.dropConnection(corpId, 1);
      expect(await store.streams.connections(corpId, app.id)).toEqual([]);
    });

    test('are stored when a ticket is redeemed, up to the limit; a ticket beyond it stays', async () => {
      const here = await scene();
      const { store, corpId, app } = here;
      await store.processes.join(1);
      for (const hash of ['a', 'b', 'c']) await store.streams.putTicket(aTicket(here, { hash }), start, 9);
      const redeem = (hash: string, id: number) => store.streams.redeem(hash, { ...seat, id, process: 1 });
      const both = await Promise.all([redeem('a', 1), redeem('b', 2)]);
      expect(both.map((one) => typeof one)).toEqual(['object', 'object']);
      expect(await redeem('c', 3)).toBe('full');
      const [{ id } = { id: 0 }] = await store.streams.connections(corpId, app.id);
      await store.streams.dropConnection(corpId, id);
      expect(await redeem('c', 3)).toEqual(aTicket(here, { hash: 'c' }));
    });
  });

  describe('pushes between processes', () => {
    const push = { corpId: 1, id: 5, connectionId: 3, process: 2, owner: 1, body: '{"x":"你好"}' };

    test('are taken once, by the process that has the connection', async () => {
      const { store } = await scene();
      const { streams } = store;
      await streams.putPush(push);
      expect(await streams.waitingPushes(1)).toEqual([]);
      expect(await streams.waitingPushes(2)).toEqual([[1, 5]]);
      expect(await streams.takePush(1, 5, 1)).toBeUndefined();
      const taken = await Promise.all([streams.takePush(1, 5, 2), streams.takePush(1, 5, 2)]);
      expect(taken.filter((one) => one !== undefined)).toEqual([push]);
      expect(await streams.waitingPushes(2)).toEqual([]);
    });

    test('have a result when the client has answered, or will not', async () => {
      const { store } = await scene();
      const { streams } = store;
      for (const id of [5, 6]) {
        await streams.putPush({ ...push, id });
        await streams.takePush(1, id, 2);
      }
      expect(await streams.pushResult(1, 5)).toBeUndefined();
      expect(await streams.answeredPushes(1)).toEqual([]);
      await streams.putPushResult(1, 5, { answer: '{"code":200}' });
      await streams.putPushResult(1, 6, { answer: undefined });
      expect(await streams.answeredPushes(1)).toEqual([
        [1, 5],
        [1, 6],
      ]);
      expect(await streams.answeredPushes(2)).toEqual([]);
      expect(must(await streams.pushResult(1, 5))).toEqual({ answer: '{"code":200}' });
      expect(must(await streams.pushResult(1, 6))).toEqual({ answer: undefined });
      await streams.dropPush(1, 5);
      expect(await streams.pushResult(1, 5)).toBeUndefined();
    });

    test('of processes that are gone are removed', async () => {
      const { store } = await scene();
      await store.processes.join(1);
      await store.streams.putPush(push);
      await store.streams.putPush({ ...push, id: 6, owner: 8 });
      await store.streams.prune(start);
      expect(await store.streams.waitingPushes(2)).toEqual([[1, 5]]);
    });
  });

  test('the era of an app rises with its secret and with each authorization that ends', async () => {
    const { store, corpId, app, foreigner } = await scene();
    const eras = [(await store.directory()).era(app.id)];
    const see = async () => eras.push((await store.directory()).era(app.id));
    await store.putApp({ ...app, permissions: [] });
    await see();
    await store.putAuthorization(corpId, app.id, null);
    await store.putAuthorization(foreigner.corpId, app.id, null);
    await see();
    await store.putAuthorization(corpId, app.id, start);
    await see();
    await store.putAuthorization(corpId, app.id, null);
    await see();
    await store.putAuthorization(corpId, app.id, start);
    await see();
    await store.putApp({ ...app, generation: 2 });
    await see();
    expect(eras).toEqual([1, 1, 1, 2, 2, 3, 4]);
  });

  test('the UUID of an app stays the same, and apps without one get one when the database is opened', async () => {
    const { store } = await opened(open);
    const { app } = await world(store);
    await store.putApp({ ...app, uuid: 'another' });
    expect((await store.directory()).app(app.code)?.uuid).toBe(app.uuid);
    const dump = await store.dump();
    const rows = dump.tables.apps?.map((row) => [...row.slice(0, -1), null]) ?? [];
    await store.load({ ...dump, tables: { ...dump.tables, apps: rows } });
    await fillAppUuids(store.driver);
    const uuid = (await store.directory()).app(app.code)?.uuid;
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
}
