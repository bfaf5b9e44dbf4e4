/** The errors that a socket gets instead of a response to a request. */
import type { Log } from '../../../core/context.ts';
import { huizhiError, type WireError } from '../../../wire/errors.ts';
import { formatHead, renderHeaders } from '../headers.ts';
import { renderError } from '../render.ts';
import { createRequestId } from '../request-id.ts';

/**
 * Maps an error of node's HTTP parser to an error of ours. `reason` is the parser's text, such as `Invalid method
 * encountered`.
 */
export function toWireError({
  code,
  reason: detail = 'it cannot be read',
}: NodeJS.ErrnoException & { reason?: string }): WireError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    const late = 'the headers did not arrive in time';
    return huizhiError('huizhi.requestTimeout', late);
  }
  const reason =
    code === 'HPE_HEADER_OVERFLOW' ? 'the URL and the headers are too long' : `the request is not HTTP: ${detail}`;
  return huizhiError('huizhi.badRequest', reason);
}

export function pipelinedError(): WireError {
  return huizhiError('huizhi.badRequest', 'an upgrade must wait for the responses to earlier requests');
}

export function busyError(reason: string): WireError {
  return huizhiError('huizhi.busy', reason, { retryAfter: 1 });
}

/** What is logged and counted of a response that refuses a connection. `bytes` is the length of the body. */
export type Refused = {
  readonly status: number;
  readonly code: string;
  readonly requestId: string;
  readonly bytes: number;
};

type Refusal = Refused & { readonly headers: readonly string[]; readonly body: string };

const noError = { code: '' };

export function renderRefusal(error: unknown, log: Log): Refusal {
  const requestId = createRequestId();
  const { status, body, headers = {}, error: { code } = noError } = renderError(error, requestId, log);
  const bytes = Buffer.byteLength(body);
  return {
    ...{ status, code, requestId, bytes, body },
    headers: [...renderHeaders(requestId, bytes), ...Object.entries(headers).flat()],
  };
}

/** Formats a complete HTTP response, to be written directly to a socket. */
export function formatResponse({ status, headers, body }: Refusal): string {
  return formatHead(status, ['connection', 'close', ...headers]) + body;
}
