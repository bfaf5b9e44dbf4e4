import { renderText } from '../../src/store/engine/postgres/postgres-query.ts';
import type { Query, Value, Work } from '../../src/store/engine/sql.ts';
import { accept } from '../../src/store/messages/accept.ts';
import { settle } from '../../src/store/messages/messages.ts';
import { openStore } from '../../src/store/open.ts';
import { corpId, type Plan, sendOf, userCode } from '../seed.ts';

/**
 * Numbers that are unique in the recorded statements: of the message, of the organization's events, of the inbox
 * entries.
 */
const messageId = 7_000_000_000;
const firstEvent = 5_000_000_000;
const firstEntry = 4_000_000_000;

/**
 * Maximum number of sends of a pgbench client in a round. With it, all message numbers stay within day 0, which has a
 * partition.
 */
export const perClient = 10_000_000;

/** Seeded messages are from before the days of messages were stored. */
const days = new Set([0]);

/**
 * The statements of one accepted and delivered send, as huizhi runs them on PostgreSQL, as a script for pgbench in one
 * transaction: with another message and other recipients each time. It needs the variables `n`, 0, and `base`, from
 * which it counts messages.
 */
export async function sendScript(url: string, plan: Plan): Promise<string> {
  const width = Math.floor(plan.users / plan.recipients);
  const users = Array.from({ length: plan.recipients }, (_, i) => (i + 1) * width);
  const queries = await record(url, plan, users);
  const head = [
    '\\set n :n + 1',
    `\\set id :base + :client_id * ${perClient} + :n`,
    ...users.map((last, i) => `\\set u${i} random(${last - width + 1}, ${last})`),
    ...users.map((_, i) => `\\set c${i} ${userCode(0)} + :u${i}`),
    ...['\\set e0 2 * :id', '\\set e1 2 * :id + 1'],
  ];
  const named = namesOf(users);
  return [...head, 'begin;', ...queries.map((query) => `${renderQuery(query, named)};`), 'end;', ''].join('\n');
}

/** Runs the verbs once and records their statements. */
async function record(url: string, plan: Plan, users: readonly number[]): Promise<readonly Query[]> {
  const store = await openStore(url);
  const robot = (await store.directory()).robots()[0];
  if (!robot) throw new Error('there is no robot');
  const send = { ...sendOf(plan, robot, 1), userCodes: users.map(userCode), sentAt: Date.now() };
  const queries: Query[] = [];
  await store.driver.write(() => noteQueries(accept(send, messageId), queries));
  await store.driver.write(() => noteQueries(settle(corpId, messageId, send.sentAt + 20), queries));
  await store.close();
  return queries;
}

/** Statements that set the counters to values that no other numbers have. */
export const farCounters = [
  `insert into counters (corp_id, name, next) values (${corpId}, 'events', ${firstEvent})
   on conflict (corp_id, name) do update set next = ${firstEvent}`,
  `insert into streams (corp_id, user_id, last) select corp_id, id, ${firstEntry} from users on conflict do nothing`,
];

function* noteQueries<T>(body: Work<T>, queries: Query[]): Work<T> {
  let step = body.next();
  while (!step.done) {
    queries.push(step.value);
    step = body.next(yield step.value);
  }
  return step.value;
}

function namesOf(users: readonly number[]): ReadonlyMap<Value, string> {
  return new Map<Value, string>([
    [messageId, ':id'],
    ...users.map((user, i) => [user, `:u${i}`] as const),
    ...users.map((user, i) => [userCode(user), `:c${i}`] as const),
  ]);
}

function renderQuery({ statement, params }: Query, named: ReadonlyMap<Value, string>): string {
  const text = renderText(statement, params, days).replaceAll(/\s+/g, ' ');
  return text.replaceAll(/\$(\d+)/g, (_, n) => operand(params[Number(n) - 1] ?? null, named));
}

function operand(value: Value, named: ReadonlyMap<Value, string>): string {
  const name = named.get(value);
  if (name !== undefined) return name;
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  if (typeof value !== 'number' || value < firstEntry) return `${value}`;
  if (value >= firstEvent && value < messageId) return value % 2 === 0 ? ':e0' : ':e1';
  return value < firstEvent ? ':id' : `${value}`;
}
