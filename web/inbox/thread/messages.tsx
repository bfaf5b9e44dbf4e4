import { memo, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { Boundary } from '../../shared/boundary.tsx';
import { ActionsContext, SayContext } from '../compose/actions.ts';
import { QuoteIcon } from '../icons.tsx';
import { isUnread } from '../state/state.ts';
import { midnight, useSpeech } from '../texts.ts';
import { summarize } from './content.ts';
import { Body } from './message.tsx';
import type { Manner, Viewing } from './viewing.ts';

const size = 20;

/** Chunks this far outside the viewport are still rendered. */
const margin = '1500px 0px';

/** Messages that are rendered or left out together. `before` is the message before the first one. */
export type Chunk = {
  readonly number: number;
  readonly messages: readonly InboxMessage[];
  readonly before: InboxMessage | undefined;
};

/**
 * Splits messages into chunks. Chunks keep their numbers when older messages are prepended; `older` is the number of
 * those.
 */
export function chunksOf(messages: readonly InboxMessage[], older: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let start = 0; start < messages.length; ) {
    const number = Math.floor((start - older) / size);
    const end = (number + 1) * size + older;
    chunks.push({ number, messages: messages.slice(start, end), before: messages[start - 1] });
    start = end;
  }
  return chunks;
}

type Props = {
  readonly chunk: Chunk;
  readonly firstUnread: string | undefined;
  readonly target: string | undefined;
  readonly viewing: Viewing;
  onRead(messageId: string, manner: Manner): void;
};

/** Renders a chunk while it is near the viewport, and otherwise an empty list of the same height. */
export const MessageChunk = memo(function MessageChunk({ chunk, ...rest }: Props) {
  const { list, height } = useNearness();
  if (height !== undefined) return <ol ref={list} className="chunk" style={{ height }} aria-hidden="true" />;
  return (
    <ol ref={list} className="chunk">
      {chunk.messages.map((message, index) => (
        <Message
          key={message.messageId}
          message={message}
          before={index === 0 ? chunk.before : chunk.messages[index - 1]}
          {...rest}
        />
      ))}
    </ol>
  );
}, isSame);

function isSame(before: Props, after: Props): boolean {
  const [a, b] = [before.chunk, after.chunk];
  const isSameChunk =
    a.messages.length === b.messages.length &&
    a.before?.messageId === b.before?.messageId &&
    a.messages.every((message, index) => message === b.messages[index]);
  const isSameMark = before.target === after.target && before.firstUnread === after.firstUnread;
  return isSameChunk && isSameMark && before.onRead === after.onRead;
}

