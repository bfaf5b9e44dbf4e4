/**
 * The messages that apps send without a robot: work notices, and messages to groups.
 * https://open.dingtalk.com/document/development/message-types-and-data-format
 */
import { type Errcode, OldHostError } from '../error-table/errcode.ts';
import { isObject, type JsonObject, toText } from '../json.ts';
import { maxChatBytes, maxNoticeText, maxParamBytes, maxStrictNoticeBytes } from '../limits.ts';
import { type MessageKind, noticeKinds } from './messages.ts';

/** What is wrong with a message. */
type Fault = { readonly errcode: Errcode; readonly why: string };

/** One msgtype: its message kind, and a check of the object of the same name. */
type NoticeType = { readonly msgKey: string; readonly findFault: (content: JsonObject) => Fault | undefined };

/** The types of messages, by msgtype. */
const types: Readonly<Record<string, NoticeType>> = {
  text: { msgKey: 'noticeText', findFault: ({ content }) => (isText(content) ? undefined : fault(44004, 'content')) },
  image: { msgKey: 'noticeImage', findFault: findMediaFault },
  voice: {
    msgKey: 'noticeVoice',
    findFault: (content) =>
      findMediaFault(content) ?? (isDuration(content.duration) ? undefined : fault(40035, 'duration')),
  },
  file: { msgKey: 'noticeFile', findFault: findMediaFault },
  link: { msgKey: 'noticeLink', findFault: requireTexts('messageUrl', 'picUrl', 'title', 'text') },
  oa: { msgKey: 'noticeOa', findFault: findOaFault },
  markdown: { msgKey: 'noticeMarkdown', findFault: requireTexts('title', 'text') },
  action_card: { msgKey: 'noticeActionCard', findFault: findCardFault },
};

/** The msgtypes of work notices. */
export const noticeTypes: readonly string[] = Object.keys(types);

const typeByKey = new Map(noticeTypes.map((name) => [types[name]?.msgKey ?? '', name]));

/** Returns the msgtype of a message kind. */
export function noticeTypeOf(msgKey: string): string {
  return typeByKey.get(msgKey) ?? 'text';
}

/**
 * A checked message. `param` is the JSON text of the object that is named like the msgtype, and `text` that of the whole
 * message. Their members are sorted by name, so that equal messages have equal texts.
 */
export type NoticeMessage = { readonly kind: MessageKind; readonly param: string; readonly text: string };

/** The limit and the errors of a call that sends such messages. */
type MessageRules = {
  /** Bytes of the whole message. */
  readonly most: number;
  readonly wrongType: Errcode;
  /** Absent: the error depends on what is wrong with the content. */
  readonly wrongContent?: Errcode;
  readonly tooLong: Errcode;
};

/**
 * Checks the `msg` of a work notice. Throws 40008 for its type, 44004, 40007 or 40035 for its content, and 45002 if it is
 * too long. Texts lose NUL characters, and get U+FFFD for each lone surrogate.
 */
export function parseNotice(msg: JsonObject, isStrict: boolean): NoticeMessage {
  const most = isStrict ? maxStrictNoticeBytes : maxParamBytes;
  return parseMessage(msg, { most, wrongType: 40008, tooLong: 45002 });
}

/**
 * Checks the message of an app to a group, which has the same types. Throws 34004 for its type, 34014 for its content,
 * and 34016 if it is too long.
 */
export function parseChatMessage(msg: JsonObject): NoticeMessage {
  return parseMessage(msg, { most: maxChatBytes, wrongType: 34004, wrongContent: 34014, tooLong: 34016 });
}

function parseMessage(msg: JsonObject, { most, wrongType, wrongContent, tooLong }: MessageRules): NoticeMessage {
  const { msgtype } = msg;
  const type = typeof msgtype === 'string' && Object.hasOwn(types, msgtype) ? types[msgtype] : undefined;
  const kind = noticeKinds.find(({ msgKey }) => msgKey === type?.msgKey);
  if (!type || !kind) throw new OldHostError(wrongType, 'msg has no msgtype, or one that does not exist');
  const content: unknown = clean(msg[String(msgtype)]);
  if (!isObject(content)) throw new OldHostError(wrongContent ?? 40035, `msg has no object ${String(msgtype)}`);
  const found = type.findFault(content);
  if (found) throw new OldHostError(wrongContent ?? found.errcode, `${String(msgtype)}: ${found.why}`);
  const param = JSON.stringify(content);
  const text = JSON.stringify({ msgtype, content });
  const why = findLengthFault(content, text, most);
  if (why !== undefined) throw new OldHostError(tooLong, why);
  return { kind, param, text };
}

