import { lastEventKind } from '../events.ts';
import type { Dump } from '../model.ts';
import { appOfSender } from '../notices/senders.ts';
import { findDepartmentProblem } from './check-departments.ts';
import { findEventProblem } from './check-events.ts';
import { checkJson, isJsonColumn } from './check-json.ts';
import { findMediaProblem } from './check-media.ts';
import { findNumberProblem } from './check-numbers.ts';
import { columnsOf } from './dump.ts';

/** Columns of text. All other columns contain non-negative integers. */
const textColumns = new Set([
  'name',
  'value',
  'code',
  'union_id',
  'mobile',
  'email',
  'job_number',
  'title',
  'kind',
  'secret_hash',
  'permissions',
  'ticket',
  'state',
  'hash',
  'answer',
  'recipients',
  'reads',
  'manners',
  'filtered',
  'param',
  'actor',
  'action',
  'target',
  'was',
  'became',
  'opened_by',
  'operator_code',
  'operator_name',
  'role',
  'type',
  'mime',
  'data',
  'voice',
  'body',
  'icon',
  'brief',
  'description',
  'status',
  'plugins',
  'cool_app_code',
  'open_id',
  'chat_id',
  'title',
  'template_id',
  'options',
  'manner',
  'setup_name',
  'token_hash',
  'token',
  'secret',
  'keywords',
  'addresses',
  'outgoing',
  'receivers',
  'msg',
  'invalid',
  'uuid',
  'subscriptions',
  'client',
  'text',
  'message_url',
  'url',
  'types',
  'old_secret',
  'out_track_id',
  'route_key',
  'guid',
]);

/** The tables in which `kind` and `state` are numbers; in other tables they are text. */
const numbersIn: Readonly<Record<string, readonly string[]>> = {
  templates: ['kind'],
  talk_rates: ['kind'],
  messages: ['kind', 'state'],
  media: ['state'],
  ding_deliveries: ['state', 'manner'],
  event_deliveries: ['state', 'status'],
};

/** The tables whose `kind` is that of a message. */
const tablesOfKinds: readonly string[] = ['messages', 'templates'];

const nullable = new Set([
  'route_key',
  'guid',
  'mobile',
  'email',
  'job_number',
  'title',
  'placed',
  'left_at',
  'revoked_at',
  'delivered_at',
  'recalled_at',
  'read_at',
  'was',
  'became',
  'manners',
  'filtered',
  'voice',
  'manner',
  'quota',
  'icon',
  'brief',
  'description',
  'status',
  'plugins',
  'cool_app_code',
  'chat_id',
  'owner_id',
  'template_id',
  'disbanded_at',
  'disabled_at',
  'left_in',
  'conversation_id',
  'sent_in',
  'delivered_to',
  'manner',
  'setup_name',
  'token_hash',
  'token',
  'secret',
  'outgoing',
  'deleted_at',
  'held_after',
  'person_id',
  'quoted_id',
  'message_url',
  'types',
  'old_secret',
  'old_secret_until',
  'due_at',
  'tried_at',
  'duration',
  'event_at',
  'taken_at',
]);

/** Columns that may be null in one table only. */
const nullableIn: Readonly<Record<string, readonly string[]>> = {
  robot_settings: ['name'],
  custom_robots: ['action'],
  apps: ['uuid'],
  robot_chats: ['open_id'],
  event_deliveries: ['answer'],
  events: ['body'],
  messages: ['operator_id'],
  operator_grants: ['user_id'],
  console_sessions: ['operator_id', 'generation'],
  audit: ['operator_code', 'operator_name', 'role'],
};

