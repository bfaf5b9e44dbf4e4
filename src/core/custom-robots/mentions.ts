import { normalizeMobile } from '../../wire/mobile.ts';
import type { Mentions, WebhookMessage } from '../../wire/vendor/webhook-messages.ts';
import type { Context } from '../context.ts';

/** Whom a message names, as it is stored: members of the group, and whether it names everybody. */
export type StoredMentions = {
  readonly users: readonly { readonly userId: string; readonly name: string }[];
  readonly isAtAll: boolean;
};

/** `mobiles`: as it is stored, and as the message writes it. */
type Named = { readonly userId: string; readonly name: string; readonly mobiles: readonly string[] };

/** The text that names everybody in a group. */
const everybody = '@所有人';

/**
 * Returns the text to store of a message that names people: only members of the group count. `@mobile` and `@userId` in
 * its text become `@name`, so that nobody sees the mobile of another. A plain text gets the names that it lacks at its
 * end, as people know it; a Markdown text shows only those that it contains.
 */
export async function renderParam(
  context: Context,
  group: { readonly corpId: number; readonly conversationId: number },
  { type, param, mentions }: WebhookMessage,
): Promise<string> {
  const named = await findNamed(context, group, mentions);
  if (named.length === 0 && !mentions.isAtAll) return JSON.stringify(param);
  const users = named.map(({ userId, name }) => ({ userId, name }));
  const at: StoredMentions = { users, isAtAll: mentions.isAtAll };
  if (type === 'text') {
    const content = appendNames(replaceNames(String(param.content), named), named, mentions.isAtAll);
    return JSON.stringify({ ...param, content, at });
  }
  return JSON.stringify({ ...param, text: replaceNames(String(param.text), named), at });
}

async function findNamed(
  { store }: Context,
  { corpId, conversationId }: { readonly corpId: number; readonly conversationId: number },
  { mobiles, userIds }: Mentions,
): Promise<readonly Named[]> {
  if (mobiles.length + userIds.length === 0) return [];
  const written = Map.groupBy(mobiles, normalizeMobile);
  const byMobile = await store.contacts.mobiles(corpId, [...written.keys()]);
  const found = await store.contacts.byCodes(corpId, [...new Set([...byMobile.values(), ...userIds])]);
  const members = await store.conversations.membersAmong(
    corpId,
    conversationId,
    found.map(({ id }) => id),
  );
  return found
    .filter(({ id }) => members.has(id))
    .map(({ code, name, mobile }) => {
      return { userId: code, name, mobiles: mobile === null ? [] : [mobile, ...(written.get(mobile) ?? [])] };
    });
}

function replaceNames(text: string, named: readonly Named[]): string {
  let replaced = text;
  for (const { userId, name, mobiles } of named) {
    for (const code of [...mobiles, userId]) replaced = replaceCode(replaced, `@${code}`, `@${name}`);
  }
  return replaced;
}

/** Replaces a code that is not the start of a longer one. */
function replaceCode(text: string, code: string, name: string): string {
  const parts = text.split(code);
  return parts.reduce((left, right) => left + (/^[\w-]/.test(right) ? code : name) + right);
}

function appendNames(text: string, named: readonly Named[], isAtAll: boolean): string {
  const names = [...named.map(({ name }) => `@${name}`), ...(isAtAll ? [everybody] : [])];
  return [text, ...names.filter((name) => !text.includes(name))].join(' ');
}
