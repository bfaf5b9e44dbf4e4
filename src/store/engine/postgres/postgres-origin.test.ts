import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { advanceIfRestored } from '../../backup/origin.ts';
import { startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { day, must, sortDump, start, streamOf, type World, world } from '../../contract/world.contract.ts';
import { move } from '../../move/move.ts';
import { openDriver, openStore } from '../../open.ts';
import type { Store } from '../../store.ts';
import { type Driver, queryRows, sql } from '../sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function open(url: string): Promise<Store> {
  const store = await openStore(url, { poolSize: 4 });
  onTestFinished(() => store.close());
  return store;
}

async function create(kind: 'empty' | 'migrated' = 'migrated'): Promise<string> {
  const url = await server.create(kind);
  onTestFinished(() => server.drop(url));
  return url;
}

const nameOf = (url: string) => new URL(url).pathname.slice(1);

/** Copies a database that nobody uses, as `pg_dump` and `pg_restore` do. */
async function copy(url: string): Promise<string> {
  const target = await create('empty');
  await server.tell(`drop database ${nameOf(target)}`);
  await server.tell(`create database ${nameOf(target)} template ${nameOf(url)}`);
  return target;
}

const change = (driver: Driver, text: string) => driver.write(() => queryRows(sql('test_change', text)));

/** Sends a message to ann and bob, and delivers it. */
async function sendTo(store: Store, { corpId, robot, app }: World, sentAt: number): Promise<number> {
  const send = { corpId, robot, appId: app.id, kind: 1, param: '{}', userCodes: ['ann', 'bob'], sentAt };
  const { messageId } = must(await store.accept(send));
  await store.settle(corpId, messageId, sentAt);
  return messageId;
}

const numbersOf = async (store: Store) => sortDump(await store.dump()).tables.counters;

test('the numbers of a restored database move ahead once, and followers get each new entry and no old one', async ({
  skip,
}) => {
  skip(server.isCitus, 'a database of Citus cannot be copied as a template');
  const url = await create();
  const original = await open(url);
  expect(await advanceIfRestored(original.driver)).toBe(false);
  const made = await world(original);
  const { corpId, users } = made;
  const first = await sendTo(original, made, start);
  await original.close();
  const target = await copy(url);

  const again = await open(url);
  expect(await advanceIfRestored(again.driver)).toBe(false);
  const lost = [await sendTo(again, made, start), await sendTo(again, made, start + day)];
  const inboxCursor = must((await streamOf(again, corpId, users.ann)).at(-1)).seq;
  const eventCursor = must((await again.operator.eventsSince(corpId, 0, 100)).at(-1)).seq;
  expect([inboxCursor, eventCursor]).toEqual([3, 6]);

  const restored = [await open(target), await open(target)];
  const moved = await Promise.all(restored.map(({ driver }) => advanceIfRestored(driver)));
  expect(moved.toSorted()).toEqual([false, true]);
  const [one, other] = [must(restored[0]), must(restored[1])];
  await one.markRead(corpId, users.ann, [first], start + day);
  const sent = await sendTo(other, made, start + 2 * day);
  expect(lost).not.toContain(sent);
  const news = await one.inboxes.since(corpId, users.ann, inboxCursor, 100);
  expect(news.map(({ event, messageId }) => [event, messageId])).toEqual([
    ['read', first],
    ['message', sent],
  ]);
  const events = await one.operator.eventsSince(corpId, eventCursor, 100);
  expect(events.map(({ event, messageId }) => [event, messageId])).toEqual([
    ['read', first],
    ['sent', sent],
    ['delivered', sent],
  ]);
  const before = await numbersOf(one);
  expect(await advanceIfRestored(other.driver)).toBe(false);
  expect(await numbersOf(one)).toEqual(before);
});

test('a follower whose number was removed by retention gets all that is left', async () => {
  const store = await open(await create());
  const made = await world(store);
  const { corpId, users } = made;
  for (let i = 0; i < 4; i++) await sendTo(store, made, start + i * day);
  const [, , third, last] = await streamOf(store, corpId, users.ann);
  await change(store.driver, `delete from inbox where message_id < ${must(third).messageId}`);
  const left = await store.inboxes.since(corpId, users.ann, 1, 100);
  expect(left.map(({ messageId }) => messageId)).toEqual([must(third).messageId, must(last).messageId]);
});

test('the numbers of a database that an earlier version has made move ahead once', async () => {
  const store = await open(await create());
  await world(store);
  expect(await advanceIfRestored(store.driver)).toBe(true);
  expect(await advanceIfRestored(store.driver)).toBe(false);
});

test('a move to another server moves no numbers, unless the source was restored before', async () => {
  const source = await open(await create());
  await advanceIfRestored(source.driver);
  await (await world(source)).arrive();
  const before = await numbersOf(source);
  const moveTo = async (target: Driver) => {
    await move(source.driver, target, () => {});
    expect(await advanceIfRestored(target)).toBe(false);
  };
  const [same, moved] = [await openDriver(await create()), await openDriver(await create())];
  onTestFinished(async () => {
    for (const driver of [same, moved]) await driver.close();
  });
  await moveTo(same);
  const select = sql('test_counters', `select corp_id, name, next from counters where name = 'message'`);
  const read = (driver: Driver) => driver.read(() => queryRows(select));
  expect(await read(same)).toEqual(await read(source.driver));
  await change(source.driver, `update settings set value = 'elsewhere' where name = 'origin'`);
  await moveTo(moved);
  expect(await read(moved)).not.toEqual(await read(source.driver));
  expect(await numbersOf(source)).toEqual(before);
});
