/**
 * The messages of custom robots.
 * https://open.dingtalk.com/document/development/custom-robots-send-group-messages
 */
import { OldHostError } from '../error-table/errcode.ts';
import { isObject, parseJson } from '../json.ts';
import { maxMentions } from '../limits.ts';
import { isWebhookType, type WebhookType } from './webhook-kinds.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Whom a message names: mobiles, userIds, or everybody in the group. */
export type Mentions = {
  readonly mobiles: readonly string[];
  readonly userIds: readonly string[];
  readonly isAtAll: boolean;
};

/** A parsed message. `param` is what is stored and shown; `texts` are its texts, in which keywords are searched. */
export type WebhookMessage = {
  readonly type: WebhookType;
  readonly param: Fields;
  readonly texts: readonly string[];
  readonly mentions: Mentions;
};

type Parsed = Pick<WebhookMessage, 'param' | 'texts'>;

/**
 * Parses the body of `/robot/send`. Texts are cleaned: without NUL characters, and with U+FFFD for lone surrogates. An
 * object may also arrive as its JSON text, as the official old SDKs send it.
 *
 * @throws OldHostError 400105 for an unknown msgtype, 40035 for a missing field and for too many mentions
 */
export function parseWebhookMessage(body: Fields): WebhookMessage {
  const { msgtype } = body;
  if (!isWebhookType(msgtype)) throw new OldHostError(400105, 'msgtype is none of a custom robot');
  const content = toObject(body[msgtype]);
  if (!content) throw missing(msgtype);
  return { type: msgtype, ...parsers[msgtype](content), mentions: parseMentions(msgtype, toObject(body.at) ?? {}) };
}

const parsers: { readonly [type in WebhookType]: (fields: Fields) => Parsed } = {
  text: (fields) => {
    const content = readText(fields, 'content');
    return { param: { content }, texts: [content] };
  },
  link: (fields) => {
    const [title, text] = [readText(fields, 'title'), readText(fields, 'text')];
    const param = { title, text, messageUrl: readText(fields, 'messageUrl'), picUrl: findText(fields, 'picUrl') };
    return { param, texts: [title, text] };
  },
  markdown: (fields) => {
    const [title, text] = [readText(fields, 'title'), readText(fields, 'text')];
    return { param: { title, text }, texts: [title, text] };
  },
  actionCard: parseActionCard,
  feedCard: (fields) => {
    const links = readList(fields, 'links').map((link) => ({
      title: readText(link, 'title'),
      messageURL: readText(link, 'messageURL'),
      picURL: findText(link, 'picURL'),
    }));
    return { param: { links }, texts: links.map(({ title }) => title) };
  },
};

/** A single button wins over a list of buttons. */
function parseActionCard(fields: Fields): Parsed {
  const [title, text] = [readText(fields, 'title'), readText(fields, 'text')];
  const isSingle = findText(fields, 'singleTitle').trim() !== '';
  const btns = isSingle
    ? [{ title: readText(fields, 'singleTitle'), actionURL: readText(fields, 'singleURL') }]
    : readList(fields, 'btns').map((button) => ({
        title: readText(button, 'title'),
        actionURL: readText(button, 'actionURL'),
      }));
  const btnOrientation = findText(fields, 'btnOrientation') === '1' ? '1' : '0';
  return { param: { title, text, btnOrientation, btns }, texts: [title, text, ...btns.map((button) => button.title)] };
}

const noMentions: Mentions = { mobiles: [], userIds: [], isAtAll: false };

/** Messages that consist of links mention no users. */
function parseMentions(type: WebhookType, at: Fields): Mentions {
  if (type === 'link' || type === 'feedCard') return noMentions;
  const [mobiles, userIds] = [listTexts(at.atMobiles), listTexts(at.atUserIds)];
  if (mobiles.length + userIds.length > maxMentions) {
    throw new OldHostError(40035, `at names ${mobiles.length + userIds.length} people; ${maxMentions} are allowed`);
  }
  return { mobiles, userIds, isAtAll: at.isAtAll === true || at.isAtAll === 'true' };
}

/** Returns the texts and numbers of a list; anything else in it is ignored. */
function listTexts(value: unknown): readonly string[] {
  const list: unknown = typeof value === 'string' ? parseJson(value) : value;
  if (!Array.isArray(list)) return [];
  const texts = list.flatMap((item: unknown) => (typeof item === 'number' ? String(item) : item));
  return [...new Set(texts.filter((item) => typeof item === 'string').map((item) => clean(item).trim()))].filter(
    (item) => item !== '',
  );
}

function readText(fields: Fields, name: string): string {
  const text = findText(fields, name);
  if (text.trim() === '') throw missing(name);
  return text;
}

/** Returns a text or number as text; '' for anything else. */
function findText(fields: Fields, name: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? clean(value) : '';
}

function readList(fields: Fields, name: string): readonly Fields[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  const list: unknown = typeof value === 'string' ? parseJson(value) : value;
  const objects = Array.isArray(list) ? list.map(toObject) : [];
  const found = objects.filter((object) => object !== undefined);
  if (found.length === 0 || found.length < objects.length) throw missing(name);
  return found;
}

function toObject(value: unknown): Fields | undefined {
  const object: unknown = typeof value === 'string' ? parseJson(value) : value;
  return isObject(object) ? object : undefined;
}

const clean = (text: string) => text.toWellFormed().replaceAll('\0', '');

const missing = (name: string) =>
  new OldHostError(40035, `${name} is missing, blank or of another type`, { errmsg: `缺少参数 ${name}` });
