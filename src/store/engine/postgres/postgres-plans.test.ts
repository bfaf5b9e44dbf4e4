import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Walk } from '../../console/message-list.ts';
import { insertCards, runCards } from '../../contract/cards.contract.ts';
import { useGroups } from '../../contract/conversations.contract.ts';
import { insertCustomRobots, useCustomRobots } from '../../contract/custom-robots.contract.ts';
import { insertNotices, useNotices } from '../../contract/notice-verbs.contract.ts';
import { startPostgres, type TestServer } from '../../contract/postgres.contract.ts';
import { insertStreamMode, useStreamMode } from '../../contract/stream-mode.contract.ts';
import { insertSubscriptions, useSubscriptions } from '../../contract/subscriptions.contract.ts';
import { insertTalk, runTalk } from '../../contract/talk.contract.ts';
import { day, must, start, world } from '../../contract/world.contract.ts';
import { migrations } from '../../migrations/index.ts';
import { openDriver } from '../../open.ts';
import { Store } from '../../store.ts';
import { dayOf, perDay } from '../partitions.ts';
import type { Driver, Query, Work } from '../sql.ts';
import { renderSuffix, renderText, toParameters } from './postgres-query.ts';

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly Plan[];
};

/** Statements without a condition on the tenant, with the reason. Each reads a few rows with an index of its own. */
const acrossTenants: Readonly<Record<string, string>> = {
  select_audit_0: 'the audit log is one list for all organizations, by its own number',
  total_audit_0: 'the audit log is one list for all organizations, by its own number',
  select_pending: 'a partial index holds the few messages that are under way',
  select_conversation_by_open_id: 'a caller of another organization gets an error of its own',
  select_conversation_by_chat_id: 'a caller of another organization gets an error of its own',
  select_webhook: 'the token alone names the custom robot, by a unique index',
  select_stream_ticket: 'the ticket alone names its row, by an index',
  select_waiting_pushes: 'a process sends the pushes of all organizations, by a partial index',
  select_answered_pushes: 'a process reads the answers to its pushes of all organizations, by a partial index',
  select_taken_custom_robot: 'no organization may have the token of another, by two unique indexes',
};

/** The number of days with partitions, in addition to day 0. */
const days = 30;
const today = dayOf(start);

/**
 * Statements that read the partitions of several days, with the most days. All other statements read those of one day.
 */
const severalDays: Readonly<Record<string, number>> = {
  select_inbox_page: 2,
  select_inbox_unread: 2,
  ...{ list_messages_of_user: 2, list_messages: 2 },
  ...{ list_pending_messages: 2, list_recalled_messages: 2, list_messages_of_operator: 2 },
  ...{ list_messages_of_robot: 2, list_messages_of_conversation: 2, list_messages_of_sender: 2, list_card_messages: 2 },
  // A list covers all days, and its total reads up to 10,001 index entries.
  total_messages: days + 1,
  ...{ total_pending_messages: days + 1, total_recalled_messages: days + 1 },
  ...{ total_messages_of_robot: days + 1, total_messages_of_conversation: days + 1 },
  ...{ total_messages_of_sender: days + 1, total_card_messages: days + 1, total_messages_of_operator: days + 1 },
  total_arrivals_of_user: days + 1,
  // From the follower's offset to the last day.
  select_inbox_since: 2,
  select_events: 2,
  select_next_event: 2,
  select_event_places_2: 2,
  select_inbox_places_2: 2,
  // Unread and undelivered messages can be of any day; each partition has a small index for them.
  select_waiting: days + 1,
  select_pending: days + 1,
  select_turn_in_conversation: days + 1,
  // Reads all later days if an entry is not on its message's day, which is rare.
  mark_read_later: days,
  // Only rows from before the tables were partitioned are deleted one by one.
  select_first_kept: days + 1,
  select_first_kept_event: days + 1,
  delete_inbox: days + 1,
  delete_events: days + 1,
  // A sweep reads the first index entry of each day until there is a message.
  delete_removed_card_deliveries: days + 1,
};

