import { hash } from 'node:crypto';
import { addDay, dayOf, perDay } from '../../store/engine/partitions.ts';

/**
 * Sealed numbers: a processQueryKey, a message id or a token is a few integers, encrypted and authenticated with the
 * server's secret. Nobody else can create one, read it, or derive one from another, and a forged one is refused without
 * a query.
 *
 * The construction is a synthetic IV: tag = H(secret, payload), body = payload xor H(secret, tag), where H is SHA-256
 * over a 32-byte secret and an input of fixed length, truncated to the required size. Fixed length and truncation make
 * a plain keyed hash a sound MAC here. (Node's one-shot hash over a buffer takes 0.3 us, an HMAC object 2.4 us, and a
 * key is opened for every readStatus call.)
 */
export type Seal = {
  /** Seals a processQueryKey: 44 characters of standard base64 with organization, robot, message and send time. */
  sealKey(key: MessageKey): string;
  openKey(text: string): MessageKey | undefined;
  /** Seals an openDingId: 64 hexadecimal digits. `messageId` is the number of the DING. */
  sealDing(key: MessageKey): string;
  openDing(text: string): MessageKey | undefined;
  /**
   * Seals a pair of numbers as 32 hexadecimal digits, different for each kind; 34 digits for a message number that
   * contains a day.
   */
  sealPair(kind: PairKind, corpId: number, id: number): string;
  openPair(kind: PairKind, text: string): { readonly corpId: number; readonly id: number } | undefined;
  /** Seals the messageId of an app's message to a group: `msg` and 40 characters of standard base64. */
  sealChatMessage(key: MessageKey): string;
  openChatMessage(text: string): MessageKey | undefined;
  /** Seals a message number as the msgId that robots see: `msg` and standard base64 of 16 bytes. */
  sealMsgId(corpId: number, messageId: number): string;
  openMsgId(text: string): { readonly corpId: number; readonly messageId: number } | undefined;
  /** Seals a file with the time at which the text ends: a downloadCode as base64, the token of an address as hex. */
  sealFile(kind: FileKind, file: SealedFile): string;
  openFile(kind: FileKind, text: string): SealedFile | undefined;
  /** Seals a position among the readers of a message: 32 characters of standard base64. */
  sealReadCursor(cursor: ReadCursor): string;
  openReadCursor(text: string): ReadCursor | undefined;
};

/** What a sealed file is for. A text of one kind cannot be opened as another. */
export type FileKind = 'downloadCode' | 'download';

export type SealedFile = {
  readonly corpId: number;
  readonly robotId: number;
  readonly messageId: number;
  readonly mediaId: number;
  /** Epoch milliseconds. */
  readonly endsAt: number;
};

/** A position among the readers of a message to a conversation. */
export type ReadCursor = {
  readonly corpId: number;
  readonly messageId: number;
  /** The offset of a read in the organization's events; see `GroupRead`. */
  readonly seq: number;
};

export type MessageKey = {
  readonly corpId: number;
  readonly robotId: number;
  readonly messageId: number;
  /** Epoch milliseconds. */
  readonly sentAt: number;
};

/** What a sealed pair identifies. A text of one kind cannot be opened as another. */
export type PairKind = 'token' | 'session' | 'message' | 'ticket' | 'ding' | 'chat';

