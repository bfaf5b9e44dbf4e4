import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Eventually } from '../../core/context.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';
import type { BodyStream, Sender } from './body/body-stream.ts';

/** A request as the gateway sees it, from a socket or from `fetch`. */
export type Call = {
  readonly method: string;
  /** The path as received, not decoded, without the query. */
  readonly path: string;
  /** The query string as received, not decoded, without its question mark. */
  readonly query: string;
  /** An upper-case UUIDv7, which is also sent in the response. */
  readonly requestId: string;
  /** The network address of the socket: of the client, or of a proxy. See `findClientAddress`. */
  readonly address: string;
  header(name: string): string | undefined;
  headers(): Readonly<Record<string, string | readonly string[]>>;
  /** Reads the body as text. Throws `huizhi.tooLarge` above 1 MiB, and `Invalidbody` if it is not UTF-8. */
  body(): Eventually<string>;
  /** Streams a large body instead; see `Uploads`. */
  readonly stream?: StreamBody;
  /** The request and response on the socket; absent if there is none. */
  readonly incoming?: IncomingMessage;
  readonly outgoing?: ServerResponse;
  /** Set by a fault rule of the emulator: keys that fail, or the error that the call returns. */
  readonly failing?: FailingKeys;
  readonly fault?: Error;
};

/** Streams the body of the call, up to a number of bytes. It gets the call, so that no call needs a closure for it. */
export type StreamBody = (call: Call, limit: number, sender: Sender) => BodyStream;

/** Streams the body of a call; see `Uploads`. */
export function streamBody(call: Call, limit: number, sender: Sender): BodyStream {
  if (!call.stream) throw new TypeError('the body of this call cannot be streamed');
  return call.stream(call, limit, sender);
}

/** The keys of a recall (`true`: all of them) for which a fault rule injects the error `code`. */
export type FailingKeys = { readonly code: ErrorCode; readonly keys: true | readonly string[] };

/**
 * A response: a status, JSON text, and headers in addition to those of every response. `drop` closes the connection
 * without a response.
 */
export type Answer = {
  readonly status: number;
  readonly body: string;
  /**
   * True if `body` is a byte string: its characters are the bytes of the UTF-8 text. It is written as latin1, so its
   * length is known and nothing has to be encoded; that saves a tenth of the cost of a response with Chinese names.
   */
  readonly bytes?: boolean;
  /** The pattern of the route, for metrics; absent if no route matched. */
  readonly route?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly drop?: true;
  /** What the emulator's request journal records instead of a body that was streamed: JSON text. */
  readonly received?: string;
  /** The error that caused this response, for the emulator's request journal. */
  readonly error?: { readonly code: string; readonly why: string };
};

/** A request that has arrived, and waits for its turn in a batch. */
export type Arrival = {
  /** When it arrived, by `performance.now()`. */
  readonly started: number;
  toCall(requestId: string): Call;
  respond(call: Call, answer: Answer): void;
};

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Decodes a body. Throws `Invalidbody` if it is not UTF-8. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw wireError('Invalidbody', { why: 'the body is not UTF-8', cause });
  }
}

/** Returns the body of an answer as ordinary text, also if it is a byte string. */
export function decodeAnswer({ body, bytes }: Answer): string {
  return bytes ? Buffer.from(body, 'latin1').toString() : body;
}

/** Returns the scheme and host by which a caller reached this server, such as `https://huizhi.example.com`. */
export function findOrigin({ incoming, header }: Call): string {
  const scheme = incoming && 'encrypted' in incoming.socket ? 'https' : 'http';
  return `${scheme}://${header('host') ?? 'localhost'}`;
}