/** The last height in pixels of a list far from the viewport; undefined while it is near. */
function useNearness() {
  const list = useRef<HTMLOListElement>(null);
  const [height, setHeight] = useState<number>();
  useEffect(() => {
    const element = list.current;
    if (!element) return;
    const root = element.closest('[data-scroller]');
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry) setHeight(entry.isIntersecting ? undefined : entry.boundingClientRect.height);
      },
      { root, rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { list, height };
}

type MessageProps = Omit<Props, 'chunk'> & {
  readonly message: InboxMessage;
  readonly before: InboxMessage | undefined;
};

const Message = memo(function Message({ message, before, firstUnread, target, viewing, onRead }: MessageProps) {
  const { t, day } = useSpeech();
  const content = useRef<HTMLDivElement>(null);
  const [isFolded, setFolded] = useState(false);
  const { messageId, sentAt } = message;
  const isOwn = useContext(ActionsContext)?.userId === message.sender.userId && message.sender.kind === 'person';
  const isNew = isUnread(message);
  useEffect(() => {
    const element = content.current;
    if (element && isNew) return viewing.watch(messageId, element, (manner) => onRead(messageId, manner));
  }, [messageId, isNew, viewing, onRead]);
  const isTarget = messageId === target;
  return (
    <li>
      {(!before || midnight(before.sentAt) !== midnight(sentAt)) && <p className="day">{day(sentAt)}</p>}
      {messageId === firstUnread && (
        <p className="divider" data-divider="">
          <span>{t.newHere}</span>
        </p>
      )}
      <div
        className={`message${isTarget ? ' is-target' : ''}${isOwn ? ' is-own' : ''}`}
        data-message={messageId}
        data-target={isTarget ? '' : undefined}
      >
        {message.conversation && !isOwn && <Sender message={message} />}
        {message.quote && <Quoted quote={message.quote} />}
        <div className="content" ref={content}>
          <Sayable message={message}>
            <Body message={message} onFold={setFolded} />
          </Sayable>
        </div>
        {message.emotions.length > 0 && <Emotions emotions={message.emotions} />}
        {!message.recalled && !isFolded && <EndMark isUnread={isNew} onReach={() => viewing.reachedEnd(messageId)} />}
        <Boundary fallback={() => null} resetOn={message}>
          <Meta message={message} isOwn={isOwn} />
        </Boundary>
      </div>
    </li>
  );
});

/** Lets the links of a robot's message send a text to that robot. */
function Sayable({ message, children }: { readonly message: InboxMessage; readonly children: ReactNode }) {
  const say = useContext(ActionsContext)?.say;
  const { robotCode, sender } = message;
  const canSay = say !== undefined && sender.kind === 'robot';
  const sayText = useMemo(
    () => (canSay ? (text: string) => say?.(text, { robotCode }) : undefined),
    [canSay, say, robotCode],
  );
  return <SayContext value={sayText}>{children}</SayContext>;
}

function Quoted({ quote }: { readonly quote: NonNullable<InboxMessage['quote']> }) {
  const { t } = useSpeech();
  const { senderName, msgParam } = quote;
  const summary = summarize({ ...quote, recalled: msgParam === null }, t);
  return (
    <p className="quoted" dir="auto">
      {t.arrived(senderName, summary)}
    </p>
  );
}

/** The emotions that robots have attached to the message. */
function Emotions({ emotions }: Pick<InboxMessage, 'emotions'>) {
  return (
    <ul className="emotions">
      {emotions.map(({ robotCode, robotName, text }) => (
        <li key={`${robotCode} ${text}`} className="emotion" title={robotName}>
          <bdi>{text}</bdi>
        </li>
      ))}
    </ul>
  );
}

/** Who has sent a message to a conversation of several. */
function Sender({ message: { sender } }: { readonly message: InboxMessage }) {
  const { t } = useSpeech();
  const tag = t.senderTags[sender.kind];
  return (
    <p className="sender">
      <bdi>{sender.name}</bdi>
      {tag !== '' && <span className="sender-tag">{tag}</span>}
    </p>
  );
}

/**
 * A focusable mark at the end of a message. When keyboard or screen reader users reach it, the message counts as read.
 * It is not removed then, because it has the focus.
 */
export function EndMark({ isUnread, onReach }: { readonly isUnread: boolean; onReach(): void }) {
  const { t } = useSpeech();
  return (
    <button type="button" className="end-mark" tabIndex={isUnread ? 0 : -1} onFocus={onReach} onClick={onReach}>
      {isUnread ? t.endOfUnread : t.endOfMessage}
    </button>
  );
}

function Meta({ message, isOwn }: { readonly message: InboxMessage; readonly isOwn: boolean }) {
  const { t, time, exact } = useSpeech();
  const quote = useContext(ActionsContext)?.quote;
  if (message.recalled) return null;
  const { sentAt, readAt } = message;
  return (
    <p className="meta">
      <time dateTime={new Date(sentAt).toISOString()} title={exact(sentAt)}>
        {time(sentAt)}
      </time>
      {!isOwn &&
        (readAt === null ? (
          <span className="is-unread">{t.unreadMark}</span>
        ) : (
          <span title={exact(readAt)}>{t.readAt(time(readAt))}</span>
        ))}
      {quote && (
        <button
          type="button"
          className="meta-quote"
          aria-label={t.quoteOf(message.sender.name)}
          title={t.quote}
          onClick={() => quote(message)}
        >
          <QuoteIcon />
        </button>
      )}
    </p>
  );
}