/** @param secret the installation's secret; with another secret, all sealed texts become invalid */
export function createSeal(secret: string): Seal {
  const keys = createSealer(secret, 'key', keyWidths, 15, 'base64');
  const pair = (kind: PairKind) => createSealer(secret, kind, pairWidths, 8, 'hex');
  const pairs = {
    token: pair('token'),
    session: pair('session'),
    message: pair('message'),
    ticket: pair('ticket'),
    ding: pair('ding'),
    chat: pair('chat'),
  };
  const dings = createSealer(secret, 'open ding', keyWidths, 15, 'hex');
  const daily = createSealer(secret, 'daily message', dailyWidths, 8, 'hex');
  const msgIds = createSealer(secret, 'msgId', dailyWidths, 7, 'base64');
  const files = {
    downloadCode: createSealer(secret, 'downloadCode', fileWidths, 16, 'base64'),
    download: createSealer(secret, 'download', fileWidths, 16, 'hex'),
  };
  const cursors = createSealer(secret, 'read cursor', cursorWidths, 9, 'base64');
  const chatMessages = createSealer(secret, 'chat message', keyWidths, 13, 'base64');
  return {
    sealKey: (key) => keys.seal(toNumbers(key)),
    openKey: (text) => toKey(keys.open(text)),
    sealDing: ({ corpId, robotId, messageId, sentAt }) => dings.seal([corpId, robotId, messageId, sentAt]),
    openDing(text) {
      const numbers = dings.open(text);
      if (numbers === undefined) return undefined;
      const [corpId = 0, robotId = 0, messageId = 0, sentAt = 0] = numbers;
      return { corpId, robotId, messageId, sentAt };
    },
    sealPair: (kind, corpId, id) => (kind === 'message' && id >= perDay ? daily : pairs[kind]).seal([corpId, id]),
    openPair(kind, text) {
      const numbers = pairs[kind].open(text) ?? (kind === 'message' ? daily.open(text) : undefined);
      return numbers && { corpId: numbers[0] ?? 0, id: numbers[1] ?? 0 };
    },
    sealChatMessage: (key) => `${messagePrefix}${chatMessages.seal(toNumbers(key))}`,
    openChatMessage: (text) =>
      text.startsWith(messagePrefix) ? toKey(chatMessages.open(text.slice(messagePrefix.length))) : undefined,
    sealMsgId: (corpId, messageId) => `${messagePrefix}${msgIds.seal([corpId, messageId])}`,
    openMsgId(text) {
      const numbers = text.startsWith(messagePrefix) ? msgIds.open(text.slice(messagePrefix.length)) : undefined;
      return numbers && { corpId: numbers[0] ?? 0, messageId: numbers[1] ?? 0 };
    },
    sealFile: (kind, { corpId, robotId, messageId, mediaId, endsAt }) =>
      files[kind].seal([corpId, robotId, messageId, mediaId, endsAt]),
    openFile(kind, text) {
      const [corpId, robotId, messageId, mediaId, endsAt] = files[kind].open(text) ?? [];
      if (corpId === undefined || robotId === undefined || messageId === undefined) return undefined;
      return { corpId, robotId, messageId, mediaId: mediaId ?? 0, endsAt: endsAt ?? 0 };
    },
    sealReadCursor: ({ corpId, messageId, seq }) => cursors.seal([corpId, messageId, seq]),
    openReadCursor(text) {
      const numbers = cursors.open(text);
      return numbers && { corpId: numbers[0] ?? 0, messageId: numbers[1] ?? 0, seq: numbers[2] ?? 0 };
    },
  };
}

/**
 * A seal whose secret can be replaced, as restoring a snapshot does. Caches of decrypted texts must be cleared then.
 */
export type ReplaceableSeal = Seal & {
  current(): string;
  replace(secret: string): void;
  onReplace(listener: () => void): void;
};

/** Creates a seal whose secret can be replaced. */
export function createReplaceableSeal(secret: string): ReplaceableSeal {
  let current = secret;
  let seal = createSeal(secret);
  const listeners = new Set<() => void>();
  return {
    sealKey: (key) => seal.sealKey(key),
    openKey: (text) => seal.openKey(text),
    sealDing: (key) => seal.sealDing(key),
    openDing: (text) => seal.openDing(text),
    sealPair: (kind, corpId, id) => seal.sealPair(kind, corpId, id),
    openPair: (kind, text) => seal.openPair(kind, text),
    sealChatMessage: (key) => seal.sealChatMessage(key),
    openChatMessage: (text) => seal.openChatMessage(text),
    sealMsgId: (corpId, messageId) => seal.sealMsgId(corpId, messageId),
    openMsgId: (text) => seal.openMsgId(text),
    sealFile: (kind, file) => seal.sealFile(kind, file),
    openFile: (kind, text) => seal.openFile(kind, text),
    sealReadCursor: (cursor) => seal.sealReadCursor(cursor),
    openReadCursor: (text) => seal.openReadCursor(text),
    current: () => current,
    replace(next) {
      current = next;
      seal = createSeal(next);
      for (const listener of listeners) listener();
    },
    onReplace: (listener) => void listeners.add(listener),
  };
}

const messagePrefix = 'msg';

/** Bytes per number: 16 million organizations and robots, a trillion messages, times until the year 10889. */
const keyWidths = [3, 3, 5, 6] as const;
const pairWidths = [3, 5] as const;
const dailyWidths = [3, 6] as const;
const fileWidths = [3, 3, 6, 5, 6] as const;
const cursorWidths = [3, 6, 6] as const;

/** The flag of a message number without its day, which follows from the send time in the same key. */
const dayLeftOut = 2 ** 39;

/** Encodes a message number for a key. */
function withoutDay(messageId: number, sentAt: number): number {
  if (messageId < perDay) return messageId;
  if (messageId !== addDay(messageId, sentAt)) throw new RangeError('the number is of another day than the time');
  return dayLeftOut + (messageId % perDay);
}

/** Returns the numbers of a sealed key. */
function toNumbers({ corpId, robotId, messageId, sentAt }: MessageKey): readonly number[] {
  return [corpId, robotId, withoutDay(messageId, sentAt), sentAt];
}

function toKey(numbers: readonly number[] | undefined): MessageKey | undefined {
  if (numbers === undefined) return undefined;
  const [corpId = 0, robotId = 0, number = 0, sentAt = 0] = numbers;
  return { corpId, robotId, messageId: withDay(number, sentAt), sentAt };
}

