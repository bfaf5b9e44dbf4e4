import type { Context } from '../context.ts';
import { robotNameIn } from '../robot-settings.ts';
import type { RichTextPart, Spoken } from './content.ts';
import type { Named } from './places.ts';

/** Returns the names of the robots and users of a message, as they stand in its text. */
export function listNames(context: Context, corpId: number, { robots, users }: Named): readonly string[] {
  return [...robots.map((robot) => robotNameIn(context, corpId, robot)), ...users.map(({ name }) => name)];
}

/** Puts the names that a text lacks in front of it, as people see them. Other contents stay as they are. */
export function addNames(spoken: Spoken, names: readonly string[]): Spoken {
  if (spoken.type === 'text') return { ...spoken, content: withNames(spoken.content, names) };
  if (spoken.type !== 'richText') return spoken;
  const text = spoken.richText.map((part) => ('text' in part ? part.text : '')).join('\n');
  const missing = names.filter((name) => !text.includes(`@${name}`));
  const added: readonly RichTextPart[] = missing.map((name) => ({ text: `@${name} ` }));
  return { ...spoken, richText: [...added, ...spoken.richText] };
}

function withNames(text: string, names: readonly string[]): string {
  const missing = names.filter((name) => !text.includes(`@${name}`));
  return [...missing.map((name) => `@${name}`), text].join(' ');
}

/** Removes names from a text as robots get it. The blank after a name stays. */
export function removeNames(text: string, names: readonly string[]): string {
  const longestFirst = names.toSorted((a, b) => b.length - a.length);
  return longestFirst.reduce((left, name) => left.replaceAll(`@${name}`, ''), text);
}
