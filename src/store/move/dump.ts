import { stepColumns } from '../console/statistics.ts';
import { raiseDirectoryVersion } from '../directory/directory.ts';
import { placeholders, queryRows, type Row, type Statement, sql, type Value, type Work } from '../engine/sql.ts';
import type { Dump } from '../model.ts';
import { raiseCounter, reservedNames } from '../numbers.ts';

/**
 * All tables of a snapshot with their columns, in the order in which they are restored. `processes`, `versions`,
 * `stream_connections` and `pushes` are not part of the state, because they describe the running processes.
 */
export const tables: Readonly<Record<string, string>> = {
  settings: 'corp_id, name, value',
  counters: 'corp_id, name, next',
  organizations: 'corp_id, code, name',
  users: 'corp_id, id, code, name, left_at, union_id, mobile, email, job_number, title, placed',
  departments: 'corp_id, id, parent_id, name, position',
  department_members: 'corp_id, department_id, user_id, leader, position',
  apps: 'corp_id, id, code, kind, secret_hash, generation, permissions, agent_id, uuid',
  app_scopes: 'corp_id, app_id, department_id',
  authorizations: 'corp_id, app_id, generation, revoked_at',
  suite_tickets: 'corp_id, app_id, id, ticket, created_at',
  robots:
    'corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day, unblockable, cool_app_code',
  installations: 'corp_id, robot_id',
  templates: 'corp_id, robot_id, kind, state',
  grants: 'corp_id, id, app_id, app_generation, authorization_generation, shared, expires_at',
  sign_in_codes: 'corp_id, hash, user_id, expires_at',
  sessions: 'corp_id, id, user_id, expires_at',
  mutes: 'corp_id, user_id, robot_id',
  blocks: 'corp_id, user_id, robot_id, was_mute',
  flow: 'corp_id, robot_id, user_id, minute, in_minute, day, in_day',
  idempotency: 'corp_id, app_id, code, answer, created_at',
  conversations:
    'corp_id, id, open_id, chat_id, is_group, title, owner_id, template_id, icon, options, change, created_at, disbanded_at, setup_name',
  members: 'corp_id, conversation_id, user_id, joined, is_admin, muted, left_in, left_at',
  conversation_robots: 'corp_id, conversation_id, robot_id',
  messages:
    'corp_id, id, robot_id, kind, sent_at, state, delivered_at, recalled_at, recipients, reads, owner, manners, filtered, sender, conversation_id, sent_in, delivered_to, person_id, quoted_id, operator_id',
  contents: 'corp_id, message_id, param',
  streams: 'corp_id, user_id, last',
  inbox: 'corp_id, user_id, seq, event, message_id, position, read_at',
  group_reads: 'corp_id, message_id, seq, user_id, read_at, manner',
  events: 'corp_id, seq, event, message_id, position, body',
  hourly: `corp_id, robot_id, hour, sends, deliveries, ${stepColumns.join(', ')}`,
  audit: 'corp_id, id, at, actor, action, target, was, became, operator_code, operator_name, role',
  operators: 'corp_id, id, code, name, email, generation, created_at, disabled_at, deleted_at',
  operator_grants: 'corp_id, operator_id, role, user_id',
  operator_links: 'corp_id, hash, operator_id, expires_at',
  console_sessions: 'corp_id, hash, id, opened_by, expires_at, operator_id, generation',
  media: 'corp_id, id, code, type, name, mime, size, state, owner, created_at, used_at',
  media_parts: 'corp_id, media_id, part, data',
  media_usage: 'corp_id, bytes',
  dings: 'corp_id, id, robot_id, channel, voice, sent_at, recalled_at, body',
  ding_deliveries: 'corp_id, ding_id, position, user_id, channel, state, read_at, manner',
  ding_quotas: 'corp_id, channel, quota, used',
  ding_rates: 'corp_id, robot_id, minute, sent',
  notices: 'corp_id, id, app_id, conversation_id, content, day, sent_at, total, held_after, per_day, invalid',
  notice_receivers: 'corp_id, notice_id, last_user, position, receivers',
  notice_misses: 'corp_id, notice_id, user_id, reason',
  notice_contents: 'corp_id, day, app_id, content, user_id',
  notice_counts: 'corp_id, app_id, user_id, day, sent',
  notice_rates: 'corp_id, app_id, minute, reached, day, to_all',
  notice_templates: 'corp_id, app_id, code, state, msg',
  robot_settings: 'corp_id, robot_id, name, icon, brief, description, status, plugins',
  custom_robots:
    'corp_id, id, code, name, conversation_id, token_hash, token, secret, keywords, addresses, disabled, action, outgoing, created_at, deleted_at',
  custom_robot_rates: 'corp_id, robot_id, started_at, sent, blocked_until',
  stream_tickets: 'corp_id, hash, app_id, era, subscriptions, client, expires_at',
  robot_chats: 'corp_id, id, robot_id, user_id, conversation_id, open_id, expires_at',
  dingtalk_ids: 'corp_id, robot_id, user_id, code',
  talk_rates: 'corp_id, kind, id, minute, sent',
  emotions: 'corp_id, message_id, robot_id, name, text, created_at',
  app_callbacks: 'corp_id, app_id, message_url, secret',
  subscriptions:
    'corp_id, id, code, form, url, description, types, secret, old_secret, old_secret_until, disabled, position, owner, revision, dropped, created_at',
  event_deliveries:
    'corp_id, subscription_id, seq, state, tries, due_at, tried_at, status, answer, duration, event_at, taken_at',
  cards:
    'corp_id, id, app_id, code, out_track_id, template_id, title, data, callback, route_key, user_id_type, streaming, guid, revision, created_at, updated_at',
  card_private: 'corp_id, card_id, user_id, data',
  card_deliveries: 'corp_id, card_id, message_id, robot_id, user_id, conversation_id',
  card_callbacks: 'corp_id, app_id, name, url, secret',
  card_templates: 'corp_id, app_id, code, state',
};