function withDay(number: number, sentAt: number): number {
  return number < dayLeftOut ? number : dayOf(sentAt) * perDay + (number - dayLeftOut);
}
const secretBytes = 32;

type Sealer = { seal(numbers: readonly number[]): string; open(text: string): readonly number[] | undefined };

/** Creates the functions that seal and open numbers of the given widths in bytes, with a tag of `tagBytes` in front. */
function createSealer(
  secret: string,
  label: string,
  widths: readonly number[],
  tagBytes: number,
  encoding: 'base64' | 'hex',
): Sealer {
  const bodyBytes = widths.reduce((sum, width) => sum + width, 0);
  const total = tagBytes + bodyBytes;
  const textLength = Buffer.alloc(total).toString(encoding).length;
  const decode = encoding === 'hex' ? decodeHex : decodeBase64;
  // The two input buffers of H are reused; only the bytes after the secret change.
  const tagInput = createKeyedInput(secret, `${label} tag`, bodyBytes);
  const maskInput = createKeyedInput(secret, `${label} mask`, tagBytes);
  const payload = tagInput.subarray(secretBytes);
  const bytes = Buffer.alloc(total);
  const maskBody = (bytes: Buffer) => {
    bytes.copy(maskInput, secretBytes, 0, tagBytes);
    return hash('sha256', maskInput, 'latin1');
  };
  return {
    seal(numbers) {
      writeNumbers(payload, widths, numbers);
      bytes.write(hash('sha256', tagInput, 'latin1'), 0, tagBytes, 'latin1');
      const mask = maskBody(bytes);
      for (let i = 0; i < bodyBytes; i++) bytes[tagBytes + i] = (payload[i] ?? 0) ^ mask.charCodeAt(i);
      return bytes.toString(encoding);
    },
    open(text) {
      if (text.length !== textLength || !decode(text, bytes)) return undefined;
      const mask = maskBody(bytes);
      for (let i = 0; i < bodyBytes; i++) payload[i] = (bytes[tagBytes + i] ?? 0) ^ mask.charCodeAt(i);
      return equalBytes(bytes, hash('sha256', tagInput, 'latin1'), tagBytes) ? readNumbers(payload, widths) : undefined;
    },
  };
}

const notADigit = 255;

/** Returns a table from character codes to digit values. */
function digitValues(digits: string): Uint8Array {
  const worth = new Uint8Array(128).fill(notADigit);
  for (let i = 0; i < digits.length; i++) worth[digits.charCodeAt(i)] = i;
  return worth;
}

const hexadecimal = digitValues('0123456789abcdef');
const base64 = digitValues('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/*
 * Decoding is strict, so that every key and token has exactly one spelling. (Node's decoder ignores invalid characters.
 * Encoding its result again to compare would add half the cost of opening a key.)
 */

function decodeHex(text: string, into: Uint8Array): boolean {
  for (let i = 0; i < into.length; i++) {
    const high = hexadecimal[text.charCodeAt(2 * i)] ?? notADigit;
    const low = hexadecimal[text.charCodeAt(2 * i + 1)] ?? notADigit;
    if (high === notADigit || low === notADigit) return false;
    into[i] = (high << 4) | low;
  }
  return true;
}

function decodeBase64(text: string, into: Uint8Array): boolean {
  const digits = Math.ceil((into.length * 8) / 6);
  let bits = 0;
  let held = 0;
  let at = 0;
  for (let i = 0; i < digits; i++) {
    const worth = base64[text.charCodeAt(i)] ?? notADigit;
    if (worth === notADigit) return false;
    bits = ((bits << 6) | worth) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    into[at++] = bits >> held;
  }
  for (let i = digits; i < text.length; i++) if (text[i] !== '=') return false;
  return (bits & ((1 << held) - 1)) === 0;
}

function createKeyedInput(secret: string, label: string, length: number): Buffer {
  const key = hash('sha256', `huizhi ${label}\0${secret}`, 'buffer');
  return Buffer.concat([key, Buffer.alloc(length)]);
}

function writeNumbers(into: Buffer, widths: readonly number[], numbers: readonly number[]): void {
  let at = 0;
  widths.forEach((width, i) => {
    at = into.writeUIntBE(numbers[i] ?? 0, at, width);
  });
}

function readNumbers(from: Buffer, widths: readonly number[]): readonly number[] {
  let at = 0;
  return widths.map((width) => {
    const number = from.readUIntBE(at, width);
    at += width;
    return number;
  });
}

function equalBytes(bytes: Buffer, latin1: string, length: number): boolean {
  let difference = 0;
  for (let i = 0; i < length; i++) difference |= (bytes[i] ?? 0) ^ latin1.charCodeAt(i);
  return difference === 0;
}

/** Compares two texts in a time that depends on their lengths only. */
export function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