let server: TestServer;
let client: postgres.Sql;
const seen = new Map<string, Query>();
const known = new Set(Array.from({ length: days }, (_, i) => today - days + 2 + i));

beforeAll(async () => {
  server = await startPostgres();
  const url = await server.create('migrated');
  client = postgres(url, { max: 1, onnotice: () => {}, connection: { plan_cache_mode: 'force_generic_plan' } });
  const driver = await openDriver(url);
  await driver.migrate(migrations);
  const earlier = server.isCitus ? [] : [...known].filter((each) => each <= today);
  for (const each of earlier) await driver.prepareDays(start + (each - today) * day);
  await useEverything(new Store(recordQueries(driver)));
  await driver.close();
  if (!server.isCitus) await fill();
});

afterAll(async () => {
  await client.end();
  await server.stop();
});

/** Records the first query with each statement name. */
function record(query: Query): void {
  if (!seen.has(query.statement.name)) seen.set(query.statement.name, query);
}

/** Wraps a driver so that it records each statement. */
function recordQueries(driver: Driver): Driver {
  const recording = <T>(body: () => Work<T>) =>
    function* (): Work<T> {
      const work = body();
      let step = work.next();
      while (!step.done) {
        record(step.value);
        step = work.next(yield step.value);
      }
      return step.value;
    };
  return {
    ...driver,
    one: (statement, ...params) => {
      record({ statement, params, one: true });
      return driver.one(statement, ...params);
    },
    rows: (statement, ...params) => {
      record({ statement, params, one: false });
      return driver.rows(statement, ...params);
    },
    read: (body) => driver.read(recording(body)),
    snapshot: (body) => driver.snapshot(recording(body)),
    write: (body) => driver.write(recording(body)),
  };
}

/** Runs every verb that requests use. */
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
  await store.inboxes.since(corpId, users.ann, 1, 100);
  await store.inboxes.end(corpId, users.ann);
  await store.inboxes.unreadByRobot(corpId, users.ann);
  await store.inboxes.unread(corpId, users.ann);
  for (const unread of [true, false]) {
    await store.inboxes.page({ corpId, userId: users.ann, before: 1000, robotId: 0, unread, limit: 20 });
  }
  await store.inboxes.step({ corpId, userId: users.ann, before: 1000, count: 20 });
  await store.markRead(corpId, users.ann, [read], start);
  await store.recall(corpId, read, start);
  await store.blocks.choose(corpId, users.ann, robot, { muted: true }, start);
  await store.blocks.choose(corpId, users.ann, robot, { muted: false, blocked: true }, start);
  await store.blocks.choose(corpId, users.ann, robot, { blocked: false }, start);
  await store.blocks.dismissNotices(corpId, users.ann);
  const grant = { corpId, id: 1, appId: app.id, appGeneration: 1, authorizationGeneration: 1, expiresAt: start };
  await store.issueGrant(grant, true, 0);
  await store.issueGrant({ ...grant, id: 2 }, true, 0);
  await store.grant(corpId, 1);
  await store.credentials.putSession({ corpId, id: 1, userId: users.ann, expiresAt: start });
  await store.credentials.findSession(corpId, 1);
  await store.userOf(corpId, users.ann);
  await useConsole(store, corpId, users.ann, robot.id);
  await useGroups(scene);
  await useCustomRobots(scene);
  await useStreamMode(scene);
  await useSubscriptions(scene);
  await useDepartments(store, corpId, app.id, users.ann);
  await useNotices(scene);
  await runTalk(scene);
  await runCards(scene);
  await store.operator.message(corpId, id);
  const late = await send();
  await arrive({ sentAt: start + day });
  await store.settle(corpId, late.messageId, start + day);
  await store.markRead(corpId, users.ann, [late.messageId], start + day);
  await arrive({ sentAt: 0 });
  await store.prune(corpId, 1, 4);
}

