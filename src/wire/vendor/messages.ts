/** The catalogue of message kinds. https://open.dingtalk.com/document/development/robot-message-type */
import { type ErrorCode, wireError } from '../errors.ts';
import { maxParamBytes } from '../limits.ts';

/** One field of a msgParam. */
export type MessageField = {
  readonly name: string;
  readonly required: boolean;
  /** The code when a required field is absent, blank or no text, and when an optional one is neither text nor number. */
  readonly missing: ErrorCode;
  /** A text of digits in the vendor's examples; a JSON number is taken, too. */
  readonly numeric: boolean;
};

/** A kind of message. `number` is stable and stored in the database. */
export type MessageKind = {
  readonly msgKey: string;
  readonly number: number;
  readonly fields: readonly MessageField[];
};

/** The fields that every action card begins with. */
const card = [required('title', 'miss.param.actionCardTotitle'), required('text', 'miss.param.actionCardTotext')];

/** All kinds, in the order of their numbers. */
export const messageKinds: readonly MessageKind[] = [
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
  // The vendor documents a missing videoMediaId as the only error, so the rest is optional.
  kind(13, 'sampleVideo', [
    required('videoMediaId', 'miss.param.video'),
    ...['duration', 'videoType', 'picMediaId', 'height', 'width'].map(optional),
  ]),
];

const byKey = new Map(messageKinds.map((each) => [each.msgKey, each]));

/** The kind with this msgKey, in exactly this case. */
export function kindOf(msgKey: string): MessageKind | undefined {
  return byKey.get(msgKey);
}

/** The kind with this number; throws a RangeError for a number that was never stored. */
export function kindByNumber(number: number): MessageKind {
  const found = messageKinds[number - 1];
  if (found === undefined) throw new RangeError(`No message kind has the number ${number}`);
  return found;
}

/**
 * Checks a msgParam as the send call does, in the order of the contract: not the text of a JSON object
 * (`invalidParameter.msgParam.invalid`), too long (`invalidParameter.msgParam.tooLong`), a required field that is missing
 * (`miss.param.…`). Returns the text to store: without NUL characters, and with U+FFFD for each half of a surrogate pair, as bots leave
 * behind when they cut a text in the middle of an emoji.
 */
export function checkParam(kind: MessageKind, msgParam: string): string {
  const clean = cleanParam(msgParam);
  const param = parseObject(clean);
  if (isLonger(clean, maxParamBytes)) {
    throw wireError('invalidParameter.msgParam.tooLong', { why: `msgParam has more than ${maxParamBytes} bytes` });
  }
  const wrong = kind.fields.find((field) => !fits(field, param[field.name]));
  if (wrong === undefined) return clean;
  const wanted = wrong.required ? 'as a text that is not blank' : 'as a text if at all';
  throw wireError(wrong.missing, { why: `${kind.msgKey} needs ${wrong.name} in msgParam ${wanted}` });
}

function parseObject(msgParam: string): Readonly<Record<string, unknown>> {
  const value = tryParse(msgParam);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson('it is not a JSON object');
  return value as Readonly<Record<string, unknown>>;
}

/** Escapes of a JSON text: a surrogate pair, one code unit, or one of the short ones, so that `\\u0000` is no NUL. */
const escapes = /\\(?:(u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|[^u])/g;

/** Throws for what is no JSON: removing a NUL must not make it valid. */
function cleanParam(msgParam: string): string {
  if (!msgParam.includes('\\u') && msgParam.isWellFormed()) return msgParam;
  tryParse(msgParam);
  return msgParam.toWellFormed().replace(escapes, (found, pair?: string, unit?: string) => {
    if (pair !== undefined || unit === undefined) return found;
    if (/^d[89a-f]/i.test(unit)) return '\ufffd';
    return unit === '0000' ? '' : found;
  });
}

function tryParse(msgParam: string): unknown {
  try {
    return JSON.parse(msgParam);
  } catch {
    // Without its cause: the parser repeats pieces of the text, which is nobody's business but its recipients'.
    throw notJson('it is not JSON');
  }
}

function notJson(why: string) {
  return wireError('invalidParameter.msgParam.invalid', { why: `msgParam is refused: ${why}` });
}

function fits({ required, numeric }: MessageField, value: unknown): boolean {
  if (!required) return value === undefined || value === null || typeof value === 'string' || typeof value === 'number';
  if (typeof value === 'number') return numeric && Number.isFinite(value) && value >= 0;
  return typeof value === 'string' && value.trim() !== '';
}

const utf8 = new TextEncoder();

// A UTF-16 unit takes at most three bytes, so most texts need not be encoded to be measured.
function isLonger(text: string, bytes: number): boolean {
  if (text.length * 3 <= bytes) return false;
  return text.length > bytes || utf8.encode(text).length > bytes;
}

function kind(number: number, msgKey: string, fields: readonly MessageField[]): MessageKind {
  return { msgKey, number, fields };
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
