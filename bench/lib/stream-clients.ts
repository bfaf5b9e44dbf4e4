import { once } from 'node:events';
import WebSocket from 'ws';
import { createMarks } from './follow.ts';
import type { Child } from './process.ts';

/** The body of `connections/open`. */
export type Opening = {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly subscriptions: readonly { readonly type: 'CALLBACK' | 'EVENT'; readonly topic: string }[];
};

/** Opens a connection in Stream mode that acknowledges every push. */
export async function openClient(url: string, opening: Opening): Promise<WebSocket> {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify(opening);
  const response = await fetch(`${url}/v1.0/gateway/connections/open`, { method: 'POST', headers, body });
  const { endpoint, ticket } = (await response.json()) as { endpoint: string; ticket: string };
  return openSocket(`${endpoint}?ticket=${ticket}`);
}

/** Opens a WebSocket that answers every frame with success. */
export async function openSocket(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on('message', (text: Buffer) => {
    const { headers } = JSON.parse(text.toString()) as { headers: { messageId: string } };
    socket.send(JSON.stringify({ code: 200, headers: { messageId: headers.messageId }, message: 'OK', data }));
  });
  await once(socket, 'open');
  return socket;
}

/** What clients of both robots and events answer with. */
const data = JSON.stringify({ response: {}, status: 'SUCCESS', message: 'OK' });

/** A program that gets the events of an app in Stream mode. */
export type EventClient = { reached(count: number): Promise<unknown>; close(): void };

export async function openEventClient(
  url: string,
  { appKey, appSecret }: { readonly appKey: string; readonly appSecret: string },
): Promise<EventClient> {
  const subscriptions = [{ type: 'EVENT', topic: '*' }] as const;
  const arrived = createMarks();
  const socket = await openClient(url, { clientId: appKey, clientSecret: appSecret, subscriptions });
  socket.on('message', (text: Buffer) => {
    if ((JSON.parse(text.toString()) as { type: string }).type === 'EVENT') arrived.mark('event');
  });
  return {
    reached: (count) => arrived.wait('event', count),
    close: () => socket.terminate(),
  };
}

/** Lets bench/stream-server.ts push frames, `window` of them at a time. Returns frames per second. */
export async function pushFrames(
  { process: child }: Child,
  frames: { readonly count: number; readonly window: number },
): Promise<number> {
  child.send(frames);
  const [{ seconds }] = (await once(child, 'message')) as [{ seconds: number }];
  return frames.count / seconds;
}
