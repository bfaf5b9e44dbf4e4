import { changeTypes } from '../directory/organization-changes.ts';
import { firstChangeKind } from '../events.ts';
import type { Dump } from '../model.ts';
import { columnsOf } from './dump.ts';

type Fields = Readonly<Record<string, unknown>>;

const columns = columnsOf('events') ?? [];
const [kindAt = 0, messageAt = 0, bodyAt = 0] = ['event', 'message_id', 'body'].map((name) => columns.indexOf(name));

/**
 * Checks the events of a dump: those of messages have a message and no text, changes have no message, and their texts are
 * those of their kinds.
 *
 * @returns a description of the first problem, or undefined
 */
export function findEventProblem(tables: Dump['tables']): string | undefined {
  for (const [i, row] of (tables.events ?? []).entries()) {
    const wrong = findEventRowProblem(row);
    if (wrong !== undefined) return `events[${i}]: ${wrong}`;
  }
  return undefined;
}

/** Checks one event. Returns a description of the problem, or undefined. */
export function findEventRowProblem(row: readonly unknown[]): string | undefined {
  const [kind, messageId, body] = [Number(row[kindAt]), row[messageAt], row[bodyAt]];
  if (kind < firstChangeKind === (messageId === 0)) return 'message_id does not fit the event';
  return isBodyOf(kind, body) ? undefined : 'body does not fit the event';
}

function isBodyOf(kind: number, body: unknown): boolean {
  if (body === null) return true;
  const type = changeTypes[kind - firstChangeKind];
  if (type === undefined) return false;
  const fields = JSON.parse(String(body)) as Fields;
  if (type.startsWith('user_')) return areTexts(fields.userId, fields.name);
  if (type.startsWith('org_'))
    return areTexts(fields.name) && isNumber(fields.deptId) && (fields.parentId === null || isNumber(fields.parentId));
  const { openConversationId, chatId, title, members = [], operator, owner } = fields;
  const people: readonly unknown[] = [operator, owner].filter((one) => one !== undefined);
  return (
    areTexts(openConversationId, chatId, title) && Array.isArray(members) && [...members, ...people].every(isMember)
  );
}

const areTexts = (...values: readonly unknown[]) => values.every((value) => typeof value === 'string');
const isNumber = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

function isMember(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { userId, unionId } = value as Fields;
  return areTexts(userId, unionId);
}