/** The values that a column of one table, or of all, may have, if not every number or text is valid. */
const allowed: Readonly<Record<string, (value: number | string) => boolean>> = {
  'apps.kind': oneOf('internal', 'thirdParty'),
  'templates.state': oneOf('active', 'stopped', 'removed'),
  'messages.state': oneOf(0, 1, 2),
  'messages.recipients': (value) => /^([1-9]\d{0,15}(,[1-9]\d{0,15})*)?$/.test(String(value)),
  'messages.reads': (value) => /^( {8}| *[\da-z]{1,8})*$/.test(String(value)) && String(value).length % 8 === 0,
  'inbox.event': oneOf(0, 1, 2, 3, 4, 5, 6, 7),
  'events.event': (value) => Number(value) <= lastEventKind,
  'users.placed': oneOf(1),
  'department_members.leader': oneOf(0, 1),
  'robots.disabled': oneOf(0, 1),
  'robots.unblockable': oneOf(0, 1),
  'blocks.was_mute': oneOf(0, 1),
  'messages.manners': (value) => /^[ sm]*$/.test(String(value)),
  'messages.filtered': (value) => /^([1-9]\d{0,15}(,[1-9]\d{0,15})*)?$/.test(String(value)),
  'grants.shared': oneOf(0, 1),
  'media.type': oneOf('image', 'voice', 'video', 'file'),
  'media.state': oneOf(0, 1, 2),
  'media.code': (value) => /^@[\w-]{20,64}$/.test(String(value)),
  'media.mime': (value) => /^([a-z]+\/[\w.+-]+)?$/.test(String(value)),
  'dings.channel': oneOf(1, 2, 3),
  'dings.sent_at': (value) => Number(value) < latestInKey,
  'ding_deliveries.channel': oneOf(1, 2, 3),
  'ding_deliveries.state': oneOf(0, 1, 2),
  'ding_deliveries.manner': oneOf(0, 1),
  'ding_quotas.channel': oneOf(2, 3),
  'conversations.is_group': oneOf(0, 1, 2),
  'members.is_admin': oneOf(0, 1),
  'members.muted': oneOf(0, 1),
  'messages.sender': oneOf(0, 1, 2, 3, 4),
  'messages.sent_at': (value) => Number(value) < latestInKey,
  message_id: (value) => Number(value) < latestInKey,
  'group_reads.manner': oneOf('s', 'm'),
  'custom_robots.disabled': oneOf(0, 1),
  'custom_robots.token_hash': (value) => /^[\da-f]{64}$/.test(String(value)),
  'notice_receivers.receivers': (value) => /^[1-9]\d{0,15}(,[1-9]\d{0,15})*$/.test(String(value)),
  'talk_rates.kind': oneOf(0, 1, 2),
  'notice_misses.reason': oneOf(0, 1, 2, 3),
  'notice_templates.state': oneOf('active', 'stopped'),
  'subscriptions.form': oneOf(0, 1, 2),
  'subscriptions.disabled': oneOf(0, 1, 2),
  'event_deliveries.state': oneOf(0, 1, 2),
  'cards.callback': oneOf(0, 1, 2),
  'cards.user_id_type': oneOf(1, 2),
  'cards.streaming': oneOf(0, 1, 2, 3),
  'operator_grants.role': oneOf('owner', 'operator', 'sender', 'auditor'),
  'card_templates.state': oneOf('active', 'unpublished', 'removed'),
};

/** Keys of messages and DINGs have six bytes for the time of the send, and for the number. */
const latestInKey = 2 ** 48;

function oneOf(...values: readonly (number | string)[]) {
  return (value: number | string) => values.includes(value);
}

/** The table that a column refers to. `corp_id` refers to an organization or is 0, except in `loose` tables. */
export const references: Readonly<Record<string, string>> = {
  user_id: 'users',
  owner_id: 'users',
  person_id: 'users',
  conversation_id: 'conversations',
  robot_id: 'robots',
  app_id: 'apps',
  notice_id: 'notices',
  card_id: 'cards',
  operator_id: 'operators',
};

/** Tables whose numbers come from the counter of another table: a column that refers to that one may refer to them. */
export const sameNumbers: Readonly<Record<string, string>> = { robots: 'custom_robots' };

/** Columns in which 0 refers to nothing: messages of custom robots belong to no app. */
export const optional: Readonly<Record<string, readonly string[]>> = {
  idempotency: ['app_id'],
  // A message of a person to a conversation has no robot.
  messages: ['robot_id'],
  // A change of a group, a user or a department has no message.
  events: ['message_id'],
  robot_chats: ['user_id', 'conversation_id'],
  dingtalk_ids: ['robot_id', 'user_id'],
  card_deliveries: ['user_id', 'conversation_id'],
};

/** Tables without referential integrity: their rows may outlive what they refer to, or use 0 for "all". */
export const loose = ['hourly', 'audit', 'settings', 'counters', 'console_sessions'];

type Row = readonly unknown[];

/**
 * Checks a dump: its table names, and for each row the number of columns, their types and values, the shape of JSON,
 * the references, and the counters.
 *
 * @param kinds the numbers of the known message kinds
 * @returns a description of the first problem, or undefined
 */
