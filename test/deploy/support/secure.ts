/** Calls over TLS to a proxy, and what arrives at the page of a person. */
import type { IncomingMessage } from 'node:http';
import { Agent, type RequestOptions, request } from 'node:https';
import { onTestFinished } from 'vitest';
import { type Ask, type Fields, fieldsOf, type Reply, type Server } from '../../conformance/support/harness.ts';
import type { ReverseProxy } from './proxies.ts';

export type Secure = Pick<Server, 'url' | 'call'> & {
  /** Sends bytes. */
  post(path: string, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<Reply>;
  /** Opens a stream of events, and resolves with a function that waits for one of this name. */
  follow(path: string, headers: Readonly<Record<string, string>>): Promise<(event: string) => Promise<Fields>>;
};

/** Calls through a proxy, from an address of the loopback network. */
export function connectSecurely({ port, ca }: ReverseProxy, localAddress = '127.0.0.1'): Secure {
  const url = `https://localhost:${port}`;
  const agent = new Agent({ keepAlive: true, ca, family: 4 });
  const send = (path: string, options: RequestOptions, body?: string | Uint8Array) =>
    exchange(`${url}${path}`, { agent, localAddress, ...options }, body);
  return {
    url,
    async call(method, path, { body, headers = {}, query = '' }: Ask = {}) {
      const search = new URLSearchParams(query).toString();
      const text = body === undefined ? undefined : JSON.stringify(body);
      const type = text === undefined ? {} : { 'content-type': 'application/json' };
      return read(await send(path + (search && `?${search}`), { method, headers: { ...type, ...headers } }, text));
    },
    post: async (path, body, headers) => read(await send(path, { method: 'POST', headers }, body)),
    async follow(path, headers) {
      const response = await send(path, { headers });
      onTestFinished(() => void response.destroy());
      return createWaiter(response);
    },
  };
}

function exchange(url: string, options: RequestOptions, body?: string | Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end(body);
  });
}

async function read(response: IncomingMessage): Promise<Reply> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text, body: fieldsOf(text) };
}

function createWaiter(response: IncomingMessage): (event: string) => Promise<Fields> {
  let text = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return async (event) => {
    for (;;) {
      const data = new RegExp(`^event: ${event}\\ndata: (.*)\\n`, 'm').exec(text)?.[1];
      if (data !== undefined) return fieldsOf(data);
      await new Promise((resolve) => response.once('data', resolve));
    }
  };
}
