import type { Caller, Context, Eventually } from '../../core/context.ts';
import type { RequiredField } from '../../wire/errors.ts';
import type { JsonObject } from '../../wire/json.ts';
import type { Answer, Call } from './call.ts';

/** One call of the vendor's API. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** The path; a segment in braces, such as `{corpId}`, matches any one segment. */
  readonly path: string;
  /** The permission that the token's app must have. A route without a permission needs no token. */
  readonly permission?: string;
  /**
   * Whether the call belongs to the old host: the token is a parameter, errors are HTTP 200 with an `errcode`, and the
   * handler reads the body.
   */
  readonly oldHost?: true;
  /** Whether the responses of a call of the old host have no `request_id`, not even those of errors. */
  readonly withoutRequestId?: true;
  /** Whether the handler streams the body; see `Call.stream`. */
  readonly isStreamed?: true;
  /** Fields that the body must have. A route without this list has no body. */
  readonly required?: readonly RequiredField[];
  /** Whether the handler only reads the store once, so that it may run twice; see `asCaller`. */
  readonly isRead?: boolean;
  /** Whether the handler returns a byte string; see `Answer.bytes`. */
  readonly bytes?: boolean;
  readonly handler: (request: RouteRequest) => Eventually<Success>;
};

/** The JSON text of a successful response, or that text with additional parts of an answer. */
export type Success = string | ({ readonly body: string } & Pick<Answer, 'headers' | 'received'>);

/**
 * The input of a route's handler. `segment` is the path segment that matched the braces (else empty), `caller` is
 * undefined only if the route has no permission, and `body` is an empty object if the route has no body.
 */
export type RouteRequest = {
  readonly context: Context;
  readonly call: Call;
  readonly segment: string;
  readonly caller: Caller | undefined;
  readonly body: JsonObject;
};
