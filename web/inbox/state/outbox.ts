import type { InboxMediaAnswer, InboxMessage, InboxSayAnswer, InboxSayBody } from '../../../src/client/answers.ts';
import { CallError, call, isPassing, isSignedOut } from '../../shared/call.ts';
import { createRandomId } from '../../shared/random-id.ts';

/** What a person has written, without the ids of files that are not uploaded yet. */
export type Draft = {
  readonly conversationId: string;
  readonly body: Omit<InboxSayBody, 'sendId' | 'mediaId' | 'richText'>;
  readonly file?: { readonly data: File; readonly type: InboxMediaAnswer['type'] };
  /** For richText: its texts and pictures. */
  readonly parts?: readonly (string | File)[];
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
  const uploaded: Uploaded = new WeakMap();
  let isBusy = false;
  let isClosed = false;
  let failures = 0;
  let timer: number | undefined;
  const change = (sendId: string, next: Partial<Outgoing>) =>
    cell.set(cell.list().map((one) => (one.sendId === sendId ? { ...one, ...next } : one)));
  const remove = (sendId: string) => cell.set(cell.list().filter((one) => one.sendId !== sendId));
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
      cell.set([...cell.list(), { ...draft, sendId: createRandomId(), known: ids, state: 'sending' }]);
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

/** The ids of files that were uploaded. A message that is sent again does not upload them again. */
type Uploaded = WeakMap<File, string>;

async function deliver({ conversationId, sendId, body, file, parts }: Outgoing, uploaded: Uploaded) {
  const files = file ? { mediaId: await toMediaId(file, uploaded) } : {};
  const richText = parts ? { richText: await uploadParts(parts, uploaded) } : {};
  const path = `/inbox/v1/conversations/${encodeURIComponent(conversationId)}/messages`;
  const signal = AbortSignal.timeout(longest);
  return call<InboxSayAnswer>('POST', path, { body: { ...body, ...files, ...richText, sendId }, signal });
}

async function uploadParts(parts: NonNullable<Draft['parts']>, uploaded: Uploaded) {
  const sent: NonNullable<InboxSayBody['richText']> = [];
  for (const part of parts) {
    if (typeof part === 'string') sent.push({ text: part });
    else sent.push({ mediaId: await toMediaId({ data: part, type: 'image' }, uploaded) });
  }
  return sent;
}

async function toMediaId(file: NonNullable<Draft['file']>, uploaded: Uploaded): Promise<string> {
  const mediaId = uploaded.get(file.data) ?? (await upload(file));
  uploaded.set(file.data, mediaId);
  return mediaId;
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
export function isShown(outgoing: Outgoing, messages: readonly InboxMessage[], userId: string): boolean {
  const key = describe(outgoing);
  if (key === undefined) return false;
  return messages.some(
    ({ messageId, sender, msgKey, msgParam }) =>
      sender.userId === userId && !outgoing.known.has(messageId) && key === describeParam(msgKey, msgParam),
  );
}

/** Texts and the places of pictures of a message on its way; undefined for a file, whose id is not known yet. */
function describe({ body: { text }, parts }: Draft): string | undefined {
  if (text) return JSON.stringify([text.content]);
  return parts && JSON.stringify(parts.map((part) => (typeof part === 'string' ? part : null)));
}

function describeParam(msgKey: string, msgParam: string | null): string | undefined {
  if (msgParam === null || !/^person(Text|RichText)$/.test(msgKey)) return undefined;
  const { content, richText } = JSON.parse(msgParam) as {
    readonly content?: string;
    readonly richText?: readonly { readonly text?: string }[];
  };
  return JSON.stringify(richText ? richText.map(({ text = null }) => text) : [content]);
}