/** Reads and changes departments and contacts. */
async function useDepartments(store: Store, corpId: number, appId: number, userId: number): Promise<void> {
  const { departments, departmentMembers: members, contacts } = store;
  await departments.put([{ corpId, id: 7, parentId: 1, name: 'D', position: 1 }]);
  const memberships = [{ departmentId: 7, leader: true, position: 1 }];
  await contacts.change(corpId, [{ corpId, code: 'ann', fields: { mobile: '1001' }, memberships }]);
  await contacts.change(corpId, [{ corpId, code: 'ann', fields: { mobile: '1002' } }]);
  for (const by of ['code', 'mobile', 'unionId'] as const) await contacts.find(corpId, by, '1002');
  await contacts.ofUsers(corpId, [userId]);
  await contacts.page(corpId, '', 10);
  await contacts.mobiles(corpId, ['1002']);
  for (const departmentId of [1, 7]) {
    for (const order of ['custom', 'oldest', 'newest'] as const)
      await members.page({ corpId, departmentId, order, offset: 0, limit: 10 });
    await members.codes(corpId, departmentId);
    await departments.counts(corpId, departmentId);
  }
  await departments.find(corpId, 7);
  await departments.children(corpId, 1);
  await departments.all(corpId);
  await departments.path(corpId, 7);
  await departments.leaders(corpId, 7);
  await departments.memberships(corpId, [userId]);
  await departments.replaceLeaders(corpId, 7, [userId]);
  await departments.replaceScope(corpId, appId, [7]);
  await departments.scope(corpId, appId);
  await departments.scopesOf(corpId, 7);
}

/** Reads the lists of the console. */
async function useConsole({ operator }: Store, corpId: number, userId: number, robotId: number): Promise<void> {
  const walks: readonly Walk[] = [
    ...(['all', 'pending', 'recalled', 'card'] as const).map((along) => ({ along, corpId })),
    { along: 'robot', corpId, robotId },
    { along: 'conversation', corpId, conversationId: 1 },
    { along: 'sender', corpId, sender: 'notice' },
    { along: 'operator', corpId, operatorId: 1 },
    { along: 'user', corpId, userId },
  ];
  for (const walk of walks) {
    await operator.messagesBefore(walk, [start + 1, 0], 0, 20);
    await operator.totalOfWalk(walk, 0, start + 1);
  }
  await operator.totalOfUsers(corpId);
  await operator.totalOfAudit();
  await operator.people(corpId, [userId]);
  await operator.userNumber(corpId, 'ann');
  await operator.findUsersBy(corpId, '', 'n', 100);
  await operator.statistics(corpId, robotId, start, start + 1);
  await operator.eventsSince(corpId, 3, 20);
  await operator.eventsOfMessage(corpId, today * perDay + 1, 3, 1);
  await operator.lastEvent(corpId);
  await operator.auditBefore(100, 20);
}

