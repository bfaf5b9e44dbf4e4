import { stepColumns } from '../console/statistics.ts';
import { raiseDirectoryVersion } from '../directory.ts';
import { placeholders, queryRows, type Row, type Statement, sql, type Value, type Work } from '../engine/sql.ts';
import type { Dump } from '../model.ts';

/**
 * All tables of a snapshot with their columns, in the order in which they are restored. `processes` and `versions` are
 * not part of the state, because they describe the processes that cache it.
 */
export const tables: Readonly<Record<string, string>> = {
  settings: 'corp_id, name, value',
  counters: 'corp_id, name, next',
  organizations: 'corp_id, code, name',
  users: 'corp_id, id, code, name, left_at',
  apps: 'corp_id, id, code, kind, secret_hash, generation, permissions',
  authorizations: 'corp_id, app_id, generation, revoked_at',
  suite_tickets: 'corp_id, app_id, id, ticket, created_at',
  robots: 'corp_id, id, code, name, app_id, disabled, per_user_per_minute, per_user_per_day, unblockable',
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
  members: 'corp_id, conversation_id, user_id, joined, is_admin, left_in, left_at',
  conversation_robots: 'corp_id, conversation_id, robot_id',
  messages:
    'corp_id, id, robot_id, kind, sent_at, state, delivered_at, recalled_at, recipients, reads, owner, manners, filtered, sender, conversation_id, sent_in, delivered_to',
  contents: 'corp_id, message_id, param',
  streams: 'corp_id, user_id, last',
  inbox: 'corp_id, user_id, seq, event, message_id, position, read_at',
  group_reads: 'corp_id, message_id, seq, user_id, read_at, manner',
  events: 'corp_id, seq, event, message_id, position',
  hourly: `corp_id, robot_id, hour, sends, deliveries, ${stepColumns.join(', ')}`,
  audit: 'corp_id, id, at, actor, action, target, was, became',
  console_sessions: 'corp_id, hash, id, opened_by, expires_at',
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

/** Reads every row of every table, for the emulator's snapshots. */
export function* dump(version: number): Work<Dump> {
  const rows: Record<string, readonly Row[]> = {};
  for (const { name, all } of statements) rows[name] = yield* queryRows(all);
  return { version, tables: rows };
}

/** Replaces the contents of all tables by those of a dump. */
export function* load(from: Dump): Work<void> {
  for (const { name, clear, add } of statements) {
    yield* queryRows(clear);
    for (const row of from.tables[name] ?? []) yield* queryRows(add, ...(row as readonly Value[]));
  }
  yield* raiseDirectoryVersion();
}

/** Empties all tables except the settings. */
export function* clear(): Work<void> {
  yield* raiseDirectoryVersion();
  for (const { name, clear: empty } of statements) if (name !== 'settings') yield* queryRows(empty);
}
