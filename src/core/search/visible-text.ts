import type { MatchField } from '../../wire/own/inbox.ts';

/** A text that readers of a message see, on one line. */
export type VisibleText = { readonly field: MatchField; readonly text: string };

/** How many buttons a card of each kind has, and the field of their titles. */
const cards: Readonly<Record<string, readonly [title: string, count: number]>> = {
  sampleActionCard: ['singleTitle', 0],
  sampleActionCard2: ['actionTitle', 2],
  sampleActionCard3: ['actionTitle', 3],
  sampleActionCard4: ['actionTitle', 4],
  sampleActionCard5: ['actionTitle', 5],
  sampleActionCard6: ['buttonTitle', 2],
};

/** The texts of a message that its recipients see: no addresses behind links, no ids, nothing of JSON. */
export function visibleTexts(msgKey: string, msgParam: string | null): readonly VisibleText[] {
  const of = valuesOf(msgParam);
  const texts: readonly (readonly [MatchField, string])[] = textsOf(msgKey, of);
  return texts.flatMap(([field, text]) => {
    const line = oneLine(text);
    return line === '' ? [] : [{ field, text: line }];
  });
}

function textsOf(msgKey: string, of: (name: string) => string): readonly (readonly [MatchField, string])[] {
  if (msgKey === 'sampleText') return [['text', of('content')]];
  if (msgKey === 'sampleFile') return [['fileName', of('fileName')]];
  if (msgKey === 'sampleLink') {
    return [
      ['title', of('title')],
      ['text', of('text')],
    ];
  }
  const card = cards[msgKey];
  if (!card && msgKey !== 'sampleMarkdown') return [];
  const buttons = card ? buttonsOf(card, of) : [];
  return [['title', of('title')], ['text', plainText(of('text'))], ...buttons];
}

function buttonsOf([title, count]: readonly [string, number], of: (name: string) => string) {
  if (count === 0) return [['button', of(title)] as const];
  return Array.from({ length: count }, (_, index) => ['button', of(`${title}${index + 1}`)] as const);
}

/** Reads fields of a msgParam; what is absent or no text is ''. */
function valuesOf(msgParam: string | null): (name: string) => string {
  const values: unknown = msgParam === null ? {} : JSON.parse(msgParam);
  return (name) => {
    const value: unknown = Object.getOwnPropertyDescriptor(Object(values), name)?.value;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
}

/** A text on one line, in NFC. */
export function oneLine(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim();
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

/** The words of a Markdown text without its signs and the addresses behind its links. Each pattern is linear in the length of the text. */
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
