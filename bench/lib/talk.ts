import type WebSocket from 'ws';
import { call } from './api.ts';
import { follow } from './follow.ts';
import { percentile } from './stats.ts';

/** How fast a bot in Stream mode gets what people write, and they its reply: 99 of 100 within these milliseconds. */
export type TalkTimes = {
  /** From the request of the compose box until the frame has arrived at the bot. */
  readonly toBot: number;
  /** From then until the inbox has heard of the reply, which the bot sends to the sessionWebhook. */
  readonly back: number;
};

/** People who write to a robot one after the other, and how much each writes. A person may write 60 messages a minute. */
export type Talkers = {
  readonly corpId: string;
  readonly robotCode: string;
  readonly userIds: readonly string[];
  readonly messages: number;
};

/** The people of the server in bench/stream-server.ts, who write to the robot of its first app. */
export const talkers: Talkers = {
  corpId: 'corp',
  robotCode: 'robot',
  userIds: Array.from({ length: 51 }, (_, i) => `user-${i}`),
  messages: 10,
};

type Frame = { readonly type: string; readonly data: string };
type Heard = { readonly sessionWebhook: string };

/**
 * Lets people write to a robot, one message after the other. The socket that gets a message replies to it. The first
 * person is not counted.
 *
 * @param url the address of an emulator, in which everybody can sign in
 * @param sockets the connections of the robot's app, which acknowledge every push
 */
export async function talk(url: string, sockets: readonly WebSocket[], people: Talkers): Promise<TalkTimes> {
  let heardAt = 0;
  for (const socket of sockets) {
    socket.on('message', (text: Buffer) => {
      const { type, data } = JSON.parse(text.toString()) as Frame;
      if (type !== 'CALLBACK') return;
      heardAt = performance.now();
      const { sessionWebhook } = JSON.parse(data) as Heard;
      void call(sessionWebhook, {}, { msgtype: 'text', text: { content: reply } });
    });
  }
  const toBot: number[] = [];
  const back: number[] = [];
  for (const [i, userId] of people.userIds.entries()) {
    const write = await openCompose(url, people, userId);
    for (let message = 0; message < people.messages; message++) {
      const started = performance.now();
      await write.send(`message ${message}`);
      const ended = performance.now();
      if (i === 0) continue;
      toBot.push(heardAt - started);
      back.push(ended - heardAt);
    }
    write.close();
  }
  return { toBot: percentile(toBot, 0.99), back: percentile(back, 0.99) };
}

const reply = 'reply of the bot';

/** Opens the inbox of a person. `send` resolves when the reply to the message has arrived there. */
async function openCompose(url: string, { corpId, robotCode }: Talkers, userId: string) {
  const { text } = await call(`${url}/inbox/v1/sessions`, {}, { corpId, userId });
  const { token } = JSON.parse(text) as { token: string };
  let arrived = () => {};
  const stream = await follow(url, token, (data) => {
    if (data.includes(reply)) arrived();
  });
  const path = `${url}/inbox/v1/conversations/${encodeURIComponent(`robot:${robotCode}`)}/messages`;
  return {
    close: stream.close,
    async send(content: string): Promise<void> {
      const replied = new Promise<void>((resolve) => {
        arrived = resolve;
      });
      const body = { msgtype: 'text', text: { content } };
      const { status, text } = await call(path, { authorization: `Bearer ${token}` }, body);
      if (status !== 200) throw new Error(`a message of a person was answered with ${status}: ${text}`);
      await replied;
    },
  };
}
