/** The catalogue of message kinds. https://open.dingtalk.com/document/development/robot-message-type */
import { type ErrorCode, wireError } from '../errors.ts';
import { cleanEscapes, parseJson } from '../json.ts';
import { maxParamBytes } from '../limits.ts';
import { personKinds } from './person-kinds.ts';
import { webhookKinds } from './webhook-kinds.ts';

/** One field of a msgParam. */
export type MessageField = {
  readonly name: string;
  readonly required: boolean;
  /**
   * The error code if a required field is absent, blank or not a string, or if an optional one is neither string nor
   * number.
   */
  readonly missing: ErrorCode;
  /** Whether a JSON number is accepted too: the vendor's examples have a string of digits. */
  readonly numeric: boolean;
};

/**
 * A message kind. `number` is stored in the database, so it must never change: 1 to 19 are the sample kinds, 20 to 39 the
 * official kinds, 40 to 49 those of webhooks, 50 to 59 those of work notices, 60 to 79 those of people, and 80 cards.
 */
export type MessageKind = {
  readonly msgKey: string;
  readonly number: number;
  /** The number of the kind whose template applies: a sample kind's own; an official kind uses that of a sample kind. */
  readonly template: number;
  readonly fields: readonly MessageField[];
};

/** The first fields of every action card. */
const card = [required('title', 'miss.param.actionCardTotitle'), required('text', 'miss.param.actionCardTotext')];

/** The kinds of the present documentation, ordered by number. Each has a template in every robot. */
export const sampleKinds: readonly MessageKind[] = [
  kind(1, 'sampleText', [required('content', 'miss.param.contentOfText')]),
  kind(2, 'sampleMarkdown', [
    required('title', 'miss.param.markdownTotitle'),
    required('text', 'miss.param.markdownTotext'),
  ]),
  kind(3, 'sampleImageMsg', [required('photoURL', 'miss.param.photoTophotoUrl')]),
  kind(4, 'sampleLink', [
    required('text', 'miss.param.textOfLink'),
    required('title', 'miss.param.titleOfLink'),
    optional('picUrl'),
    required('messageUrl', 'miss.param.messageUrlOfLink'),
  ]),
  kind(5, 'sampleActionCard', [
    ...card,
    required('singleTitle', 'miss.param.actionCardTosingleTitle'),
    required('singleURL', 'miss.param.actionCardTosingleUrl'),
  ]),
  kind(6, 'sampleActionCard2', [...card, ...buttons(2, 'actionTitle', 'actionURL')]),
  kind(7, 'sampleActionCard3', [...card, ...buttons(3, 'actionTitle', 'actionURL')]),
  kind(8, 'sampleActionCard4', [...card, ...buttons(4, 'actionTitle', 'actionURL')]),
  kind(9, 'sampleActionCard5', [...card, ...buttons(5, 'actionTitle', 'actionURL')]),
  kind(10, 'sampleActionCard6', [...card, ...buttons(2, 'buttonTitle', 'buttonUrl')]),
  kind(11, 'sampleAudio', [required('mediaId', 'miss.param.audio'), numeric(required('duration', 'miss.param.audio'))]),
  kind(12, 'sampleFile', [
    required('mediaId', 'miss.param.file'),
    required('fileName', 'miss.param.file'),
    required('fileType', 'miss.param.file'),
  ]),
  // The vendor documents only an error for a missing videoMediaId, so the other fields are optional.
  kind(13, 'sampleVideo', [
    required('videoMediaId', 'miss.param.video'),
    ...['duration', 'videoType', 'picMediaId', 'height', 'width'].map(optional),
  ]),
];

/** The number of the first official kind; the kinds below it use their own template. */
export const firstOfficialKind = 20;

/**
 * The kinds that older programs send. Each has the fields and the template of a sample kind, and its own name in lists.
 */
const officialKinds: readonly MessageKind[] = [
  official(20, 'officialTextMsg', 'sampleText'),
  official(21, 'officialMarkdownMsg', 'sampleMarkdown'),
  official(22, 'officialImageMsg', 'sampleImageMsg'),
  official(23, 'officialActionCardMsg', 'sampleActionCard'),
  official(24, 'officialActionCardMsg1', 'sampleActionCard6'),
  official(25, 'officialActionCardMsg2', 'sampleActionCard6'),
];

/** All message kinds that a robot's calls accept, ordered by number. */
export const messageKinds: readonly MessageKind[] = [...sampleKinds, ...officialKinds];

/** The kinds of work notices, ordered by number. They have no template, and their fields are those of the msgtype. */
export const noticeKinds: readonly MessageKind[] = [
  notice(50, 'noticeText'),
  notice(51, 'noticeImage'),
  notice(52, 'noticeVoice'),
  notice(53, 'noticeFile'),
  notice(54, 'noticeLink'),
  notice(55, 'noticeOa'),
  notice(56, 'noticeMarkdown'),
  notice(57, 'noticeActionCard'),
];

