import type { Eventually } from '../../core/context.ts';
import { type ErrorCode, wireError } from '../../wire/errors.ts';

/** A request as the gateway sees it, whether it came over a socket or by `fetch`. */
export type Call = {
  readonly method: string;
  /** The path as it came, without the query. */
  readonly path: string;
  /** The query as it came, without its question mark. */
  readonly query: string;
  /** An upper-case UUIDv7, which the answer carries. */
  readonly requestId: string;
  /** The caller's network address. */
  readonly address: string;
  header(name: string): string | undefined;
  headers(): Readonly<Record<string, string | readonly string[]>>;
  /** The body as text; throws `huizhi.tooLarge` beyond 1 MiB and `Invalidbody` for bytes that are not UTF-8. */
  body(): Eventually<string>;
  /** Set by a fault of the emulator. */
  readonly failing?: FailingKeys;
};

/** Keys of a recall, or all, that fail with a code because a fault says so. */
export type FailingKeys = { readonly code: ErrorCode; readonly keys: true | readonly string[] };

/** What goes back: a status, JSON text, and headers beside the usual ones. `drop` closes the connection without a word. */
export type Answer = {
  readonly status: number;
  readonly body: string;
  /**
   * True when `body` holds the bytes of its UTF-8, one in each character: then nothing has to be counted, flattened or encoded on the
   * way out, which is a tenth of what an answer with Chinese names costs.
   */
  readonly bytes?: boolean;
  /** The pattern of the route, for metrics; absent where there is none. */
  readonly route?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly drop?: true;
  /** The error behind it, for the emulator's list of requests. */
  readonly error?: { readonly code: string; readonly why: string };
};

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Decodes a body strictly. */
export function decodeBody(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw wireError('Invalidbody', { why: 'the body is not UTF-8', cause });
  }
}

/** The text of an answer. */
export function textOfAnswer({ body, bytes }: Answer): string {
  return bytes ? Buffer.from(body, 'latin1').toString() : body;
}
