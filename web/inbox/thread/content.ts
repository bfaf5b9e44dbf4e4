import type { InboxMessage } from '../../../src/client/answers.ts';
import { isolate, withoutControls } from '../../shared/isolate.ts';
import type { Texts } from '../texts.ts';
import { toPlainText } from './markdown-plain.ts';

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

/** The part of a message that its body shows. */
export type MessageBody = Pick<InboxMessage, 'messageId' | 'msgKey' | 'msgParam' | 'recalled'>;

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

/** The official kinds of older programs have the fields of a sample kind. */
const readers: Readonly<Record<string, (param: Param) => Content>> = {
  ...samples,
  officialTextMsg: samples.sampleText,
  officialMarkdownMsg: samples.sampleMarkdown,
  officialImageMsg: samples.sampleImageMsg,
  officialActionCardMsg: samples.sampleActionCard,
  officialActionCardMsg1: samples.sampleActionCard6,
  officialActionCardMsg2: samples.sampleActionCard6,
};

/** The content of a message that is not recalled. */
export function contentOf({ msgKey, msgParam }: MessageBody): Content {
  const values = fieldsOf(msgParam);
  // A msgKey may be the name of a member of Object.prototype, such as `toString`.
  const read = Object.hasOwn(readers, msgKey) ? readers[msgKey] : undefined;
  if (!values || !read) return { type: 'unknown' };
  return read((name) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
}

function fieldsOf(msgParam: string | null): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(msgParam ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

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
export function summarize(message: InboxMessage, t: Pick<Texts, 'recalled' | 'kinds'>): string {
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
      return `${t.kinds.card} ${isolate(toOneLine(content.title))}`;
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

function toOneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > mostInLine ? `${line.slice(0, mostInLine)}…` : line;
}
