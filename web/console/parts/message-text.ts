import type { ConsoleMessage } from '../../../src/client/answers.ts';
import type { Texts } from '../texts/index.ts';

/**
 * One line of text that stands for a message in a list: the first filled field of its msgParam, or an empty string. In
 * some kinds the field is in an object or in the first item of a list.
 */
export function summaryOf(msgParam: string | null): string {
  if (msgParam === null) return '';
  try {
    const { title, content, text, markdown, fileName, photoURL, ...rest } = toFields(JSON.parse(msgParam));
    const inner = [toFields(rest.body).title, toFields(rest.head).text, toFields(toFirst(rest.links)).title];
    const found = [title, content, text, markdown, fileName, photoURL, ...inner].find(isFilled);
    return found === undefined ? '' : found.replace(/\s+/g, ' ').trim().slice(0, 200);
  } catch {
    return '';
  }
}

/** The card that a message shows; undefined for other messages, and after a recall. */
export function cardIdOf({ msgKey, msgParam }: Pick<ConsoleMessage, 'msgKey' | 'msgParam'>): string | undefined {
  if (msgKey !== 'interactiveCard' || msgParam === null) return undefined;
  const { cardId } = toFields(JSON.parse(msgParam));
  return typeof cardId === 'string' ? cardId : undefined;
}

const isFilled = (part: unknown): part is string => typeof part === 'string' && part.trim() !== '';

const toFirst = (list: unknown): unknown => (Array.isArray(list) ? list[0] : undefined);

function toFields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Characters of a text that the heading of a page shows; the whole text is shown below it. */
const headingLength = 60;

/** Shortens a text to a heading. */
export function headingOf(text: string): string {
  const letters = [...text];
  return letters.length > headingLength ? `${letters.slice(0, headingLength).join('')}…` : text;
}

/** The name of a message kind, or its msgKey if the kind is unknown. */
export function kindOf(msgKey: string, { kinds }: Texts): string {
  return (Object.hasOwn(kinds, msgKey) ? kinds[msgKey] : undefined) ?? msgKey;
}

/** The title of the conversation that a message was sent to; one of two people has none. */
export function titleOf({ title, kind }: NonNullable<ConsoleMessage['conversation']>, { chats }: Texts): string {
  return title || chats.audiences[kind];
}

/**
 * JSON nested deeper than this is not indented, because the size of indented text grows with the square of the depth.
 */
const maxDepth = 40;

/** Longer texts are truncated to this many UTF-16 units. */
const maxLength = 100_000;

/** Indents JSON, and truncates it if it is too long. Text that is not JSON is not indented. */
export function indentJson(json: string): string {
  const text = depthOf(json) > maxDepth ? json : reformat(json);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

function reformat(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function depthOf(json: string): number {
  let [depth, most] = [0, 0];
  for (const [piece] of json.matchAll(/"(?:\\.|[^"\\])*"|[[\]{}]/gs)) {
    if (piece === '[' || piece === '{') depth += 1;
    else if (piece === ']' || piece === '}') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}
