import type { InboxCardEvent, InboxDing, InboxMessage } from '../../../src/client/answers.ts';

export type Following = { close(): void; isOpen(): boolean };

export type Listener = {
  message(message: InboxMessage): void;
  read(news: { readonly messageId: string; readonly readAt: number }): void;
  recall(news: { readonly messageId: string }): void;
  robot(news: { readonly robotCode: string; readonly muted: boolean; readonly blocked: boolean }): void;
  emotion(news: Pick<InboxMessage, 'messageId' | 'emotions'>): void;
  conversation(news: { readonly conversationId: string; readonly muted: boolean }): void;
  ding(ding: InboxDing): void;
  dingRead(news: { readonly dingId: string; readonly readAt: number }): void;
  dingRecall(news: { readonly dingId: string }): void;
  /** Called when a card has changed. This event has no number, and is not repeated. */
  card(news: InboxCardEvent): void;
  /** Called when the stream is open. Events without a number may have been missed before. */
  opened(): void;
  /** Called after each event with its sequence number. */
  reached(sequence: number): void;
  connected(isConnected: boolean): void;
  /**
   * Called when the server refuses the stream: the session may have ended, or the server no longer has the events after
   * `sequence`.
   */
  refused(): void;
};

/**
 * Subscribes to the events of the inbox after a sequence number. The browser reconnects by itself and sends the last
 * number, so no event is missed.
 */
export function follow(sequence: number, listener: Listener): Following {
  const source = new EventSource(`/inbox/v1/events?since=${sequence}`);
  const on = <T>(name: string, handle: (data: T) => void) =>
    source.addEventListener(name, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      handle(JSON.parse(data) as T);
      listener.reached(Number(lastEventId));
    });
  on('message', listener.message);
  on('read', listener.read);
  on('recall', listener.recall);
  on('robot', listener.robot);
  on('conversation', listener.conversation);
  on('emotion', listener.emotion);
  on('ding', listener.ding);
  on('dingRead', listener.dingRead);
  on('dingRecall', listener.dingRecall);
  source.addEventListener('card', ({ data }: MessageEvent<string>) => listener.card(JSON.parse(data)));
  source.addEventListener('open', () => {
    listener.opened();
    listener.connected(true);
  });
  source.addEventListener('error', () => {
    listener.connected(false);
    if (source.readyState === EventSource.CLOSED) listener.refused();
  });
  return { close: () => source.close(), isOpen: () => source.readyState === EventSource.OPEN };
}
