import type { MatchField } from '../../wire/own/inbox.ts';
import { noticeTexts } from './notice-texts.ts';

/** A text of a message that recipients see, on one line. */
export type VisibleText = { readonly field: MatchField; readonly text: string };

/** By msgKey: the field of the button titles and the number of buttons of a card; 0 for a field without a number. */
const cards: Readonly<Record<string, readonly [title: string, count: number]>> = {
  sampleActionCard: ['singleTitle', 0],
  sampleActionCard2: ['actionTitle', 2],
  sampleActionCard3: ['actionTitle', 3],
  sampleActionCard4: ['actionTitle', 4],
  sampleActionCard5: ['actionTitle', 5],
  sampleActionCard6: ['buttonTitle', 2],
  officialActionCardMsg: ['singleTitle', 0],
  officialActionCardMsg1: ['buttonTitle', 2],
  officialActionCardMsg2: ['buttonTitle', 2],
};

/** Returns the texts of a message that recipients see: no link targets, ids or JSON syntax. */
export function visibleTexts(msgKey: string, msgParam: string | null): readonly VisibleText[] {
  const of = valuesOf(msgParam);
  const own = () => [...textsOf(sameFields[msgKey] ?? msgKey, of), ...textsOfLists(msgKey, msgParam, of)];
  const texts = noticeTexts(msgKey, msgParam) ?? own();
  return texts.flatMap(([field, text]) => {
    const line = oneLine(text);
    return line === '' ? [] : [{ field, text: line }];
  });
}

/** The msgKeys of the kinds of custom robots whose fields are those of a sample kind. */
const sameFields: Readonly<Record<string, string>> = {
  webhookText: 'sampleText',
  webhookLink: 'sampleLink',
  webhookMarkdown: 'sampleMarkdown',
  personText: 'sampleText',
  personFile: 'sampleFile',
};

function textsOf(msgKey: string, of: (name: string) => string): readonly (readonly [MatchField, string])[] {
  if (msgKey === 'sampleText' || msgKey === 'officialTextMsg') return [['text', of('content')]];
  if (msgKey === 'sampleFile') return [['fileName', of('fileName')]];
  if (msgKey === 'sampleLink') {
    return [
      ['title', of('title')],
      ['text', of('text')],
    ];
  }
  if (msgKey === 'interactiveCard') return [['title', of('title')]];
  const card = cards[msgKey];
  if (!card && msgKey !== 'sampleMarkdown' && msgKey !== 'officialMarkdownMsg') return [];
  const buttons = card ? buttonsOf(card, of) : [];
  return [['title', of('title')], ['text', plainText(of('text'))], ...buttons];
}

/** The texts of the kinds of custom robots that have lists: buttons of a card, or titles of links. */
function textsOfLists(
  msgKey: string,
  msgParam: string | null,
  of: (name: string) => string,
): readonly (readonly [MatchField, string])[] {
  if (msgKey === 'webhookActionCard') {
    const buttons = titlesOf(msgParam, 'btns').map((title) => ['button', title] as const);
    return [['title', of('title')], ['text', plainText(of('text'))], ...buttons];
  }
  if (msgKey === 'personRichText') return partsOf(msgParam).map((text) => ['text', text] as const);
  if (msgKey === 'webhookFeedCard') return titlesOf(msgParam, 'links').map((title) => ['title', title] as const);
  return [];
}

/** The texts between the pictures of a message of a person. */
function partsOf(msgParam: string | null): readonly string[] {
  const { richText } = (msgParam === null ? {} : JSON.parse(msgParam)) as { readonly richText?: unknown };
  return Array.isArray(richText) ? richText.map((part: unknown) => valuesOf(JSON.stringify(part ?? {}))('text')) : [];
}

function titlesOf(msgParam: string | null, list: 'btns' | 'links'): readonly string[] {
  const values = (msgParam === null ? {} : JSON.parse(msgParam)) as { readonly [list: string]: unknown };
  const items: unknown = values[list];
  if (!Array.isArray(items)) return [];
  return items.map((item: unknown) => valuesOf(JSON.stringify(item ?? {}))('title'));
}

function buttonsOf([title, count]: readonly [string, number], of: (name: string) => string) {
  if (count === 0) return [['button', of(title)] as const];
  return Array.from({ length: count }, (_, index) => ['button', of(`${title}${index + 1}`)] as const);
}

/** Returns a function that reads fields of a msgParam; a field that is absent or not a text is ''. */
function valuesOf(msgParam: string | null): (name: string) => string {
  const values: unknown = msgParam === null ? {} : JSON.parse(msgParam);
  return (name) => {
    const value: unknown = Object.getOwnPropertyDescriptor(Object(values), name)?.value;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
}

/** Normalizes a text to one line in NFC. */
export function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** Removes syntax and link targets from a Markdown text. Every pattern takes time linear in the length of the text. */
function plainText(markdown: string): string {
  return markdown
    .replace(/^ {0,3}\[[^[\]\n]+\]:[^\n]*$/gm, ' ')
    .replace(/!?\[((?:[^[\]]|!?\[[^[\]]*\]\([^()]*\))*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/!?\[([^[\]]*)\]\((?:[^()]|\([^()]*\))*\)/g, '$1')
    .replace(/<((?:https?|mailto):[^<>\s]*)>/gi, '$1')
    .replace(/<\/?[a-z][^<>]*>/gi, ' ')
    .replace(/^[ \t]*(?:[#>\-*+]+[ \t]+)+/gm, ' ')
    .replace(/\\([!-/:-@[-`{-~])|[*`~]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, '$1')
    .replace(/&(amp|lt|gt|quot|apos|nbsp|#39);/g, (_, name: string) => entities[name] ?? "'");
}
