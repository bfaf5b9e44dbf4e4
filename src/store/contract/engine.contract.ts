import { describe, expect, test } from 'vitest';
import { type Driver, type Migrations, queryRow, queryRows, StoreError, sql, type Work } from '../engine/sql.ts';
import { migrations } from '../migrations/index.ts';
import type { Store } from '../store.ts';
import { must, type Open, opened, start, world } from './world.contract.ts';

const largest = Number.MAX_SAFE_INTEGER;

const put = sql('test_put', `insert into settings (corp_id, name, value) values (0, $1, $2)`);
const get = sql<[value: string]>('test_get', `select value from settings where corp_id = 0 and name = $1`);

function* putting(name: string): Work<string> {
  yield* queryRows(put, name, 'written');
  return must(yield* queryRow(get, name))[0];
}

function* failing(name: string): Work<never> {
  yield* queryRows(put, name, 'never to be seen');
  throw new Error('a body that fails');
}

function* breaking(name: string): Work<void> {
  yield* putting(name);
  yield* putting(name);
}

async function rejected(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** Adds a migration step that creates two tables, the second with the text given. */
function oneMore(words: string) {
  const latest = migrations.latest + 1;
  const script = `create table extra (id bigint not null, name {key} not null, primary key (id)) {clustered};\n${words}`;
  return {
    ...migrations,
    latest,
    script: (version: number) => (version === latest ? script : migrations.script(version)),
  };
}

/** The step that creates the table `hourly`, and the statements that restore the earlier tables. */
const hourlyStep = 5;
const earlier = `
  drop table hourly;
  drop index sessions_person;
  create table statistics (corp_id bigint, hour bigint, robot_id bigint, sends bigint, deliveries bigint);
  create table read_times (corp_id bigint, hour bigint, robot_id bigint, step bigint, reads bigint);
  insert into statistics values (1, 2, 7, 3, 6), (1, 3, 7, 1, 1), (1, 2, 8, 2, 2), (9, 2, 7, 9, 9);
  insert into read_times values (1, 2, 7, 0, 1), (1, 2, 7, 12, 4), (1, 2, 8, 1, 5), (1, 4, 8, 12, 1);`;

/** Returns migrations that undo a step with the text `back`, and run it again. */
export function again({ latest, script, roles }: Migrations, step: number, back: string): Migrations {
  const more = new Map([
    [latest + 1, back],
    [latest + 2, script(step)],
  ]);
  return { latest: latest + 2, script: (version) => more.get(version) ?? script(version), roles };
}

const putNumber = sql('test_put_number', `insert into counters (corp_id, name, next) values (0, $1, $2)`);
const getNumbers = sql<[name: string]>(
  'test_get_numbers',
  `select name from counters where corp_id = $1 and next {among $2} order by next`,
);

export function describeEngine(open: Open): void {
  describe('a list in one parameter', () => {
    test('finds each of its numbers, however many and large, and nothing when it is empty', async () => {
      const { driver } = await driven(open);
      const numbers = [7, 2 ** 31, 2 ** 34 + 5, largest];
      await driver.write(function* () {
        for (const number of numbers) yield* queryRows(putNumber, `test ${number}`, number);
      });
      const found = async (list: readonly number[]) =>
        (await driver.read(() => queryRows(getNumbers, 0, list.join(',')))).map(([name]) => name);
      expect(await found(numbers.slice(1))).toEqual(numbers.slice(1).map((number) => `test ${number}`));
      const many = Array.from({ length: 5000 }, (_, i) => 2 ** 33 + i);
      expect(await found([...many, 7, 7])).toEqual(['test 7']);
      expect(await found([])).toEqual([]);
    });
  });

  describe('a group of writes', () => {
    test('resolves each write with the result of its own body', async () => {
      const { store } = await opened(open);
      const names = Array.from({ length: 600 }, (_, i) => `name ${i}`);
      const values = await Promise.all(names.map((name) => store.ensureSetting(name, `value of ${name}`)));
      expect(values).toEqual(names.map((name) => `value of ${name}`));
    });

    test('rejects only the body that fails, and rolls it back', async () => {
      const { driver, store } = await driven(open);
      const outcomes = await Promise.all([
        driver.write(() => putting('before')),
        rejected(driver.write(() => failing('failed'))),
        driver.write(() => putting('between')),
        rejected(driver.write(() => breaking('broken'))),
        driver.write(() => putting('after')),
      ]);
      expect([outcomes[0], outcomes[2], outcomes[4]]).toEqual(['written', 'written', 'written']);
      expect(outcomes[1]).toMatchObject({ message: 'a body that fails' });
      expect(outcomes[3]).toBeInstanceOf(Error);
      const kept = await Promise.all(
        ['before', 'failed', 'between', 'broken', 'after'].map((name) => store.setting(name)),
      );
      expect(kept).toEqual(['written', undefined, 'written', undefined, 'written']);
    });

    test('continues to work after many failures', async () => {
      const { driver, store } = await driven(open);
      const failures = Array.from({ length: 50 }, () => rejected(driver.write(() => failing('failed'))));
      expect(await store.ensureSetting('name', 'value')).toBe('value');
      for (const failure of await Promise.all(failures))
        expect(failure).toMatchObject({ message: 'a body that fails' });
      expect(await store.ensureSetting('name', 'later')).toBe('value');
    });

    test('is invisible to readers before its commit, and visible as a whole after it', async () => {
      const { driver, store } = await driven(open);
      let done = 0;
      const writing = [
        rejected(driver.write(() => failing('failed'))).then(() => done++),
        driver.write(() => putting('good')).then(() => done++),
      ];
      const seen = new Set<string | undefined>();
      while (done < writing.length) {
        seen.add(await store.setting('failed'));
        await new Promise(setImmediate);
      }
      expect([...seen]).toEqual([undefined]);
      expect(await store.setting('good')).toBe('written');
    });
  });

  describe('a lazy write', () => {
    test('is visible when it resolves, durable with the next write, and shares a group with others', async () => {
      const { store, reopen } = await opened(open);
      const { driver } = store;
      const lazy = driver.writeLazily(() => putting('lazy'));
      const others = [driver.write(() => putting('full')), driver.writeLazily(() => putting('lazy too'))];
      expect(await Promise.all([lazy, ...others])).toEqual(['written', 'written', 'written']);
      await driver.writeLazily(() => putting('lazy alone'));
      expect(await driver.one(get, 'lazy alone')).toEqual(['written']);
      await driver.write(() => putting('last'));
      const again = (await reopen()).driver;
      for (const name of ['lazy', 'full', 'lazy too', 'lazy alone', 'last'])
        expect(await again.one(get, name)).toEqual(['written']);
    });

    test('that fails changes nothing, and the next write is a durable one', async () => {
      const { driver } = (await opened(open)).store;
      expect(await rejected(driver.writeLazily(() => failing('lazy')))).toMatchObject({ message: 'a body that fails' });
      expect(await driver.one(get, 'lazy')).toBeUndefined();
      expect(await driver.write(() => putting('next'))).toBe('written');
    });
  });

  describe('a setting', () => {
    test('gets the value of the first of many concurrent writers', async () => {
      const { store } = await opened(open);
      expect(await store.setting('secret')).toBeUndefined();
      const kept = await Promise.all(['a', 'b', 'c'].map((value) => store.ensureSetting('secret', value)));
      expect(new Set(kept).size).toBe(1);
      expect(await store.ensureSetting('secret', 'd')).toBe(kept[0]);
      expect(await store.setting('secret')).toBe(kept[0]);
    });

    test('is the same after a restart', async () => {
      const place = await opened(open);
      await place.store.ensureSetting('secret', '值');
      expect(await (await place.reopen()).ensureSetting('secret', 'other')).toBe('值');
    });
  });

  describe('numbers', () => {
    test('are unique for each kind of thing under concurrent requests', async () => {
      const { store } = await opened(open);
      for (const noun of ['message', 'user', 'robot'] as const) {
        const numbers = await Promise.all(Array.from({ length: 130 }, () => store.number(noun)));
        expect(new Set(numbers).size).toBe(130);
        expect(Math.min(...numbers)).toBe(1);
      }
    });

    test('are not reused after a restart, and rise', async () => {
      const place = await opened(open);
      let store = place.store;
      const numbers: number[] = [];
      for (let i = 0; i < 4; i++) {
        numbers.push(await store.number('message'), await store.number('message'));
        store = await place.reopen();
      }
      expect(new Set(numbers).size).toBe(8);
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    });
  });

  describe('values', () => {
    test('integers up to 2^53-1 are returned unchanged', async () => {
      const place = await opened(open);
      const { store, corpId, app, users, send } = await world(place.store);
      const sentAt = largest - 1;
      const { messageId } = await send({ sentAt });
      await store.settle(corpId, messageId, largest);
      await store.markRead(corpId, users.ann, [messageId], largest);
      const grant = { corpId, id: 1, appId: app.id, appGeneration: 1, authorizationGeneration: 0, expiresAt: largest };
      await store.issueGrant(grant, false, 0);
      const later = await place.reopen();
      expect(await later.receipt(corpId, messageId)).toMatchObject({ sentAt, deliveries: [{ readAt: largest }, {}] });
      expect(await later.grant(corpId, 1)).toEqual(grant);
      expect(await later.inboxes.since(corpId, users.ann, 0, 9)).toMatchObject([{ sentAt, readAt: largest }, {}]);
    });

    test('bytes are returned unchanged', async () => {
      const { driver } = (await opened(open)).store;
      const add = sql(
        'test_put_bytes',
        `insert into media_parts (corp_id, media_id, part, data) values (1, 1, $1, $2)`,
      );
      const read = sql<[data: Uint8Array]>(
        'test_get_bytes',
        `select data from media_parts where corp_id = 1 and media_id = 1 and part = $1`,
      );
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      for (const [part, data] of [all, Buffer.from(all), new Uint8Array(), all.subarray(5, 9)].entries()) {
        await driver.write(() => queryRows(add, part, data));
        const [found] = must(await driver.one(read, part));
        expect([...found]).toEqual([...data]);
      }
    });

    test('texts are returned unchanged and compared exactly', async () => {
      const { store } = await opened(open);
      const texts = [
        '',
        ' ',
        '%',
        "o'",
        '"',
        '\\',
        '$1',
        '?',
        'a\nb',
        'É',
        'E\u0301',
        'é',
        '曲大岳',
        '😀',
        '\uffff',
        'x'.repeat(70_000),
      ];
      for (const text of texts) await store.ensureSetting(`name ${text.slice(0, 9)}`, text);
      for (const text of texts) expect(await store.setting(`name ${text.slice(0, 9)}`)).toBe(text);
      expect(await store.setting('NAME ')).toBeUndefined();
    });
  });

  describe('the schema', () => {
    test('of a new store is the latest, and migrating it again changes nothing', async () => {
      const { driver, store } = await driven(open);
      await store.ensureSetting('name', 'value');
      expect(await driver.version()).toBe(migrations.latest);
      await driver.migrate(migrations);
      await Promise.all([driver.migrate(migrations), driver.migrate(migrations)]);
      expect(await driver.version()).toBe(migrations.latest);
      expect(await store.setting('name')).toBe('value');
    });

    test('that is newer than the code is refused with an error that says so', async () => {
      const { driver } = await driven(open);
      await driver.migrate(oneMore(''));
      const refusal = await rejected(driver.migrate(migrations));
      expect(refusal).toBeInstanceOf(StoreError);
      expect(refusal).toMatchObject({ reason: 'newer', message: expect.stringMatching(/newer huizhi/) });
      expect(refusal).toMatchObject({ message: expect.stringContaining(`version ${migrations.latest + 1}`) });
      expect(await driver.version()).toBe(migrations.latest + 1);
    });

    test('keeps the statistics of earlier versions and adds up those of all robots', async () => {
      const { driver, store } = await driven(open);
      await driver.migrate(again(migrations, hourlyStep, earlier));
      const counted = async (robotId: number) =>
        (await store.operator.statistics(1, robotId, 0, 9 * 3_600_000)).map(({ start: at, sends, deliveries, reads }) =>
          [at / 3_600_000, sends, deliveries, reads.join('')].join(' '),
        );
      expect(await counted(7)).toEqual(['2 3 6 1000000000004', '3 1 1 0000000000000']);
      expect(await counted(8)).toEqual(['2 2 2 0500000000000', '4 0 0 0000000000001']);
      expect(await counted(0)).toEqual(['2 5 8 1500000000004', '3 1 1 0000000000000', '4 0 0 0000000000001']);
    });

    test('is unchanged after a step that fails halfway', async () => {
      const { driver, store } = await driven(open);
      await store.ensureSetting('name', 'value');
      expect(await rejected(driver.migrate(oneMore('create table nonsense (;')))).toBeInstanceOf(Error);
      expect(await driver.version()).toBe(migrations.latest);
      await driver.migrate(oneMore('create table extra_too (id bigint not null, primary key (id));'));
      expect(await driver.version()).toBe(migrations.latest + 1);
      expect(await store.setting('name')).toBe('value');
    });

    test('whose tables exist already or do not exist says that the database is not what it claims', async () => {
      const { driver } = await driven(open);
      for (const words of ['create table users (id bigint not null, primary key (id));', 'drop table nothing;']) {
        const error = await rejected(driver.migrate(oneMore(words)));
        expect(error).toMatchObject({
          reason: 'unavailable',
          message: expect.stringContaining(`its tables are not those of version ${migrations.latest}, which it names`),
        });
      }
      expect(await driver.version()).toBe(migrations.latest);
    });
  });

  test('a database server returns its time, and a database in this process returns none', async () => {
    const { store } = await opened(open);
    const [before, time, after] = [Date.now(), await store.driver.time(), Date.now()];
    const bounds = store.driver.engine === 'postgres' ? [before - 1000, after + 1000] : undefined;
    expect(time === undefined ? undefined : bounds && time > (bounds[0] ?? 0) && time < (bounds[1] ?? 0)).toBe(
      bounds ? true : undefined,
    );
  });

  test('ping resolves on a working store, and size returns its bytes', async () => {
    const { driver, store } = await driven(open);
    await store.ping(start);
    await store.ping(start + 1);
    expect(await driver.size()).toBeGreaterThan(0);
    await driver.tidy();
  });

  test('a closed store refuses to write', async () => {
    const { store } = await opened(open);
    const last = store.ensureSetting('name', 'value');
    await store.close();
    expect(await last).toBe('value');
    expect(await rejected(store.ping(start))).toMatchObject({ reason: 'unavailable' });
  });
}

async function driven(open: Open): Promise<{ readonly store: Store; readonly driver: Driver }> {
  const { store } = await opened(open);
  return { store, driver: store.driver };
}