/** Inserts enough rows, in 20 organizations, for plans to differ. */
async function fill(): Promise<void> {
  const anyDay = `(case when n % 31 = 0 then 0 else ${today - days + 2} + n % ${days} end)::bigint * ${perDay}`;
  await client.unsafe(`
    insert into users (corp_id, id, code, name) select 100 + n % 20, 1000 + n, 'u' || n, 'n' from generate_series(1, 20000) n;
    insert into messages (corp_id, id, robot_id, kind, sent_at, state, delivered_at, recipients, reads, sender)
      select 100 + n % 20, ${anyDay} + n, n % 3, case n % 50 when 1 then 80 else 1 end, ${start} + n, 2, ${start} + n, '1,2,3', '', case n % 100 when 0 then 3 else 0 end
      from generate_series(1, 60000) n;
    insert into contents (corp_id, message_id, param) select corp_id, id, '{}' from messages where corp_id >= 100;
    insert into inbox (corp_id, user_id, seq, event, message_id, position, read_at)
      select 100 + n % 20, 1000 + n % 2000, ${anyDay} + n / 2000 + 1, 0, ${anyDay} + n % 60000, 0, case when n % 3 = 0 then null else 1 end
      from generate_series(0, 199999) n;
    insert into conversations (corp_id, id, open_id, is_group, title, options, change, created_at)
      select 100 + n % 20, 1000 + n, 'cid' || n, 1, '', '{}', 9, 0 from generate_series(1, 5000) n;
    insert into members (corp_id, conversation_id, user_id, joined, is_admin, left_in, left_at)
      select 100 + n % 20, 1000 + n % 500, 1000 + n / 10, n % 3, 0, case when n % 10 = 0 then 4 end, case when n % 10 = 0 then 4 end
      from generate_series(1, 100000) n;
    insert into conversation_robots (corp_id, conversation_id, robot_id)
      select 100 + n % 20, 1000 + n, n % 3 from generate_series(1, 5000) n;
    insert into group_reads (corp_id, message_id, seq, user_id, read_at)
      select 100 + n % 20, ${anyDay} + n % 600, ${anyDay} + n, 1, 1 from generate_series(1, 100000) n;
    ${insertNotices(anyDay)}
    insert into streams (corp_id, user_id, last) select corp_id, user_id, max(seq) from inbox where corp_id >= 100 group by 1, 2;
    insert into flow (corp_id, robot_id, user_id, minute, in_minute, day, in_day)
      select 100 + n % 20, n % 3, n, 1, 1, 1, 1 from generate_series(1, 30000) n;
    insert into robots (corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day)
      select 100 + n % 20, 1000 + n, 'r' || n, 'R', 1, 0, 0, 0 from generate_series(1, 5000) n;
    ${insertCustomRobots}
    ${insertStreamMode}
    ${insertSubscriptions}
    ${insertTalk}
    ${insertCards}
    insert into mutes (corp_id, user_id, robot_id) select 100 + n % 20, n, n % 3 from generate_series(1, 20000) n;
    insert into blocks (corp_id, user_id, robot_id, was_mute) select 100 + n % 20, n, n % 3, 0 from generate_series(1, 20000) n;
    insert into idempotency (corp_id, app_id, code, answer, created_at)
      select 100 + n % 20, 1, 'c' || n, '', n from generate_series(1, 20000) n;
    insert into grants (corp_id, id, app_id, app_generation, authorization_generation, shared, expires_at)
      select 100 + n % 20, n, n % 9, 1, 1, n % 2, n from generate_series(10, 20000) n;
    insert into sessions (corp_id, id, user_id, expires_at) select 100 + n % 20, n, n, n from generate_series(10, 20000) n;
    insert into events (corp_id, seq, event, message_id, position)
      select 100 + n % 20, ${anyDay} + n, 0, n, 0 from generate_series(1, 300000) n;
    insert into hourly (corp_id, robot_id, hour, sends, deliveries)
      select 100 + n % 20, n % 3, n, 1, 1 from generate_series(1, 20000) n;
    insert into audit (corp_id, id, at, actor, action, target) select 100 + n % 20, n, n, '', '', '' from generate_series(1000, 20000) n;
    insert into counters (corp_id, name, next) select n, 'events', 1 from generate_series(100, 20000) n;
    insert into departments (corp_id, id, parent_id, name, position)
      select 100 + n % 20, 1 + n, 1 + n / 100, 'D', n from generate_series(1, 20000) n;
    insert into department_members (corp_id, department_id, user_id, leader, position)
      select 100 + n % 20, 1 + n % 500, 1000 + n, case when n % 50 = 0 then 1 else 0 end, 0 from generate_series(1, 20000) n;
    update users set placed = 1, union_id = 'u' || id, mobile = 'm' || id where corp_id >= 100;
    insert into app_scopes (corp_id, app_id, department_id) select 100 + n % 20, n, 1 + n from generate_series(1, 20000) n;
    insert into versions (corp_id, name, version) select n, 'directory', 1 from generate_series(100, 20000) n;
    analyze;`);
}