export function findDumpProblem({ tables }: Dump, kinds: ReadonlySet<number>): string | undefined {
  const unknown = Object.keys(tables).find((name) => columnsOf(name) === undefined);
  if (unknown !== undefined) return `there is no table ${unknown}`;
  for (const [name, rows] of Object.entries(tables)) {
    for (const [i, row] of rows.entries()) {
      const wrong = findRowProblem(name, columnsOf(name) ?? [], row, kinds);
      if (wrong !== undefined) return `${name}[${i}]: ${wrong}`;
    }
  }
  return (
    findReferenceProblem(tables) ??
    findDepartmentProblem(tables) ??
    findEventProblem(tables) ??
    findNumberProblem({ tables }) ??
    findMediaProblem({ tables })
  );
}

/** Checks the number, types and values of a row's columns. Returns a description of the first problem, or undefined. */
export function findRowProblem(
  table: string,
  columns: readonly string[],
  row: Row,
  kinds: ReadonlySet<number>,
): string | undefined {
  if (row.length !== columns.length) return `has ${row.length} columns, not ${columns.length}`;
  for (const [i, column] of columns.entries()) {
    const value = row[i];
    if (!isOfType(table, column, value)) return `${column} is of another type`;
    if (value === null) continue;
    if (column === 'kind' && tablesOfKinds.includes(table) && !kinds.has(Number(value))) return 'there is no such kind';
    const isAllowed = allowed[`${table}.${column}`] ?? allowed[column];
    if (!(isAllowed?.(value as number | string) ?? true)) return `${column} is not a value of this column`;
    if (isJsonColumn(table, column) && !checkJson(table, column, String(value)))
      return `${column} is not JSON of this column`;
  }
  return undefined;
}

function isOfType(table: string, column: string, value: unknown): boolean {
  if (value === null) return nullable.has(column) || nullableIn[table]?.includes(column) === true;
  const isText = textColumns.has(column) && !numbersIn[table]?.includes(column);
  if (isText) return typeof value === 'string' && !value.includes('\0') && value.isWellFormed();
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && (!isTime(column) || value <= latest);
}

const isTime = (column: string) => column === 'at' || column.endsWith('_at');
/** The largest time that a Date can represent, in epoch milliseconds. */
const latest = 8_640_000_000_000_000;

/** Tables whose rows are referred to only from within their organization. */
export const inOrganization = ['users', 'conversations', 'notices', 'cards'];

const idsByOrganization = (tables: Dump['tables'], name: string): ReadonlySet<string> =>
  new Set((tables[name] ?? []).map(([corpId, id]) => `${corpId} ${id}`));

function listIds(tables: Dump['tables'], name: string): readonly unknown[] {
  const other = sameNumbers[name];
  return [...(tables[name] ?? []), ...((other !== undefined && tables[other]) || [])].map(([, id]) => id);
}

/** Whether a column has a number under which an app sends, instead of that of a robot. */
function isAppSender(
  table: string,
  column: string,
  value: unknown,
  ids: Readonly<Record<string, ReadonlySet<unknown>>>,
): boolean {
  const appId = table === 'messages' && column === 'robot_id' ? appOfSender(Number(value)) : undefined;
  return appId !== undefined && ids.apps?.has(appId) === true;
}

function findReferenceProblem(tables: Dump['tables']): string | undefined {
  const corps = new Set((tables.organizations ?? []).map(([corpId]) => corpId));
  const ids = Object.fromEntries(Object.values(references).map((name) => [name, new Set(listIds(tables, name))]));
  const own = new Map(inOrganization.map((name) => [name, idsByOrganization(tables, name)]));
  const users = own.get('users') ?? new Set();
  for (const [name, rows] of Object.entries(tables)) {
    if (loose.includes(name)) continue;
    const columns = columnsOf(name) ?? [];
    for (const [i, row] of rows.entries()) {
      if (row[0] !== 0 && !corps.has(row[0])) return `${name}[${i}]: corp_id refers to no organization`;
      const lost = columns.find((column, at) => {
        const target = references[column];
        if (target === undefined || row[at] === null || isAppSender(name, column, row[at], ids)) return false;
        if (row[at] === 0 && optional[name]?.includes(column)) return false;
        return !(own.get(target)?.has(`${row[0]} ${row[at]}`) ?? ids[target]?.has(row[at]));
      });
      if (lost !== undefined) return `${name}[${i}]: ${lost} refers to nothing`;
      const strangers =
        name === 'messages' ? String(row[columns.indexOf('recipients')]).split(',').filter(Boolean) : [];
      if (strangers.some((id) => !users.has(`${row[0]} ${id}`))) return `${name}[${i}]: recipients refers to nothing`;
    }
  }
  return undefined;
}