/** The columns of a table in snapshots; undefined for unknown tables. */
export const columnsOf = (table: string) => (Object.hasOwn(tables, table) ? tables[table]?.split(', ') : undefined);

type TableStatements = {
  readonly name: string;
  readonly all: Statement;
  readonly clear: Statement;
  readonly add: Statement;
};

const statements: readonly TableStatements[] = Object.entries(tables).map(([name, columns]) => ({
  name,
  all: sql(`dump_${name}`, `select ${columns} from ${name}`),
  clear: sql(`clear_${name}`, `delete from ${name}`),
  add: sql(`load_${name}`, `insert into ${name} (${columns}) values (${placeholders(1, columns.split(', ').length)})`),
}));

/** The names of the tables in snapshots. A test compares them with the schema. */
export const dumpedTables: readonly string[] = Object.keys(tables);

/** The column of bytes, by table. In a dump they are base64. */
const byteColumns: Readonly<Record<string, number>> = { media_parts: 3 };

function encodeRow(table: string, row: Row): Row {
  const at = byteColumns[table];
  return at === undefined ? row : row.with(at, Buffer.from(row[at] as Uint8Array).toString('base64'));
}

function decodeRow(table: string, row: readonly unknown[]): readonly Value[] {
  const at = byteColumns[table];
  return (at === undefined ? row : row.with(at, Buffer.from(String(row[at]), 'base64'))) as readonly Value[];
}

/** Reads every row of every table, for the emulator's snapshots. */
export function* dump(version: number): Work<Dump> {
  const rows: Record<string, readonly Row[]> = {};
  for (const { name, all } of statements) rows[name] = (yield* queryRows(all)).map((row) => encodeRow(name, row));
  return { version, tables: rows };
}

// The counters of numbers that processes reserve in blocks.
const clearOtherCounters = sql(
  'clear_other_counters',
  `delete from counters where corp_id <> 0 or name not in (${placeholders(1, reservedNames.length)})`,
);

/**
 * Replaces the contents of all tables by those of a dump.
 *
 * @param isShared other processes use the database: counters of numbers that they may have reserved never decrease
 */
export function* load(from: Dump, isShared: boolean): Work<void> {
  for (const { name, clear, add } of statements) {
    const isRaised = isShared && name === 'counters';
    yield* isRaised ? queryRows(clearOtherCounters, ...reservedNames) : queryRows(clear);
    for (const row of from.tables[name] ?? []) yield* queryRows(isRaised ? raiseCounter : add, ...decodeRow(name, row));
  }
  yield* raiseDirectoryVersion();
}

/** Empties all tables except the settings and, if other processes use the database, the counters of `load`. */
export function* clear(isShared: boolean): Work<void> {
  yield* raiseDirectoryVersion();
  for (const { name, clear: empty } of statements) {
    if (name === 'settings') continue;
    yield* isShared && name === 'counters' ? queryRows(clearOtherCounters, ...reservedNames) : queryRows(empty);
  }
}
