import type { Clock } from '../clock.ts';
import {
  type Answer,
  createPushHeaders,
  type FrameSource,
  type Push,
  parseAnswer,
  renderDisconnect,
  renderPing,
  renderPush,
  type Subscription,
} from './frames.ts';

/** The socket of a client. */
export type Link = {
  /** Sends a text frame. */
  send(frame: string): void;
  /** Returns the bytes that were sent but not yet written to the network. */
  unsent(): number;
  /** Closes the connection without a close frame, as the vendor does, after what was sent has been written. */
  end(): void;
  /** Closes the connection at once. */
  cut(): void;
};

/** A connection of a client to this process. */
export type Connection = FrameSource & {
  readonly id: number;
  readonly corpId: number;
  readonly appId: number;
  readonly appKey: string;
  /** The era of the app in which the ticket was issued; see `Directory.era`. */
  readonly era: number;
  /** What the client says about itself. */
  readonly client: string;
  readonly subscriptions: readonly Subscription[];
  readonly link: Link;
  /** Epoch milliseconds by the context's clock. */
  readonly openedAt: number;
  /** Pushes that wait for an answer, by messageId. */
  readonly waiting: Map<string, (answer: Answer | undefined) => void>;
  /** `leaving`: gets no more pushes and is closed soon. */
  state: 'open' | 'leaving' | 'closed';
  /** When the client last sent something, and when it last got a ping; milliseconds of `performance.now()`. */
  heardAt: number;
  pingedAt: number;
  /** Pings since the client last sent something. */
  unanswered: number;
};

/** Durations in milliseconds of the machine's clock. */
export type StreamTimes = {
  /** Silence of the client after which it gets a ping. */
  readonly ping: number;
  /** Time between `disconnect` and the end of the connection; with 0 both are one step. */
  readonly leave: number;
};

export const defaultStreamTimes: StreamTimes = { ping: 30_000, leave: 10_000 };

/** Number of unanswered pings after which a connection is closed. */
const mostUnanswered = 2;

/** Bytes that a client may leave unread before its connection is closed. */
const mostUnsent = 1024 * 1024;

/** Whether a connection gets pushes of a type and topic. */
export function isSubscribed({ state, subscriptions }: Connection, type: string, topic: string): boolean {
  return state === 'open' && includesTopic(subscriptions, type, topic);
}

export function includesTopic(subscriptions: readonly Subscription[], type: string, topic: string): boolean {
  return subscriptions.some((one) => one.type === type && one.topic === topic);
}

function send(connection: Connection, frame: string): void {
  connection.link.send(frame);
  if (connection.link.unsent() > mostUnsent) connection.link.cut();
}

export function sendPing(connection: Connection, at: number): void {
  connection.pingedAt = performance.now();
  connection.unanswered++;
  send(connection, renderPing(connection, at));
}

/** Pings a connection whose client was silent for too long, and closes it if earlier pings had no answer. */
export function checkSilence(connection: Connection, { ping }: StreamTimes, clock: Clock): void {
  if (connection.state !== 'open') return;
  if (performance.now() - Math.max(connection.heardAt, connection.pingedAt) < ping) return;
  if (connection.unanswered >= mostUnanswered) connection.link.cut();
  else sendPing(connection, clock.now());
}

/** Asks the client to connect again, stops pushes to it, and closes the connection a little later. */
export function disconnect(connection: Connection, { leave }: StreamTimes, at: number): void {
  if (connection.state !== 'open') return;
  connection.state = 'leaving';
  send(connection, renderDisconnect(at));
  if (leave === 0) connection.link.end();
  else setTimeout(() => connection.link.end(), leave).unref();
}

/** Notes that the client has sent something. */
export function touch(connection: Connection): void {
  connection.heardAt = performance.now();
  connection.unanswered = 0;
}

/** Handles a text frame of the client. What is not an answer to a push is ignored. */
export function receive(connection: Connection, text: string): void {
  touch(connection);
  if (connection.waiting.size === 0) return;
  const answer = parseAnswer(text);
  if (!answer) return;
  const { messageId, ...rest } = answer;
  connection.waiting.get(messageId)?.(rest);
}

/** A push on its way: its frame's headers, and the answer. */
export type SentPush = {
  readonly headers: Readonly<Record<string, string>>;
  /** Resolves with the answer, or with undefined if the connection ended or the wait was cancelled. */
  readonly answer: Promise<Answer | undefined>;
  /** Gives up the wait. */
  giveUp(): void;
};

/** Sends a push. `messageId` is that of the frame, `at` its time in epoch milliseconds. */
export function sendPush(
  connection: Connection,
  push: Push,
  stamp: { readonly messageId: string; readonly at: number },
): SentPush {
  const { waiting } = connection;
  const headers = createPushHeaders(push, connection, stamp);
  const { promise, resolve } = Promise.withResolvers<Answer | undefined>();
  const settle = (answer: Answer | undefined) => {
    waiting.delete(stamp.messageId);
    resolve(answer);
  };
  waiting.set(stamp.messageId, settle);
  send(connection, renderPush(push, headers));
  return { headers, answer: promise, giveUp: () => settle(undefined) };
}

/** Ends all waits of a connection that is closed. */
export function closeConnection(connection: Connection): void {
  connection.state = 'closed';
  for (const settle of [...connection.waiting.values()]) settle(undefined);
}
