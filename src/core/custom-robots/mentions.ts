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

/**
 * Replaces each `@mobile` and `@userId`, unless it is the start of a longer one. Codes inside of a name stay: replacing
 * them, too, could make a text of any length.
 */
function replaceNames(text: string, named: readonly Named[]): string {
  const codes = named
    .flatMap(({ userId, name, mobiles }) => [...mobiles, userId].map((code) => ({ code, name })))
    .toSorted((a, b) => b.code.length - a.code.length);
  let replaced = '';
  let from = 0;
  for (let sign = text.indexOf('@'); sign >= 0; sign = text.indexOf('@', from)) {
    const start = sign + 1;
    const found = codes.find(({ code }) => text.startsWith(code, start) && !isLonger(text, start + code.length));
    replaced += text.slice(from, start) + (found?.name ?? '');
    from = start + (found?.code.length ?? 0);
  }
  return replaced + text.slice(from);
}

/** Whether a code goes on at a position of a text. */
const isLonger = (text: string, end: number) => /[\w-]/.test(text[end] ?? '');

function appendNames(text: string, named: readonly Named[], isAtAll: boolean): string {
  const names = [...named.map(({ name }) => `@${name}`), ...(isAtAll ? [everybody] : [])];
  return [text, ...names.filter((name) => !text.includes(name))].join(' ');
}
