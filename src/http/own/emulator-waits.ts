import type { Hono } from 'hono';
import {
  type EventWait,
  type EventWaitAnswer,
  eventWaitBody,
  type MessageWait,
  type MessageWaitAnswer,
  messageWaitBody,
  type ReadWait,
  type ReadWaitAnswer,
  type ReplyWait,
  type ReplyWaitAnswer,
  readWaitBody,
  replyWaitBody,
  type SentMessagesAnswer,
} from '../../wire/own/waits.ts';
import type { Env } from './env.ts';
import { omitUndefined, parseBody } from './request.ts';

/** What a test waits for, without the members that are absent. */
type Given<T extends object> = ReturnType<typeof omitUndefined<T>>;

/** What tests wait for. A wait ends without a result after its timeout, or when `signal` aborts. */
export type EmulatorWaits = {
  /** The accepted sends among the recorded requests, oldest first. */
  messages(): SentMessagesAnswer['messages'];
  forMessage(wait: Given<MessageWait>, signal: AbortSignal): Promise<MessageWaitAnswer>;
  forRead(wait: Given<ReadWait>, signal: AbortSignal): Promise<ReadWaitAnswer>;
  forReply(wait: Given<ReplyWait>, signal: AbortSignal): Promise<ReplyWaitAnswer>;
  forEvent(wait: Given<EventWait>, signal: AbortSignal): Promise<EventWaitAnswer>;
};

/** Adds the routes with which tests wait. */
export function addWaitRoutes(app: Hono<Env>, waits: EmulatorWaits): void {
  app.get('/messages', (c) => c.json({ messages: waits.messages() } satisfies SentMessagesAnswer));
  app.post('/waits/message', async (c) => {
    const wait = await parseBody(c, messageWaitBody);
    return c.json(await waits.forMessage(omitUndefined(wait), c.req.raw.signal));
  });
  app.post('/waits/read', async (c) => {
    const wait = await parseBody(c, readWaitBody);
    return c.json(await waits.forRead(omitUndefined(wait), c.req.raw.signal));
  });
  app.post('/waits/reply', async (c) => {
    const wait = await parseBody(c, replyWaitBody);
    return c.json(await waits.forReply(omitUndefined(wait), c.req.raw.signal));
  });
  app.post('/waits/event', async (c) => {
    const wait = await parseBody(c, eventWaitBody);
    return c.json(await waits.forEvent(omitUndefined(wait), c.req.raw.signal));
  });
}