/** Returns the nodes of the generic plan, without the partitions that are pruned for these parameters. */
async function nodesOf({ statement, params }: Query): Promise<readonly Plan[]> {
  const values = toParameters(statement, params).map((value) =>
    typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : `${value}`,
  );
  await client.unsafe(`prepare planned as ${renderText(statement, params, known)}`).simple();
  const rows = await client
    .unsafe(`explain (format json) execute planned${values.length > 0 ? `(${values.join(', ')})` : ''}`)
    .simple();
  await client.unsafe('deallocate planned').simple();
  const [row] = rows as unknown as readonly { 'QUERY PLAN': readonly { Plan: Plan }[] }[];
  const within = (plan: Plan): readonly Plan[] => [plan, ...(plan.Plans ?? []).flatMap(within)];
  return within(must(must(row)['QUERY PLAN'][0]).Plan);
}

/** Counts the partitions in a plan, for the table with the most of them. */
function daysIn(nodes: readonly Plan[]): number {
  const parts = new Set(
    nodes.flatMap((node) => node['Relation Name'] ?? []).filter((name) => /_(first|\d{8})$/.test(name)),
  );
  const counts = Map.groupBy(parts, (name) => name.split('_')[0]);
  return Math.max(0, ...[...counts.values()].map((names) => names.length));
}

describe('every statement of a request', () => {
  beforeEach(({ skip }) => skip(server.isCitus, 'on Citus the plan of a node is a text in that of the coordinator'));
  test('is recorded by this test', () => {
    expect(seen.size).toBeGreaterThan(45);
  });

  test('finds its rows with an index, for all parameters', async () => {
    for (const [name, query] of seen) {
      const scans = (await nodesOf(query)).filter(({ 'Node Type': type }) => type === 'Seq Scan');
      expect([name, scans.map((scan) => scan['Relation Name'])]).toEqual([name, []]);
    }
  });

  test('has a condition on the tenant that is part of the index condition', async () => {
    for (const [name, query] of seen) {
      if (name in acrossTenants) continue;
      expect([name, /\(corp_id,|corp_id = (\$1|0)/.test(query.statement.text)]).toEqual([name, true]);
      for (const node of await nodesOf(query)) {
        if (!/Index/.test(node['Node Type']) || node['Index Cond'] === undefined) continue;
        expect([name, node['Index Cond']]).toEqual([name, expect.stringContaining('corp_id')]);
      }
    }
  });

  test('reads the partitions of one day, or of the few days that it needs', async () => {
    const touched = new Map<string, number>();
    for (const [name, query] of seen) {
      touched.set(name, daysIn(await nodesOf(query)));
      expect(touched.get(name), name).toBeLessThanOrEqual(severalDays[name] ?? 1);
    }
    for (const name of ['select_receipts', 'mark_delivered_1', 'mark_read', 'update_reads', 'mark_recalled']) {
      expect([name, touched.get(name)]).toEqual([name, 1]);
    }
  });

  test.each([
    ['custom robots and apps', 'messages_of_sender', '(sender > 0)'],
    ['cards', 'card_messages', '(kind = 80)'],
    ['operators', 'messages_of_operator', '(operator_id IS NOT NULL)'],
  ])('finds the few messages of %s with an index that has no others', async (_, kind, condition) => {
    for (const name of [`list_${kind}`, `total_${kind}`]) {
      const indexes = (await nodesOf(must(seen.get(name)))).flatMap((node) => node['Index Name'] ?? []);
      const found = await client`select indexdef from pg_indexes where indexname in ${client(indexes)}`;
      const conditions = new Set(found.map(({ indexdef }) => String(indexdef).split(' WHERE ')[1]));
      expect([name, ...conditions]).toEqual([name, condition]);
    }
  });

  test('names the partition of its day', () => {
    const { statement, params } = must(seen.get('select_receipts'));
    expect(renderText(statement, params, known)).toContain(`from messages${renderSuffix(today)}`);
    expect(renderText(statement, params, new Set())).toContain('from messages\n');
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