/**
 * The kind of a message that shows an interactive card. Its param has the `cardId`, and the `title` at the delivery; the
 * content is in the card.
 */
export const cardKind: MessageKind = kind(80, 'interactiveCard', []);

/** All message kinds in the database, ordered by number. */
const storedKinds: readonly MessageKind[] = [
  ...messageKinds,
  ...Object.values(webhookKinds).map(({ number, msgKey }) => kind(number, msgKey, [])),
  ...noticeKinds,
  ...Object.values(personKinds).map(({ number, msgKey }) => kind(number, msgKey, [])),
  cardKind,
];

const byKey = new Map(messageKinds.map((each) => [each.msgKey, each]));
/** The numbers of the kinds in the store. */
export const storedKindNumbers: ReadonlySet<number> = new Set(storedKinds.map(({ number }) => number));

const byNumber = new Map(storedKinds.map((each) => [each.number, each]));

/** Returns the message kind of a msgKey that a robot's calls accept, or undefined. The case must match. */
export function findKind(msgKey: string): MessageKind | undefined {
  return byKey.get(msgKey);
}

/** Returns the message kind of a stored number. Throws a RangeError for an unknown number. */
export function findKindByNumber(number: number): MessageKind {
  const found = byNumber.get(number);
  if (found === undefined) throw new RangeError(`No message kind has the number ${number}`);
  return found;
}

/**
 * Validates the msgParam of a send. Throws a WireError, checked in this order: msgParam is not a JSON object, or nested
 * too deeply (`invalidParameter.msgParam.invalid`), it is too long (`invalidParameter.msgParam.tooLong`), a required field
 * is missing (`miss.param.…`). Returns the text to store: without NUL characters, and with U+FFFD for each lone surrogate,
 * which bots produce when they cut a text in the middle of an emoji.
 */
export function checkParam(kind: MessageKind, msgParam: string): string {
  const clean = cleanParam(msgParam);
  const param = parseObject(clean);
  if (isLonger(clean, maxParamBytes)) {
    throw wireError('invalidParameter.msgParam.tooLong', { why: `msgParam has more than ${maxParamBytes} bytes` });
  }
  const wrong = kind.fields.find((field) => !isValidField(field, param[field.name]));
  if (wrong === undefined) return clean;
  const wanted = wrong.required ? 'as a non-blank string' : 'as a string or a number, or not at all';
  throw wireError(wrong.missing, { why: `${kind.msgKey} needs ${wrong.name} in msgParam ${wanted}` });
}

function parseObject(msgParam: string): Readonly<Record<string, unknown>> {
  const value = tryParse(msgParam);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw createNotJsonError('it is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/**
 * Removes NULs and replaces lone surrogates. Throws for invalid JSON first, so that removing a NUL cannot make it
 * valid.
 */
function cleanParam(msgParam: string): string {
  if (!msgParam.includes('\\u') && msgParam.isWellFormed()) return msgParam;
  tryParse(msgParam);
  return cleanEscapes(msgParam);
}

function tryParse(msgParam: string): unknown {
  const value = parseJson(msgParam);
  if (value === undefined) throw createNotJsonError('it is not JSON, or nested too deeply');
  return value;
}

function createNotJsonError(why: string) {
  return wireError('invalidParameter.msgParam.invalid', { why: `msgParam is refused: ${why}` });
}

function isValidField({ required, numeric }: MessageField, value: unknown): boolean {
  if (!required) return value === undefined || value === null || typeof value === 'string' || typeof value === 'number';
  if (typeof value === 'number') return numeric && Number.isFinite(value) && value >= 0;
  return typeof value === 'string' && value.trim() !== '';
}

const utf8 = new TextEncoder();

// A UTF-16 code unit has at most three bytes in UTF-8, so most texts need not be encoded to be measured.
function isLonger(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || utf8.encode(text).length > bytes;
}

function kind(number: number, msgKey: string, fields: readonly MessageField[]): MessageKind {
  return { msgKey, number, template: number, fields };
}

function official(number: number, msgKey: string, sample: string): MessageKind {
  const found = sampleKinds.find((each) => each.msgKey === sample);
  if (!found) throw new RangeError(`No sample kind is called ${sample}`);
  return { ...found, msgKey, number };
}

function notice(number: number, msgKey: string): MessageKind {
  return { msgKey, number, template: number, fields: [] };
}

function required(name: string, missing: ErrorCode): MessageField {
  return { name, required: true, missing, numeric: false };
}

function optional(name: string): MessageField {
  return { name, required: false, missing: 'invalidParameter.msgParam.invalid', numeric: false };
}

function numeric(field: MessageField): MessageField {
  return { ...field, numeric: true };
}

function buttons(count: number, title: string, url: string): MessageField[] {
  return Array.from({ length: count }, (_, index) => [
    required(`${title}${index + 1}`, 'miss.param.actionCardTobtnsTotitle'),
    required(`${url}${index + 1}`, 'miss.param.actionCardTobtnsToactionUrl'),
  ]).flat();
}
