import type { InboxMessage } from '../../../src/client/answers.ts';
import { isolate, withoutControls } from '../../shared/isolate.ts';
import type { Texts } from '../texts.ts';
import { toPlainText } from './markdown/markdown-plain.ts';
import { noticeContentOf } from './notice-content.ts';

export type Button = { readonly number: number; readonly title: string; readonly url: string | undefined };

/** The parsed content of a message. */
export type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'markdown'; readonly title: string; readonly text: string }
  | { readonly type: 'image'; readonly url: string | undefined }
  | Link
  | Card
  | { readonly type: 'audio'; readonly mediaId: string; readonly seconds: number | undefined }
  | {
      readonly type: 'video';
      readonly mediaId: string;
      readonly pictureId: string;
      readonly seconds: number | undefined;
    }
  | { readonly type: 'file'; readonly mediaId: string; readonly name: string; readonly kind: string }
  | { readonly type: 'feed'; readonly links: readonly FeedLink[] }
  | { readonly type: 'rich'; readonly parts: readonly RichPart[] }
  | { readonly type: 'unknown' };

type Link = {
  readonly type: 'link';
  readonly title: string;
  readonly text: string;
  readonly picture?: string | undefined;
} & {
  readonly url: string | undefined;
};
export type Card = { readonly type: 'card'; readonly title: string; readonly text: string } & {
  readonly buttons: readonly Button[];
  readonly isHorizontal: boolean;
};

/** The fields of a message that its content is rendered from. */
export type MessageBody = Pick<InboxMessage, 'messageId' | 'msgKey' | 'msgParam' | 'recalled'> &
  Partial<Pick<InboxMessage, 'card'>>;

type Param = (name: string) => string;

const samples = {
  sampleText: (of: Param): Content => ({ type: 'text', text: of('content') }),
  sampleMarkdown: (of: Param): Content => ({ type: 'markdown', title: of('title'), text: of('text') }),
  sampleImageMsg: (of: Param): Content => ({ type: 'image', url: of('photoURL') }),
  sampleLink: (of: Param): Content => {
    return { type: 'link', title: of('title'), text: of('text'), picture: of('picUrl'), url: of('messageUrl') };
  },
  sampleActionCard: (of: Param): Content =>
    parseCard(of, [{ number: 1, title: of('singleTitle'), url: of('singleURL') }]),
  sampleActionCard2: (of: Param): Content => parseCard(of, parseButtons(of, 2)),
  sampleActionCard3: (of: Param): Content => parseCard(of, parseButtons(of, 3)),
  sampleActionCard4: (of: Param): Content => parseCard(of, parseButtons(of, 4)),
  sampleActionCard5: (of: Param): Content => parseCard(of, parseButtons(of, 5)),
  sampleActionCard6: (of: Param): Content => parseCard(of, parseButtons(of, 2, 'buttonTitle', 'buttonUrl'), true),
  sampleAudio: (of: Param): Content => {
    return { type: 'audio', mediaId: of('mediaId'), seconds: toSeconds(of('duration'), 1000) };
  },
  sampleVideo: (of: Param): Content => {
    const [mediaId, pictureId] = [of('videoMediaId'), of('picMediaId')];
    return { type: 'video', mediaId, pictureId, seconds: toSeconds(of('duration'), 1) };
  },
  sampleFile: (of: Param): Content => {
    return { type: 'file', mediaId: of('mediaId'), name: withoutControls(of('fileName')), kind: of('fileType') };
  },
};

/** One of the links of a message with several links. */
export type FeedLink = {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly picture: string;
};

/** A text or a picture in a message that consists of several. */
export type RichPart = { readonly number: number; readonly text: string; readonly mediaId: string };

/** The official kinds of older programs, and some of custom robots, have the fields of a sample kind. */
const readers: Readonly<Record<string, (param: Param) => Content>> = {
  ...samples,
  officialTextMsg: samples.sampleText,
  officialMarkdownMsg: samples.sampleMarkdown,
  officialImageMsg: samples.sampleImageMsg,
  officialActionCardMsg: samples.sampleActionCard,
  officialActionCardMsg1: samples.sampleActionCard6,
  officialActionCardMsg2: samples.sampleActionCard6,
  // The title at the delivery; the content is in the card.
  interactiveCard: (of) => parseCard(of, []),
  webhookText: samples.sampleText,
  webhookLink: samples.sampleLink,
  webhookMarkdown: samples.sampleMarkdown,
  personText: samples.sampleText,
  personPicture: (of) => ({ type: 'image', url: of('mediaId') }),
  personAudio: samples.sampleAudio,
  personVideo: (of) => {
    return { type: 'video', mediaId: of('mediaId'), pictureId: '', seconds: toSeconds(of('duration'), 1000) };
  },
  personFile: (of) => {
    const name = withoutControls(of('fileName'));
    return { type: 'file', mediaId: of('mediaId'), name, kind: /\.([^.]{1,12})$/.exec(name)?.[1] ?? '' };
  },
};

/** The kinds of custom robots and people that have lists. */
const listReaders: Readonly<Record<string, (param: Param, fields: Fields) => Content>> = {
  webhookActionCard: (of, fields) => {
    const buttons = readItems(fields, 'btns').map((item, index) => {
      return { number: index + 1, title: item('title'), url: item('actionURL') };
    });
    return parseCard(of, buttons, of('btnOrientation') === '1');
  },
  webhookFeedCard: (_, fields) => {
    const links = readItems(fields, 'links').map((item, index) => {
      return { number: index + 1, title: item('title'), url: item('messageURL'), picture: item('picURL') };
    });
    return { type: 'feed', links };
  },
  personRichText: (_, fields) => {
    const parts = readItems(fields, 'richText').map((item, index) => {
      return { number: index + 1, text: item('text'), mediaId: item('mediaId') };
    });
    return { type: 'rich', parts };
  },
};

