import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStores, startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { must, type Opened, start, streamOf, told, world } from '../../contract/world.contract.ts';
import { migrations } from '../../migrations/index.ts';
import { type Numbered, reservedNames } from '../../numbers.ts';
import { openStore, schemaVersions } from '../../open.ts';
import { describeStore } from '../../store.contract.ts';
import type { Store } from '../../store.ts';
import { withoutDay } from '../partitions.ts';
import { pipeline, queryRow, queryRows, sql } from '../sql.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function openDatabase(): Promise<Opened> {
  const url = await server.create('migrated');
  let current = await openStore(url);
  return {
    store: current,
    async reopen() {
      await current.close();
      current = await openStore(url);
      return current;
    },
    async close() {
      await current.close();
      await server.drop(url);
    },
  };
}

describeStore('PostgreSQL', openDatabase);

const several = async (count: number) => (await openStores(server, count)).stores;

const rejection = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a new database', () => {
  test('can be opened by ten processes that start at the same time', async () => {
    const url = await server.create('empty');
    onTestFinished(() => server.drop(url));
    const stores = await Promise.all(Array.from({ length: 10 }, () => openStore(url, { poolSize: 2 })));
    const secrets = await Promise.all(stores.map((store, i) => store.ensureSetting('secret', `${i}`)));
    expect(new Set(secrets).size).toBe(1);
    for (const store of stores) await store.close();
    expect(await schemaVersions(url)).toEqual({ found: migrations.latest, latest: migrations.latest });
  });

  test('has keys that sort by code point, although its collation does not', async ({ skip }) => {
    const [store] = await several(1);
    const words = must(store).driver;
    const sorted = sql<[word: string]>('sorted', `select column1 from (values ('a'), ('B')) w order by 1`);
    const order = (await words.read(() => queryRows(sorted))).flat();
    const version = await words.read(() =>
      queryRows(sql<[number]>('v', `select current_setting('server_version_num')`)),
    );
    skip(Number(version[0]?.[0]) < 150_000 && order[0] === 'B', 'PostgreSQL 14 needs the locale en_US.UTF-8 for it');
    expect(order).toEqual(['a', 'B']);
    const { corpId } = await world(must(store));
    await must(store).putUsers(
      corpId,
      ['a', 'B', 'é', 'z'].map((code) => ({ code, name: code })),
    );
    const codes = (await must(store).usersPage(corpId, '', 99)).map(({ code }) => code);
    expect(codes).toEqual([...codes].sort());
    expect(codes).toContain('B');
  });
});

