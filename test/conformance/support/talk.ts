import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { InboxSayAnswer } from '../../../src/wire/own/talk.ts';
import type { Ask, Fields, Reply, Server } from './harness.ts';
import { appSecrets } from './setup.ts';
import { bearer, ok, tokenHeader, type World } from './world.ts';

const sessionPath = '/robot/sendBySession';
const robotTopic = '/v1.0/im/bot/messages/get';

/** A message as a program gets it. */
export type Heard = Fields & {
  readonly msgId: string;
  readonly conversationId: string;
  readonly sessionWebhook: string;
  readonly sessionWebhookExpiredTime: number;
};

/** The fields of a message to a robot alone, in their order. */
export const fieldsAlone = [
  ...['senderPlatform', 'conversationId', 'chatbotCorpId', 'chatbotUserId', 'openThreadId', 'msgId', 'senderNick'],
  ...['isAdmin', 'senderStaffId', 'sessionWebhookExpiredTime', 'createAt', 'senderCorpId', 'conversationType'],
  ...['senderId', 'sessionWebhook', 'senderUnionId', 'text', 'robotCode', 'msgtype'],
];

/** A program that listens for the robots of an app. */
export type Listener = { next(): Promise<Heard>; readonly count: () => number; close(): void };

/** Listens in Stream mode as an app, by default app-one, and answers each push. */
export async function listen(server: Server, appKey: keyof typeof appSecrets = 'app-one'): Promise<Listener> {
  const body = {
    clientId: appKey,
    clientSecret: appSecrets[appKey],
    subscriptions: [{ type: 'CALLBACK', topic: robotTopic }],
  };
  const { endpoint, ticket } = ok(await server.call('POST', '/v1.0/gateway/connections/open', { body }));
  const socket = new WebSocket(`${endpoint}?ticket=${ticket}`);
  onTestFinished(() => socket.terminate());
  const { put, ...queue } = createQueue();
  socket.on('message', (frame) => {
    const { type, headers, data } = JSON.parse(String(frame)) as { type: string; headers: Fields; data: string };
    if (type === 'SYSTEM' && headers.topic !== 'ping') return;
    if (type === 'CALLBACK') put(JSON.parse(data) as Heard);
    const { messageId } = headers;
    socket.send(JSON.stringify({ code: 200, headers: { messageId, contentType: 'application/json' }, data }));
  });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { ...queue, close: () => socket.close() };
}

function createQueue() {
  const waiting: Heard[] = [];
  let count = 0;
  let wake = () => {};
  return {
    put(heard: Heard) {
      count++;
      waiting.push(heard);
      wake();
    },
    count: () => count,
    async next(): Promise<Heard> {
      for (;;) {
        const heard = waiting.shift();
        if (heard) return heard;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

/** A program that gets messages by HTTP, and answers with what `answer` returns. */
export async function serveRobot(answer: (heard: Heard) => unknown) {
  const requests: { readonly headers: IncomingHttpHeaders; readonly heard: Heard }[] = [];
  let wake = () => {};
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const heard = JSON.parse(Buffer.concat(chunks).toString()) as Heard;
    requests.push({ headers: request.headers, heard });
    const reply = answer(heard);
    response.end(typeof reply === 'string' ? reply : JSON.stringify(reply));
    wake();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/robot`,
    async next() {
      while (requests.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return requests.shift() ?? expect.fail('no request');
    },
  };
}

/** Calls for tests of people's messages on a server. */
export function talkWorld(there: World) {
  const { call, emulate, server, signIn, tokenOf } = there;
  const write = (session: string, conversationId: string, body: object): Promise<Reply> =>
    call('POST', `/inbox/v1/conversations/${encodeURIComponent(conversationId)}/messages`, {
      body,
      headers: bearer(session),
    });
  return {
    ...there,
    write,
    /** Writes a text, by default as alice to robot-one. */
    say: async (text: string, { from = 'alice', to = 'robot:robot-one', ...more }: SayOptions = {}) =>
      ok(
        await write(await signIn(from), to, { msgtype: 'text', text: { content: text }, ...more }),
      ) as unknown as InboxSayAnswer,
    /** Creates a group of alice, bob and carol with robot-one. */
    group: async (given: object = {}) => {
      const group = { corpId: 'corp-one', title: '项目群', members: ['alice', 'bob', 'carol'], robots: ['robot-one'] };
      const { openConversationId } = await emulate('POST', 'groups', { ...group, ...given });
      return String(openConversationId);
    },
    /** Replies through a sessionWebhook. */
    reply: (heard: Pick<Heard, 'sessionWebhook'>, body: unknown, ask: Ask = {}) => {
      const session = new URL(heard.sessionWebhook).searchParams.get('session') ?? '';
      return call('POST', sessionPath, { body, query: { session }, ...ask });
    },
    /** Sends a message as robot-one, and returns its processQueryKey. */
    sendToGroup: async (openConversationId: string): Promise<string> => {
      const text = { msgKey: 'sampleText', msgParam: '{"content":"to the group"}' };
      const body = { robotCode: 'robot-one', openConversationId, ...text };
      const headers = { [tokenHeader]: await tokenOf() };
      return String(ok(await call('POST', '/v1.0/robot/groupMessages/send', { body, headers })).processQueryKey);
    },
    upload: (session: string, type: string, data: Uint8Array, name = type) =>
      putRaw(server, session, `/inbox/v1/media?${new URLSearchParams({ type, name })}`, data),
    emotion: async (action: 'reply' | 'recall', body: object, token?: string) =>
      call('POST', `/v1.0/robot/emotion/${action}`, { body, headers: { [tokenHeader]: token ?? (await tokenOf()) } }),
  };
}

type SayOptions = {
  readonly from?: string;
  readonly to?: string;
  readonly atRobotCodes?: readonly string[];
  readonly atUserIds?: readonly string[];
  readonly quotedMessageId?: string;
  readonly sendId?: string;
};

/** Sends bytes as the body of a `PUT`. */
export async function putRaw(server: Server, session: string, path: string, data: Uint8Array) {
  const reply = await fetch(`${server.url}${path}`, {
    method: 'PUT',
    headers: { ...bearer(session), 'content-type': 'application/octet-stream' },
    body: Buffer.from(data),
  });
  const text = await reply.text();
  return { status: reply.status, body: JSON.parse(text) as Fields };
}
