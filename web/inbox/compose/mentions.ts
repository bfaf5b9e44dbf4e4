import type { InboxMembersAnswer } from '../../../src/client/answers.ts';

/** A robot or member of a conversation that a message can name. */
export type Mentionable = { readonly kind: 'robot' | 'user'; readonly code: string; readonly name: string };

/** The robots come first, because messages reach them only if they are named. */
export function listMentionable({ robots, members }: Pick<InboxMembersAnswer, 'robots' | 'members'>): Mentionable[] {
  return [
    ...robots.map(({ robotCode, robotName }) => ({ kind: 'robot' as const, code: robotCode, name: robotName })),
    ...members.map(({ userId, name }) => ({ kind: 'user' as const, code: userId, name })),
  ];
}

/** Maximum number of suggestions that are shown. */
const mostShown = 8;

/** What is being typed after an `@`, and where it begins. */
export type Typed = { readonly at: number; readonly text: string };

/** Returns what is being typed after the last `@` before the cursor; undefined if a mention cannot be meant. */
export function findTyped(text: string, cursor: number): Typed | undefined {
  const at = text.lastIndexOf('@', cursor - 1);
  if (at === -1) return undefined;
  const typed = text.slice(at + 1, cursor);
  // An address of mail has a letter or digit before the `@`.
  if (/[\w.]/.test(text[at - 1] ?? '') || /\n/.test(typed) || typed.length > 40) return undefined;
  return { at, text: typed };
}

/** Returns the robots and members whose names contain what is typed; those that begin with it come first. */
export function suggest(all: readonly Mentionable[], typed: string): readonly Mentionable[] {
  const wanted = typed.toLowerCase();
  const found = all.filter(({ name }) => name.toLowerCase().includes(wanted));
  const isFirst = ({ name }: Mentionable) => name.toLowerCase().startsWith(wanted);
  return [...found.filter(isFirst), ...found.filter((one) => !isFirst(one))].slice(0, mostShown);
}

/** Returns the text with a name instead of what is typed, and where the cursor is then. */
export function complete(text: string, { at, text: typed }: Typed, name: string) {
  const start = `${text.slice(0, at)}@${name} `;
  return { text: start + text.slice(at + 1 + typed.length).replace(/^ /, ''), cursor: start.length };
}

/** Returns the codes of the robots and members whom a text names. */
export function findNamed(all: readonly Mentionable[], text: string) {
  const longestFirst = all.toSorted((a, b) => b.name.length - a.name.length);
  const named: Mentionable[] = [];
  let rest = text;
  for (const one of longestFirst) {
    if (!rest.includes(`@${one.name}`)) continue;
    named.push(one);
    rest = rest.replaceAll(`@${one.name}`, '\n');
  }
  const codesOf = (kind: Mentionable['kind']) => named.filter((one) => one.kind === kind).map(({ code }) => code);
  return { atRobotCodes: codesOf('robot').slice(0, 20), atUserIds: codesOf('user').slice(0, 50) };
}