describe('several processes', () => {
  test('never get the same number', async () => {
    const stores = await several(3);
    const numbers = await Promise.all(
      stores.flatMap((store) => Array.from({ length: 60 }, () => store.number('user'))),
    );
    expect(new Set(numbers).size).toBe(180);
  });

  test('never get the same number, also after one of them has restored a dump or deleted everything', async () => {
    const [one, two] = await several(2);
    const nouns = reservedNames as readonly Numbered[];
    const take = (store: Store) => Promise.all(nouns.map((noun) => store.number(noun)));
    const dump = await must(one).dump();
    const taken = [await take(must(two))];
    for (const replace of [() => must(one).load(dump), () => must(one).clear()]) {
      await replace();
      taken.push(await take(must(one)), await take(must(two)));
    }
    const numbers = taken.flatMap((list) => list.map((number, i) => `${nouns[i]} ${number}`));
    expect(new Set(numbers).size).toBe(nouns.length * 5);
  });

  test('that wait for the same messages of a process that is gone take over each message once', async () => {
    const [one, two, three] = await several(3);
    const { corpId, send } = await world(must(one));
    for (const [index, store] of [one, two, three].entries()) await must(store).processes.join(index + 1);
    const sent = [await send(), await send(), await send()].map(({ messageId }) => messageId);
    await must(one).processes.strike(1);
    const lock = sql('lock_messages', `select 1 from messages where corp_id = ${corpId} order by id for update`);
    // On Citus the locks are those of all nodes.
    const locks = server.isCitus ? 'citus_locks' : 'pg_locks';
    const waiting = sql<[count: number]>(
      'count_waiting',
      `select cast(count(*) as int) from ${locks} where not granted`,
    );
    let claims: readonly Promise<readonly { readonly messageId: number }[]>[] = [];
    await must(one).driver.write(function* () {
      yield* queryRows(lock);
      claims = [must(two).processes.claim(2, 2), must(three).processes.claim(3, 9)];
      for (let count = 0; count < 2; ) count = Number((yield* queryRow(waiting))?.[0]);
    });
    const taken = (await Promise.all([...claims, must(three).processes.claim(3, 9)])).flat();
    expect(taken.map(({ messageId }) => messageId).toSorted((a, b) => a - b)).toEqual(sent);
  });

  test('that write to one stream at the same time leave no gaps and no duplicates', async () => {
    const [one, two, three] = await several(3);
    const { corpId, users, send } = await world(must(one));
    const ids: number[] = [];
    for (let i = 0; i < 30; i++)
      ids.push((await send({ userCodes: i % 2 ? ['ann', 'bob', 'cho'] : ['cho', 'bob', 'ann'] })).messageId);
    const stores = [must(one), must(two), must(three)];
    // Each process settles all messages, and every message arrives once.
    await Promise.all(stores.flatMap((store) => ids.map((id) => store.settle(corpId, id, start))));
    await Promise.all(
      stores.flatMap((store, i) => ids.map((id) => store.markRead(corpId, i % 2 ? users.ann : users.bob, [id], start))),
    );
    await Promise.all(stores.flatMap((store) => ids.slice(0, 10).map((id) => store.recall(corpId, id, start))));
    for (const [user, events] of [
      [users.ann, 70],
      [users.bob, 70],
      [users.cho, 40],
    ] as const) {
      const stream = await streamOf(must(one), corpId, user);
      expect(stream.map(({ seq }) => seq)).toEqual(Array.from({ length: events }, (_, i) => i + 1));
      expect(told(stream).filter((line) => line.includes('message'))).toHaveLength(30);
    }
  });

  test('that mark one message read for different users lose no read', async () => {
    const [one, two] = await several(2);
    const { corpId, users, arrive } = await world(must(one));
    const everyone = Object.values(users);
    for (let i = 0; i < 10; i++) {
      const id = await arrive({ userCodes: ['ann', 'bob', 'cho', 'dee', 'eve'] });
      const other = await arrive({ userCodes: ['eve', 'dee', 'cho', 'bob', 'ann'] });
      const reading = everyone.map((user, n) =>
        must(n % 2 ? one : two).markRead(corpId, user, n % 2 ? [id, other] : [other, id], start + n + 1),
      );
      await Promise.all(reading);
      for (const messageId of [id, other]) {
        const receipt = must(await must(two).receipt(corpId, messageId));
        expect(receipt.deliveries.filter(({ readAt }) => readAt === null)).toEqual([]);
      }
    }
  });

  test('that accept the same send at the same time store it once', async () => {
    const stores = await several(3);
    const { sending } = await world(must(stores[0]));
    for (let i = 0; i < 10; i++) {
      const send = sending({ idempotency: { code: `code ${i}`, since: 0 } });
      const accepted = await Promise.all(stores.map((store) => store.accept(send)));
      expect(new Set(accepted.map((one) => one?.messageId)).size).toBe(1);
    }
    expect(await must(stores[1]).pendingCount()).toBe(10);
  });

  test('share the limits of a robot', async () => {
    const stores = await several(3);
    const { robot, sending } = await world(must(stores[0]));
    const send = sending({ robot: { ...robot, perUserPerDay: 7 } });
    const backwards = { ...send, userCodes: [...send.userCodes].reverse() };
    const accepted = await Promise.all(
      Array.from({ length: 30 }, (_, i) => must(stores[i % 3]).accept(i % 2 ? send : backwards)),
    );
    expect(accepted.filter((one) => one?.flowControlled.length === 0)).toHaveLength(7);
  });

  test('issue the same shared token, and number tickets consecutively', async () => {
    const stores = await several(3);
    const { corpId, app } = await world(must(stores[0]));
    const fresh = { corpId, appId: app.id, appGeneration: 1, authorizationGeneration: 0, expiresAt: start + 1000 };
    const grants = await Promise.all(
      stores.flatMap((store, i) => [0, 1].map((n) => store.issueGrant({ ...fresh, id: 1 + 2 * i + n }, true, start))),
    );
    expect(new Set(grants.map(({ id }) => id)).size).toBe(1);
    await Promise.all(stores.map((store, i) => store.credentials.putTicket(corpId, app.id, `ticket ${i}`, start)));
    expect(await must(stores[0]).credentials.tickets(corpId, app.id)).toHaveLength(2);
  });

  test('see a new name in the next receipt, also under concurrent reads and renames', async () => {
    const [one, two] = await several(2);
    const { corpId, arrive } = await world(must(one));
    const ids = [await arrive({ userCodes: ['ann', 'bob'] }), await arrive({ userCodes: ['cho', 'ann'] })];
    let named = 0;
    let going = true;
    const renaming = (async () => {
      for (; named < 100; named++) await must(one).putUsers(corpId, [{ code: 'ann', name: `${named + 1}` }]);
      going = false;
    })();
    const look = async (id: number) => {
      while (going) {
        const least = named;
        const { deliveries } = must(await must(two).receipt(corpId, id));
        const name = must(deliveries.find(({ user }) => user.code === 'ann')).user.name;
        if (least > 0) expect(Number(name)).toBeGreaterThanOrEqual(least);
      }
    };
    await Promise.all([renaming, ...ids.flatMap((id) => [look(id), look(id), look(id)])]);
    const users = must(await must(two).receipt(corpId, must(ids[0]))).deliveries.map(({ user }) => user.name);
    expect(users[0]).toBe('100');
  });

  test('see a message either with its content or recalled in every list', {
    timeout: 60_000,
  }, async () => {
    const [one, two] = await several(2);
    const { corpId, users, arrive } = await world(must(one));
    const ids = await Promise.all(Array.from({ length: 80 }, () => arrive({ userCodes: ['ann'] })));
    let isOver = false;
    const reader = must(two);
    const own = { corpId, userId: users.ann, before: Number.MAX_SAFE_INTEGER, robotId: 0, limit: 80 };
    type Seen = { readonly param: string | null; readonly recalledAt: number | null };
    const lists: readonly (() => Promise<readonly Seen[]>)[] = [
      async () => {
        const { messages, unreadCount } = await reader.inboxes.view({ ...own, unread: true });
        expect(unreadCount).toBe(messages.length);
        return messages;
      },
      async () => reader.inboxes.page({ ...own, unread: false }),
      async () => reader.inboxes.since(corpId, users.ann, 0, 1000),
      async () => reader.operator.messagesBefore({ along: 'all', corpId }, [Number.MAX_SAFE_INTEGER, 0], 0, 80),
      async () =>
        reader.operator.messagesBefore(
          { along: 'user', corpId, userId: users.ann },
          [Number.MAX_SAFE_INTEGER, 0],
          0,
          150,
        ),
    ];
    const reading = lists.map(async (list) => {
      while (!isOver) {
        for (const { param, recalledAt } of await list()) expect(param === null).toBe(recalledAt !== null);
      }
    });
    const recalling = (async () => {
      for (const id of ids) await must(one).recall(corpId, id, start + 1);
    })().finally(() => {
      isOver = true;
    });
    await Promise.all([...reading, recalling]);
  });

  test('are dumped in one snapshot, also under concurrent writes', async () => {
    const [one, two] = await several(2);
    const { arrive } = await world(must(one));
    let going = true;
    const writing = Array.from({ length: 3 }, async () => {
      while (going) await arrive();
    });
    try {
      for (let i = 0; i < 20; i++) {
        const { tables } = await must(two).dump();
        const counted = tables.counters?.find(([, name]) => name === 'events')?.[2];
        const of = (table: string) => tables[table]?.length ?? 0;
        const inboxes = tables.streams?.reduce((sum, [, , last]) => sum + withoutDay(Number(last)), 0) ?? 0;
        expect([of('contents'), of('events'), of('inbox')]).toEqual([
          ...[of('messages'), withoutDay(Number(counted ?? 1) - 1)],
          inboxes,
        ]);
      }
    } finally {
      going = false;
    }
    await Promise.all(writing);
  });

  test('run exclusive work one after the other', async () => {
    const stores = await several(3);
    let inside = 0;
    let most = 0;
    await Promise.all(
      stores.map((store) =>
        store.driver.alone(async () => {
          most = Math.max(most, ++inside);
          await store.ping(start);
          inside--;
        }),
      ),
    );
    expect(most).toBe(1);
  });
});

