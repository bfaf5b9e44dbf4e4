import type { IncomingMessage, ServerResponse } from 'node:http';
import { maxBodyBytes } from '../wire/limits.ts';
import { forward } from './forward.ts';

/** The call by which a Stream client gets the address of its WebSocket. */
export const openConnectionPath = '/v1.0/gateway/connections/open';

/**
 * Forwards a call for the address of a Stream connection. Huizhi returns a `ws:` address, which the vendor's SDK for
 * Java cannot use: it gets the address of the TLS port of this run instead.
 */
export async function forwardOpenConnection(
  origin: URL,
  secureAddress: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readBody(incoming);
  if (body === undefined) {
    outgoing.writeHead(413, { connection: 'close', 'content-length': 0 }).end();
    return;
  }
  const render = needsTls(body) ? (text: string) => replaceEndpoint(text, secureAddress) : undefined;
  forward(origin, incoming.url ?? openConnectionPath, incoming, outgoing, { body, ...(render && { render }) });
}

/** Reads a body; undefined if it is longer than any that huizhi accepts. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > maxBodyBytes) return undefined;
  }
  return Buffer.concat(chunks);
}

/** The SDK for Java names itself `java/…`, and knows addresses of the form `wss://host:port/connect` only. */
function needsTls(body: Buffer): boolean {
  const { ua } = parseObject(body.toString());
  return typeof ua === 'string' && ua.startsWith('java/');
}

function replaceEndpoint(text: string, secureAddress: string): string {
  const answer = parseObject(text);
  const isPlain = typeof answer.endpoint === 'string' && answer.endpoint.startsWith('ws:');
  return isPlain ? JSON.stringify({ ...answer, endpoint: `wss://${secureAddress}/connect` }) : text;
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