type Fields = Readonly<Record<string, unknown>>;

function readItems(fields: Fields, name: string): readonly Param[] {
  const items: unknown = fields[name];
  return Array.isArray(items) ? items.map((item: unknown) => readParam(toFields(item) ?? {})) : [];
}

/** The content of a message that is not recalled. */
export function contentOf({ msgKey, msgParam }: MessageBody): Content {
  const values = fieldsOf(msgParam);
  // A msgKey may be the name of a member of Object.prototype, such as `toString`.
  const read = Object.hasOwn(readers, msgKey) ? readers[msgKey] : undefined;
  const readLists = Object.hasOwn(listReaders, msgKey) ? listReaders[msgKey] : undefined;
  if (values && read) return read(readParam(values));
  if (values && readLists) return readLists(readParam(values), values);
  return (values && noticeContentOf(msgKey, values)) ?? { type: 'unknown' };
}

/** Everybody in the group, as the server writes it into a text. */
const everybody = '@所有人';

/** Returns the people and robots whom a message names, as they stand in its text: `@` and the name. */
export function mentionsOf({ msgParam }: Pick<MessageBody, 'msgParam'>): readonly string[] {
  const at = toFields(fieldsOf(msgParam)?.at);
  if (!at) return [];
  const named = [...readItems(at, 'robots'), ...readItems(at, 'users')];
  const names = named.flatMap((one) => (one('name') === '' ? [] : [`@${one('name')}`]));
  return at.isAtAll === true ? [...names, everybody] : names;
}

/** A piece of a text: a mention, or what is between mentions. `at` is its offset. */
export type TextPiece = { readonly at: number; readonly text: string; readonly isMention: boolean };

/** Splits a text at its mentions; the longest one wins where several begin. */
export function splitMentions(text: string, mentions: readonly string[]): readonly TextPiece[] {
  const longestFirst = mentions.toSorted((a, b) => b.length - a.length);
  const pieces: TextPiece[] = [];
  let begin = 0;
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const found = longestFirst.find((mention) => text.startsWith(mention, at));
    if (found === undefined) continue;
    if (at > begin) pieces.push({ at: begin, text: text.slice(begin, at), isMention: false });
    pieces.push({ at, text: found, isMention: true });
    begin = at + found.length;
    at = begin - 1;
  }
  if (begin < text.length) pieces.push({ at: begin, text: text.slice(begin), isMention: false });
  return pieces;
}

function readParam(values: Fields): Param {
  return (name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
}

function fieldsOf(msgParam: string | null): Fields | undefined {
  try {
    return toFields(JSON.parse(msgParam ?? ''));
  } catch {
    return undefined;
  }
}

const toFields = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null ? { ...value } : undefined;

function parseCard(of: Param, list: readonly Button[], isHorizontal = false): Card {
  return { type: 'card', title: of('title'), text: of('text'), buttons: list, isHorizontal };
}

function parseButtons(of: Param, count: number, title = 'actionTitle', url = 'actionURL'): readonly Button[] {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  return numbers.map((number) => ({ number, title: of(`${title}${number}`), url: of(`${url}${number}`) }));
}

/**
 * Converts a length to seconds: voice messages have it in milliseconds (`units` 1000), videos in seconds (`units` 1).
 */
function toSeconds(text: string, units: number): number | undefined {
  const value = Number(text);
  return text !== '' && value > 0 && Number.isFinite(value) ? Math.max(1, Math.round(value / units)) : undefined;
}

/** A message in one line, for lists and screen readers. */
export function summarize(message: MessageBody, t: Pick<Texts, 'recalled' | 'kinds'>): string {
  if (message.recalled) return t.recalled;
  const content = contentOf(message);
  switch (content.type) {
    case 'text':
      return toOneLine(content.text);
    case 'markdown':
      return toOneLine(content.title || toPlainText(content.text));
    case 'link':
      return `${t.kinds.link} ${isolate(toOneLine(content.title))}`;
    case 'card':
      return `${t.kinds.card} ${isolate(toOneLine(content.title))}`.trim();
    case 'feed':
      return `${t.kinds.link} ${isolate(toOneLine(content.links.map(({ title }) => title).join(', ')))}`;
    case 'rich':
      return toOneLine(content.parts.map(({ text }) => text || t.kinds.image).join(' '));
    case 'file':
      return `${t.kinds.file} ${isolate(toOneLine(content.name))}`;
    case 'unknown':
      return t.kinds.other;
    default:
      return t.kinds[content.type];
  }
}

/** Like `summarize`, for a list of conversations: in a group it begins with the name of the sender. */
export function summarizeIn(message: InboxMessage, t: Pick<Texts, 'recalled' | 'kinds' | 'arrived'>): string {
  const summary = summarize(message, t);
  return message.conversation && !message.recalled ? t.arrived(message.sender.name, summary) : summary;
}

/** Summaries are truncated to this many characters, since they are also read out by screen readers. */
const mostInLine = 300;

/** A text on one line, truncated. */
export function toOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > mostInLine ? `${line.slice(0, mostInLine)}…` : line;
}