describe('a lost connection', () => {
  const hangUp = sql('hang_up', 'select pg_terminate_backend(pg_backend_pid())');
  const put = sql('test_put', `insert into settings (corp_id, name, value) values (0, $1, 'x')`);

  test('rejects its statements as unavailable and rolls back, and the next statement uses a new connection', async () => {
    const [store] = await several(1);
    const { driver, setting } = { driver: must(store).driver, setting: (name: string) => must(store).setting(name) };
    for (let i = 0; i < 10; i++) {
      const lost = driver.write(function* () {
        yield* queryRows(put, `lost ${i}`);
        yield* queryRows(hangUp);
        yield* queryRows(put, `late ${i}`);
      });
      expect(await rejection(lost)).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
      await driver.write(() => queryRows(put, `kept ${i}`));
      expect([await setting(`lost ${i}`), await setting(`kept ${i}`)]).toEqual([undefined, 'x']);
    }
  });

  test('rejects queued statements as well, including the commit', async () => {
    const [store] = await several(1);
    const { driver, setting } = { driver: must(store).driver, setting: (name: string) => must(store).setting(name) };
    const hangUpLate = sql('hang_up_late', 'select pg_terminate_backend(pg_backend_pid()), cast($1 as text)');
    for (let i = 0; i < 5; i++) {
      // postgres.js queues later statements while it prepares a statement that is new on the connection.
      const lost = driver.write(function* () {
        yield* pipeline(put, `early ${i}`);
        yield* pipeline(hangUpLate, 'x');
        for (let n = 0; n < 5; n++) yield* pipeline(put, `late ${i} ${n}`);
      });
      expect(await rejection(lost)).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
      await driver.write(() => queryRows(put, `kept ${i}`));
      expect(await setting(`kept ${i}`)).toBe('x');
    }
    const names = (await driver.read(() => queryRows(sql<[string]>('names', 'select name from settings')))).flat();
    expect(names.filter((name) => /^(early|late)/.test(name))).toEqual([]);
  });

  test('under load fails a few requests and loses no acknowledged write', async () => {
    const [store, other] = await several(2);
    const ensureSetting = (name: string) => must(store).ensureSetting(name, 'value');
    const kept: string[] = [];
    let going = true;
    const load = Array.from({ length: 8 }, async (_, worker) => {
      for (let i = 0; going; i++) {
        const name = `name ${worker} ${i}`;
        const error = await rejection(ensureSetting(name));
        if (error === undefined) kept.push(name);
        else expect(error).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
      }
    });
    const all = sql(
      'hang_up_all',
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
    );
    try {
      for (let i = 0; i < 5; i++) {
        await must(other).driver.read(() => queryRow(all));
        const before = kept.length;
        await expect.poll(() => kept.length, { interval: 5, timeout: 5000 }).toBeGreaterThan(before + 20);
      }
    } finally {
      going = false;
    }
    await Promise.all(load);
    for (const name of kept) expect(await must(other).setting(name)).toBe('value');
  });
});

test('a missing database is unavailable, and the error does not contain the password', async () => {
  for (const url of ['postgres://u:secret-word@127.0.0.1:1/db', 'postgres://u:secret-word@nowhere.invalid/db']) {
    const error = await rejection(openStore(url));
    expect(error).toMatchObject({ name: 'StoreError', reason: 'unavailable' });
    expect(String(error)).not.toContain('secret-word');
    expect(String(error)).toContain(new URL(url).host);
  }
});
