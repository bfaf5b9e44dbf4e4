import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startPostgres, type TestServer } from './contract/postgres.contract.ts';
import { must, start, world } from './contract/world.contract.ts';
import type { Walk } from './message-list.ts';
import { openDriver } from './open.ts';
import type { Driver, Statement, Work } from './sql.ts';
import { Store } from './store.ts';

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};

/** Statements that look at no tenant, and why: each reads a handful of rows by an index of its own. */
const acrossTenants: Readonly<Record<string, string>> = {
  select_audit: 'the audit log is one list for all organizations, by its own number',
  select_pending: 'a partial index holds the few messages that are under way',
};

let server: TestServer;
let client: postgres.Sql;
const seen = new Map<string, Statement>();

beforeAll(async () => {
  server = await startPostgres();
  const url = await server.create('migrated');
  client = postgres(url, { max: 1, onnotice: () => {} });
  const driver = openDriver(url);
  await useEverything(new Store(recorded(driver)));
  await driver.close();
  await fill();
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** A driver that notes each statement on its way. */
function recorded(driver: Driver): Driver {
  const noted = <T>(body: () => Work<T>) =>
    function* (): Work<T> {
      const work = body();
      let step = work.next();
      while (!step.done) {
        seen.set(step.value.statement.name, step.value.statement);
        step = work.next(yield step.value);
      }
      return step.value;
    };
  return {
    ...driver,
    one: (statement, ...params) => {
      seen.set(statement.name, statement);
      return driver.one(statement, ...params);
    },
    read: (body) => driver.read(noted(body)),
    write: (body) => driver.write(noted(body)),
  };
}

/** Does what requests do. */
async function useEverything(store: Store): Promise<void> {
  const scene = await world(store);
  const { corpId, app, robot, users, send, arrive } = scene;
  const twenty = Array.from({ length: 20 }, (_, i) => ({ code: `user ${i}`, name: `${i}` }));
  await store.putUsers(corpId, twenty);
  const limited = { ...robot, perUserPerDay: 1, perUserPerMinute: 1 };
  const id = await arrive({ userCodes: twenty.map(({ code }) => code) });
  seen.clear();
  await send({ robot: limited, idempotency: { code: 'c', since: 0 }, userCodes: twenty.map(({ code }) => code) });
  await send({ robot: limited, idempotency: { code: 'c', since: 0 } });
  await send({ robot: limited });
  await Promise.all(
    [send(), send({ idempotency: { code: 'd', since: 0 } }), send()].map(async (one) => {
      const { messageId } = await one;
      await store.settle(corpId, messageId, start);
    }),
  );
  const lost = await send();
  await store.lose(corpId, lost.messageId);
  const read = await arrive();
  const [receipt] = [await store.receipt(corpId, id), await store.recipients(corpId, id)];
  expect(receipt?.deliveries).toHaveLength(20);
  await store.pending({ corpId: 0, messageId: 0 }, 100);
  await store.inboxSince(corpId, users.ann, 0, 100);
  await store.inboxEnds(corpId, users.ann);
  await store.unreadByRobot(corpId, users.ann);
  for (const unread of [true, false]) {
    await store.inboxPage({ corpId, userId: users.ann, before: 1000, robotId: 0, unread, limit: 20 });
  }
  await store.read(corpId, users.ann, [read], start);
  await store.recall(corpId, read, start);
  await store.mutes(corpId, users.ann);
  const grant = { corpId, id: 1, appId: app.id, appGeneration: 1, authorizationGeneration: 1, expiresAt: start };
  await store.issueGrant(grant, true, 0);
  await store.issueGrant({ ...grant, id: 2 }, true, 0);
  await store.grant(corpId, 1);
  await store.putSession({ corpId, id: 1, userId: users.ann, expiresAt: start });
  await store.session(corpId, 1);
  await store.userOf(corpId, users.ann);
  await useConsole(store, corpId, users.ann, robot.id);
  await store.prune(corpId, start + 1, 4);
}

/** Asks for the lists of the console. */
async function useConsole({ operator }: Store, corpId: number, userId: number, robotId: number): Promise<void> {
  const walks: readonly Walk[] = [
    { along: 'all', corpId },
    { along: 'pending', corpId },
    { along: 'recalled', corpId },
    { along: 'robot', corpId, robotId },
    { along: 'user', corpId, userId },
  ];
  for (const walk of walks) await operator.messagesBefore(walk, [start + 1, 0], 0, 20);
  await operator.people(corpId, [userId]);
  await operator.findUsersBy(corpId, '', 'n', 100);
  await operator.statistics(corpId, robotId, start, start + 1);
  await operator.eventsSince(corpId, 0, 20);
  await operator.eventsOfMessage(corpId, 1, 0, 20);
  await operator.lastEvent(corpId);
  await operator.auditBefore(100, 20);
}

/** As many rows as it takes for a plan to matter, in 20 organizations. */
async function fill(): Promise<void> {
  await client.unsafe(`
    insert into users (corp_id, id, code, name) select 100 + n % 20, 1000 + n, 'u' || n, 'n' from generate_series(1, 20000) n;
    insert into messages (corp_id, id, robot_id, kind, sent_at, state, delivered_at, recipients, reads)
      select 100 + n % 20, 1000 + n, n % 3, 1, ${start} + n, 2, ${start} + n, '1,2,3', '' from generate_series(1, 60000) n;
    insert into contents (corp_id, message_id, param) select corp_id, id, '{}' from messages where corp_id >= 100;
    insert into inbox (corp_id, user_id, seq, event, message_id, position, read_at)
      select 100 + n % 20, 1000 + n % 2000, n / 2000 + 1, 0, 1000 + n % 60000, 0, case when n % 3 = 0 then null else 1 end
      from generate_series(0, 199999) n;
    insert into streams (corp_id, user_id, last) select corp_id, user_id, max(seq) from inbox where corp_id >= 100 group by 1, 2;
    insert into flow (corp_id, robot_id, user_id, minute, in_minute, day, in_day)
      select 100 + n % 20, n % 3, n, 1, 1, 1, 1 from generate_series(1, 30000) n;
    insert into mutes (corp_id, user_id, robot_id) select 100 + n % 20, n, n % 3 from generate_series(1, 20000) n;
    insert into idempotency (corp_id, app_id, code, answer, created_at)
      select 100 + n % 20, 1, 'c' || n, '', n from generate_series(1, 20000) n;
    insert into grants (corp_id, id, app_id, app_generation, authorization_generation, shared, expires_at)
      select 100 + n % 20, n, n % 9, 1, 1, n % 2, n from generate_series(10, 20000) n;
    insert into sessions (corp_id, id, user_id, expires_at) select 100 + n % 20, n, n, n from generate_series(10, 20000) n;
    insert into events (corp_id, seq, event, message_id, position)
      select 100 + n % 20, n, 0, n, 0 from generate_series(1, 20000) n;
    insert into hourly (corp_id, robot_id, hour, sends, deliveries)
      select 100 + n % 20, n % 3, n, 1, 1 from generate_series(1, 20000) n;
    insert into audit (corp_id, id, at, actor, action, target) select 100 + n % 20, n, n, '', '', '' from generate_series(1000, 20000) n;
    insert into counters (corp_id, name, next) select n, 'events', 1 from generate_series(100, 20000) n;
    insert into versions (corp_id, name, version) select n, 'directory', 1 from generate_series(100, 20000) n;
    analyze;`);
}

/** The plan that serves every value of the parameters. */
async function nodesOf({ text }: Statement): Promise<readonly Plan[]> {
  const rows = await client
    .unsafe(`explain (generic_plan, format json) ${text.replaceAll('{locked}', 'for update')}`)
    .simple();
  const [row] = rows as unknown as readonly { 'QUERY PLAN': readonly { Plan: Plan }[] }[];
  const within = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(within)];
  return within(must(must(row)['QUERY PLAN'][0]).Plan);
}

describe('every statement of a request', () => {
  test('is known here', () => {
    expect(seen.size).toBeGreaterThan(35);
  });

  test('finds its rows by an index, whatever the parameters', async () => {
    for (const [name, statement] of seen) {
      const scans = (await nodesOf(statement)).filter(({ 'Node Type': type }) => type === 'Seq Scan');
      expect([name, scans.map((scan) => scan['Relation Name'])]).toEqual([name, []]);
    }
  });

  test('names its tenant, and looks for it in the index', async () => {
    for (const [name, statement] of seen) {
      if (name in acrossTenants) continue;
      expect([name, /\(corp_id,|corp_id = (\$1|0)/.test(statement.text)]).toEqual([name, true]);
      for (const node of await nodesOf(statement)) {
        if (!/Index/.test(node['Node Type']) || node['Index Cond'] === undefined) continue;
        expect([name, node['Index Cond']]).toEqual([name, expect.stringContaining('corp_id')]);
      }
    }
  });
});

test('every primary key begins with the tenant', async () => {
  const keys = await client.unsafe(`
    select c.relname, a.attname from pg_index i join pg_class c on c.oid = i.indrelid
    join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
    where i.indisprimary and c.relnamespace = 'public'::regnamespace`);
  const tables = await client.unsafe(
    `select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  expect(keys.filter(({ attname }) => attname !== 'corp_id')).toEqual([]);
  expect(keys).toHaveLength(tables.length);
});
