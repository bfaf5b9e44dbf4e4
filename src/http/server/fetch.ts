import { maxBodyBytes } from '../../wire/limits.ts';
import { tooLargeError } from './body/bodies.ts';
import type { BodyStream } from './body/body-stream.ts';
import type { Call } from './call.ts';
import { decodeAnswer, decodeBody } from './call.ts';
import type { Gateway } from './gateway.ts';
import { renderHeaders } from './headers.ts';
import type { RequestIds } from './request-id.ts';

/**
 * Calls the gateway with a Request and returns a Response, for the emulator's `fetch`, which needs no socket. Throws a
 * TypeError, as `fetch` does, if a fault rule drops the connection.
 */
export async function fetchFromGateway(gateway: Gateway, request: Request, requestIds: RequestIds): Promise<Response> {
  const call = toCall(request, requestIds());
  const answer = await gateway.handle(call);
  const { status, headers, drop } = answer;
  if (drop) throw new TypeError('fetch failed', { cause: new Error('the connection was dropped by a fault rule') });
  const body = decodeAnswer(answer);
  const flat = renderHeaders(call.requestId, Buffer.byteLength(body), call.header('origin') !== undefined);
  const response = new Response(body, { status });
  for (let i = 0; i < flat.length; i += 2) response.headers.set(flat[i] ?? '', flat[i + 1] ?? '');
  for (const [name, value] of Object.entries(headers ?? {})) response.headers.set(name, value);
  return response;
}

async function* streamBody({ body }: Request, limit: number): BodyStream {
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLargeError(limit);
    yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
  }
}

function toCall(request: Request, requestId: string): Call {
  const url = new URL(request.url);
  return {
    method: request.method,
    path: url.pathname,
    query: url.search.slice(1),
    requestId,
    address: '127.0.0.1',
    header: (name) => request.headers.get(name) ?? undefined,
    headers: () => Object.fromEntries(request.headers),
    stream: (_, limit) => streamBody(request, limit),
    body: async () => {
      const bytes = await request.arrayBuffer();
      if (bytes.byteLength <= maxBodyBytes) return decodeBody(new Uint8Array(bytes));
      throw tooLargeError(maxBodyBytes);
    },
  };
}
