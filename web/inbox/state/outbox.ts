import type { InboxMediaAnswer, InboxMessage, InboxSayAnswer, InboxSayBody } from '../../../src/client/answers.ts';
import { CallError, call, isPassing, isSignedOut } from '../../shared/call.ts';

/** What a person has written, without the id of a file that is not uploaded yet. */
export type Draft = {
  readonly conversationId: string;
  readonly body: Omit<InboxSayBody, 'sendId' | 'mediaId'>;
  readonly file?: { readonly data: File; readonly type: InboxMediaAnswer['type'] };
};

/** A message that is on its way to the server. `known` are the messages that were there when it was written. */
export type Outgoing = Draft & {
  readonly sendId: string;
  readonly known: ReadonlySet<string>;
  readonly state: 'sending' | 'waiting' | 'failed';
  /** Why it has failed: the code of an error of the server. */
  readonly reason?: string;
};

export type Outbox = {
  /** Sends a message now, or as soon as the server can be reached. */
  send(draft: Draft, known: readonly InboxMessage[]): void;
  /** Sends a failed message again. */
  retry(sendId: string): void;
  /** Removes a failed message. */
  discard(sendId: string): void;
  close(): void;
};

type Cell = { list(): readonly Outgoing[]; set(list: readonly Outgoing[]): void };

/**
 * Creates the list of messages on their way. They are sent one at a time, in order. While the server cannot be reached, a
 * message is sent again and again, with the same sendId, so that it arrives once.
 */
export function createOutbox(cell: Cell, onSent: (answer: InboxSayAnswer) => void, onSignedOut: () => void): Outbox {
  const uploaded = new Map<string, string>();
  let isBusy = false;
  let isClosed = false;
  let failures = 0;
  let timer: number | undefined;
  const change = (sendId: string, next: Partial<Outgoing>) =>
    cell.set(cell.list().map((one) => (one.sendId === sendId ? { ...one, ...next } : one)));
  const remove = (sendId: string) => {
    uploaded.delete(sendId);
    cell.set(cell.list().filter((one) => one.sendId !== sendId));
  };
  const run = async () => {
    const next = cell.list().find(({ state }) => state !== 'failed');
    if (isBusy || isClosed || !next) return;
    isBusy = true;
    try {
      change(next.sendId, { state: 'sending' });
      const answer = await deliver(next, uploaded);
      failures = 0;
      remove(next.sendId);
      onSent(answer);
    } catch (error) {
      if (isSignedOut(error)) onSignedOut();
      if (isSignedOut(error) || isTemporary(error)) return wait(next);
      change(next.sendId, { state: 'failed', reason: error instanceof CallError ? error.code : '' });
    } finally {
      isBusy = false;
    }
    void run();
  };
  const wait = ({ sendId }: Outgoing) => {
    change(sendId, { state: 'waiting' });
    clearTimeout(timer);
    timer = window.setTimeout(run, Math.min(15_000, 500 * 2 ** failures++));
  };
  const runNow = () => void run();
  window.addEventListener('online', runNow);
  return {
    send(draft, known) {
      const ids = new Set(known.map(({ messageId }) => messageId));
      cell.set([...cell.list(), { ...draft, sendId: crypto.randomUUID(), known: ids, state: 'sending' }]);
      void run();
    },
    retry(sendId) {
      change(sendId, { state: 'sending' });
      void run();
    },
    discard: remove,
    close() {
      isClosed = true;
      clearTimeout(timer);
      window.removeEventListener('online', runNow);
    },
  };
}

/** Whether the same request may succeed later. Too many messages in a minute are sent when the next one begins. */
function isTemporary(error: unknown): boolean {
  return isPassing(error) || (error instanceof CallError && (error.status === 429 || error.status === 408));
}

/** Milliseconds after which a message without an answer is sent again. */
const longest = 20_000;

async function deliver({ conversationId, sendId, body, file }: Outgoing, uploaded: Map<string, string>) {
  const mediaId = file && (uploaded.get(sendId) ?? (await upload(file)));
  if (mediaId !== undefined) uploaded.set(sendId, mediaId);
  const path = `/inbox/v1/conversations/${encodeURIComponent(conversationId)}/messages`;
  const signal = AbortSignal.timeout(longest);
  return call<InboxSayAnswer>('POST', path, {
    body: { ...body, ...(mediaId !== undefined && { mediaId }), sendId },
    signal,
  });
}

/** Uploads a file as the body of the request. */
async function upload({ data, type }: NonNullable<Draft['file']>): Promise<string> {
  const query = new URLSearchParams({
    type,
    ...(data.name === '' ? {} : { name: [...data.name].slice(-200).join('') }),
  });
  const answer = await fetch(`/inbox/v1/media?${query}`, {
    method: 'PUT',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/octet-stream' },
    body: data,
  }).catch(() => {
    throw new CallError(0, 'unreachable', 'the server cannot be reached');
  });
  const body: { mediaId?: string; code?: string; message?: string } = await answer.json().catch(() => ({}));
  if (answer.ok && body.mediaId !== undefined) return body.mediaId;
  throw new CallError(answer.ok ? 0 : answer.status, body.code ?? '', body.message ?? '');
}

/** Whether a message on its way is shown by the inbox already: the answer of the server may arrive after the message. */
export function isShown({ body, known }: Outgoing, messages: readonly InboxMessage[], userId: string): boolean {
  return messages.some(
    ({ messageId, sender, msgKey, msgParam }) =>
      sender.userId === userId && !known.has(messageId) && isSame(body, msgKey, msgParam),
  );
}

function isSame({ msgtype, text }: Draft['body'], msgKey: string, msgParam: string | null): boolean {
  if (msgtype !== 'text' || msgKey !== 'personText' || msgParam === null || !text) return false;
  return (JSON.parse(msgParam) as { readonly content?: unknown }).content === text.content;
}