const utf8 = new TextEncoder();

function findLengthFault(content: JsonObject, text: string, most: number): string | undefined {
  const bytes = utf8.encode(text).length;
  if (bytes > most) return `the message has ${bytes} bytes, and at most ${most} are allowed`;
  const isLong = Object.values(content).some((value) => typeof value === 'string' && value.length > maxNoticeText);
  return isLong ? `a text of the message has more than ${maxNoticeText} characters` : undefined;
}

/** Whether a message has a status bar, with which it may have few receivers. */
export function hasStatusBar({ kind, param }: NoticeMessage): boolean {
  return kind.msgKey === 'noticeOa' && isObject((JSON.parse(param) as JsonObject).status_bar);
}

/** Replaces the status bar of the JSON text of an `oa` message. Without a colour, it keeps the one that it has. */
export function replaceStatusBar(param: string, value: string, background: string | undefined): string {
  const content = JSON.parse(param) as JsonObject;
  const known = isObject(content.status_bar) ? content.status_bar : {};
  const bar = { ...known, status_value: value, ...(background !== undefined && { status_bg: background }) };
  return JSON.stringify(clean({ ...content, status_bar: bar }));
}

/** Replaces `${name}` by values in all texts of a message; those without a value stay. */
export function fillTemplate(msg: JsonObject, values: Readonly<Record<string, string>>): JsonObject {
  return mapTexts(msg, (text) =>
    text.replaceAll(/\$\{([\w.-]{1,64})\}/g, (whole, name: string) =>
      Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
    ),
  ) as JsonObject;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

function fault(errcode: Errcode, field: string): Fault {
  return { errcode, why: `${field} is absent, blank, or not a valid value` };
}

function requireTexts(...names: readonly string[]) {
  return (content: JsonObject): Fault | undefined => {
    const wrong = names.find((name) => !isText(content[name]));
    return wrong === undefined ? undefined : fault(40035, wrong);
  };
}

function findMediaFault({ media_id: mediaId }: JsonObject): Fault | undefined {
  return isText(mediaId) ? undefined : fault(40007, 'media_id');
}

/** Whether a value is a number of seconds from 1 to 59; the vendor's examples have it as a text. */
function isDuration(value: unknown): boolean {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && /^\d{1,2}$/.test(value));
  return isNumber && Number(value) > 0 && Number(value) < 60;
}

function findOaFault(content: JsonObject): Fault | undefined {
  const { head, body, status_bar: bar } = content;
  if (!isText(content.message_url)) return fault(40035, 'message_url');
  if (!isObject(head) || !/^[\da-f]{8}$/i.test(toText(head.bgcolor) ?? '') || typeof head.text !== 'string')
    return fault(40035, 'head');
  if (!isObject(body) || !hasValidForm(body.form) || !hasValidRich(body.rich)) return fault(40035, 'body');
  const isBar = bar === undefined || (isObject(bar) && isText(bar.status_value));
  return isBar ? undefined : fault(40035, 'status_bar');
}

function hasValidForm(form: unknown): boolean {
  if (form === undefined) return true;
  return Array.isArray(form) && form.every((row) => isObject(row) && [row.key, row.value].every(isShort));
}

const hasValidRich = (rich: unknown) => rich === undefined || isObject(rich);

const isShort = (value: unknown) => value === undefined || typeof value === 'string' || typeof value === 'number';

function findCardFault(content: JsonObject): Fault | undefined {
  const { markdown, single_title: title, single_url: url, btn_json_list: buttons } = content;
  if (!isText(markdown)) return fault(40035, 'markdown');
  if (buttons === undefined)
    return isText(title) && isText(url) ? undefined : fault(40035, 'single_title and single_url');
  const isList = Array.isArray(buttons) && buttons.length > 0;
  const areValid = isList && buttons.every((one) => isObject(one) && isText(one.title) && isText(one.action_url));
  return areValid ? undefined : fault(40035, 'btn_json_list');
}

/** Sorts the members of objects, removes NUL characters, and replaces lone surrogates. */
function clean(value: unknown): unknown {
  return mapTexts(value, (text) => text.toWellFormed().replaceAll('\0', ''));
}

/** Applies a function to all texts of a JSON value, and sorts the members of its objects. */
function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, change));
  if (!isObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => [change(name), mapTexts(member, change)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
