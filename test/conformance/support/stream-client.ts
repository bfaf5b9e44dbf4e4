import { expect, onTestFinished } from 'vitest';
import WebSocket from 'ws';
import type { Fields, Reply, Server } from './harness.ts';
import { type AppKey, appSecrets } from './setup.ts';

export const openPath = '/v1.0/gateway/connections/open';
export const robotTopic = '/v1.0/im/bot/messages/get';
export const cardTopic = '/v1.0/card/instances/callback';

/** A subscription to everything that this suite pushes. */
export const everything = [
  { type: 'EVENT', topic: '*' },
  { type: 'CALLBACK', topic: robotTopic },
  { type: 'CALLBACK', topic: cardTopic },
] as const;

export type Frame = {
  readonly specVersion: string;
  readonly type: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly data: string;
};

/** The body of `connections/open` of an app. */
export function openBody(appKey: AppKey = 'app-one', more: object = {}): Fields {
  return { clientId: appKey, clientSecret: appSecrets[appKey], subscriptions: everything, ua: 'test/1', ...more };
}

/** Requests a ticket, and returns the address of the WebSocket with it. */
export async function requestTicket({ call }: Pick<Server, 'call'>, appKey?: AppKey, more?: object): Promise<string> {
  const reply = await call('POST', openPath, { body: openBody(appKey, more) });
  expect({ status: reply.status, text: reply.text }).toMatchObject({ status: 200 });
  const { endpoint, ticket } = reply.body as { endpoint: string; ticket: string };
  return `${endpoint}?ticket=${ticket}`;
}

/** How a client answers a push: with the members of an answer, or not at all. */
export type Answering = (frame: Frame) => object | string | undefined;

/** The usual answer of the SDKs. */
export const acknowledge: Answering = ({ headers: { messageId } }) => ({
  code: 200,
  headers: { contentType: 'application/json', messageId },
  message: 'OK',
  data: '{"response": null}',
});

/** An open connection of Stream mode. */
export type StreamClient = {
  readonly socket: WebSocket;
  readonly ticket: string;
  /** All frames so far, as text and parsed. */
  readonly texts: readonly string[];
  frames(): readonly Frame[];
  /** The frames of pushes. */
  pushes(): readonly Frame[];
  /** Resolves with the close code when the connection has ended. */
  readonly ended: Promise<number>;
  close(): void;
};

/** Connects to an address with a ticket, and resolves when the first ping has arrived. */
export function connectTo(url: string, answer: Answering = acknowledge, options: object = {}): Promise<StreamClient> {
  const socket = new WebSocket(url, options);
  onTestFinished(() => socket.terminate());
  const texts: string[] = [];
  const frames = () => texts.map((text) => JSON.parse(text) as Frame);
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const client: StreamClient = {
    socket,
    ticket: url.split('ticket=')[1] ?? '',
    texts,
    frames,
    pushes: () => frames().filter(({ type }) => type !== 'SYSTEM'),
    ended,
    close: () => socket.close(),
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject).on('close', end);
    socket.on('unexpected-response', (_, response) => reject(new RefusedHandshake(response.statusCode ?? 0)));
    socket.on('message', (data: Buffer) => {
      const text = data.toString();
      texts.push(text);
      const frame = JSON.parse(text) as Frame;
      const reply = frame.type === 'SYSTEM' ? pong(frame) : answer(frame);
      if (reply !== undefined) socket.send(typeof reply === 'string' ? reply : JSON.stringify(reply));
      resolve(client);
    });
  });
}

class RefusedHandshake extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the handshake was refused with ${status}`);
    this.name = 'RefusedHandshake';
    this.status = status;
  }
}

function pong({ headers, data }: Frame): object | undefined {
  return headers.topic === 'ping' ? { code: 200, headers, message: 'OK', data } : undefined;
}

/** Requests a ticket and connects. */
export async function connectClient(
  server: Pick<Server, 'call'>,
  { answer, appKey, more }: { answer?: Answering; appKey?: AppKey; more?: object } = {},
): Promise<StreamClient> {
  return connectTo(await requestTicket(server, appKey, more), answer);
}

/** Attempts a handshake over HTTP that must be refused, and returns the response. */
export function attemptHandshake(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Pick<Reply, 'status' | 'body'> & { readonly type: string | undefined }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    onTestFinished(() => socket.terminate());
    socket.on('open', () => reject(new Error('the handshake was accepted')));
    socket.on('error', reject);
    socket.on('unexpected-response', (_, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'],
          body: JSON.parse(text) as Fields,
        }),
      );
    });
  });
}
