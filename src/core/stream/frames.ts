import { randomBytes, randomUUID } from 'node:crypto';
import { isObject, parseJson, toText } from '../../wire/json.ts';

/** What a client can subscribe to: a kind of push and its topic. The topic of events is always `*`. */
export type Subscription = { readonly type: PushType | 'SYSTEM'; readonly topic: string };

export type PushType = 'CALLBACK' | 'EVENT';

/** A push to a client. `data` is JSON text. The hub adds all headers except those of an event; see `renderPush`. */
export type Push = {
  readonly type: PushType;
  readonly topic: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly data: string;
};

/** What a client has answered. `data` is the text that it has sent, empty if there was none. */
export type Answer = { readonly code: number; readonly message: string; readonly data: string };

/** What frames say about a connection: the app's UUID, and the ticket that has opened the connection. */
export type FrameSource = { appUuid: string; readonly connectionId: string };

type FrameParts = { readonly type: string; readonly headers: Readonly<Record<string, string>>; readonly data: string };

/**
 * Renders a frame with its keys in the vendor's order: headers are sorted by name. Every header is a string, because the
 * SDKs for Go and Java decode nothing else.
 */
function renderFrame({ type, headers, data }: FrameParts): string {
  const sorted = Object.fromEntries(Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ specVersion: '1.0', type, headers: sorted, data });
}

const contentType = 'application/json';

/** Returns the headers of a push. Callbacks name app and connection, events only the app, in a header of their own. */
export function createPushHeaders(
  { type, topic, headers }: Push,
  { appUuid, connectionId }: FrameSource,
  { messageId, at }: { readonly messageId: string; readonly at: number },
): Readonly<Record<string, string>> {
  const source = type === 'EVENT' ? { eventUnifiedAppId: appUuid } : { appId: appUuid, connectionId };
  return { ...source, ...headers, contentType, messageId, time: String(at), topic };
}

/** Renders the frame of a push. */
export function renderPush({ type, data }: Push, headers: Readonly<Record<string, string>>): string {
  return renderFrame({ type, headers, data });
}

/** Renders a `ping`, with its messageId. `at` is epoch milliseconds. */
export function renderPing({ appUuid, connectionId }: FrameSource, at: number): string {
  const messageId = createMessageId((size) => randomBytes(size), at);
  return renderFrame({
    type: 'SYSTEM',
    headers: { appId: appUuid, connectionId, contentType, messageId, time: String(at), topic: 'ping' },
    data: JSON.stringify({ opaque: randomUUID() }),
  });
}

/** Renders the `disconnect` after which a client gets no more pushes. `at` is epoch milliseconds. */
export function renderDisconnect(at: number): string {
  const bytes = randomBytes(8);
  const digits = String(100 + (bytes.readUInt16LE(4) % 900));
  const messageId = `${bytes.toString('hex', 0, 4)}${at}${digits}d${bytes.readUInt16LE(6)}`;
  return renderFrame({
    type: 'SYSTEM',
    headers: { contentType, messageId, time: String(at), topic: 'disconnect' },
    data: JSON.stringify({ reason: 'persistent connection is timeout' }),
  });
}

/** Creates a messageId in the vendor's form: four hexadecimal numbers, of which the third is a time. */
export function createMessageId(bytes: (size: number) => Uint8Array, at: number): string {
  const hex = Buffer.from(bytes(10)).toString('hex');
  return `${hex.slice(0, 8)}_${hex.slice(8, 12)}_${at.toString(16)}_${hex.slice(12)}`;
}

/**
 * Parses a frame of a client. Every SDK writes the answer differently, so only the messageId and the code are required.
 * Returns undefined for anything else, which is ignored. Never throws, since an error here would end the process.
 */
export function parseAnswer(text: string): (Answer & { readonly messageId: string }) | undefined {
  const frame = parseJson(text);
  if (!isObject(frame) || !isObject(frame.headers)) return undefined;
  const { messageId } = frame.headers;
  // Not Number() of any value: an object can make it throw.
  const code = Number(toText(frame.code) ?? Number.NaN);
  if (typeof messageId !== 'string' || !Number.isInteger(code)) return undefined;
  return { messageId, code, message: toJsonText(frame.message), data: toJsonText(frame.data) };
}

function toJsonText(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
