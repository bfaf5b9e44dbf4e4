import { useEffect, useRef, useState } from 'react';
import { Avatar } from '../avatar.tsx';
import { Empty } from '../empty.tsx';
import { BackIcon, BellIcon, DownIcon, MutedIcon } from '../icons.tsx';
import { type Conversation, isUnread } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';
import { chunksOf, MessageChunk } from './messages.tsx';
import { useScrolling } from './scrolling.ts';
import { createViewing } from './viewing.ts';

type Props = {
  readonly conversation: Conversation;
  /** The message that a search has led to. */
  readonly target: string | undefined;
  readonly store: Store;
  onBack(): void;
};

/** One conversation: its head, its messages, and a way down when something new lies below. */
export function Thread({ conversation, target, store, onBack }: Props) {
  const { t } = useSpeech();
  return (
    <section className="thread" aria-label={conversation.robotName}>
      <Head conversation={conversation} store={store} onBack={onBack} />
      {conversation.muted && <p className="note">{t.mutedNote}</p>}
      <Messages conversation={conversation} target={target} store={store} />
    </section>
  );
}

function Head({ conversation, store, onBack }: Omit<Props, 'target'>) {
  const { t } = useSpeech();
  const { robotCode, robotName, muted } = conversation;
  const [hasFailed, setFailed] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const toggle = () => {
    setFailed(false);
    store.mute(robotCode, !muted).catch(() => setFailed(true));
  };
  return (
    <header className="thread-head">
      <button type="button" className="round back" aria-label={t.back} onClick={onBack}>
        <BackIcon />
      </button>
      <Avatar name={robotName} seed={robotCode} />
      <h2 ref={heading} tabIndex={-1} dir="auto">
        {robotName}
      </h2>
      <span role="alert" className="alert">
        {hasFailed && t.failed}
      </span>
      {muted !== undefined && (
        <button type="button" className="quiet" aria-pressed={muted} onClick={toggle}>
          {muted ? <MutedIcon /> : <BellIcon />}
          {muted ? t.unmute : t.mute}
        </button>
      )}
    </header>
  );
}

/** What scrolls has to be reached by keyboard. */
const reachable = { tabIndex: 0 };

function Messages({ conversation, target, store }: Omit<Props, 'onBack'>) {
  const { t } = useSpeech();
  const { messages, older, robotName, cursor } = conversation;
  const [viewing] = useState(createViewing);
  // Where new messages began when the conversation was opened; it stays while they are being read.
  const [firstUnread] = useState(() => messages.find(isUnread)?.messageId);
  const { scroller, content, isAtEnd, toEnd } = useScrolling({ older, count: messages.length, target });
  const top = useOlder(conversation, store, target);
  const unread = messages.filter(isUnread).length;
  return (
    <>
      <section className="scroller" data-scroller="" ref={scroller} {...reachable} aria-label={t.messagesOf(robotName)}>
        <div className="messages" ref={content}>
          {cursor !== null && (
            <p className="hint older" ref={top}>
              {t.loading}
            </p>
          )}
          {messages.length === 0 && cursor === null && <Empty title={t.noMessages} hint={t.noMessagesHint} />}
          {chunksOf(messages, older).map((chunk) => (
            <MessageChunk
              key={chunk.number}
              chunk={chunk}
              firstUnread={firstUnread}
              target={target}
              viewing={viewing}
              onRead={store.markRead}
            />
          ))}
        </div>
      </section>
      {!isAtEnd && messages.length > 0 && (
        <button type="button" className="to-end" onClick={toEnd} aria-label={unread > 0 ? undefined : t.toNewest}>
          {unread > 0 && t.newBelow(unread)}
          <DownIcon />
        </button>
      )}
    </>
  );
}

/** Milliseconds until what could not be loaded is asked for again. */
const pause = 2000;

/** Loads older messages when their place comes near, and as many as it takes to reach the message that is looked for. */
function useOlder({ robotCode, messages, cursor }: Conversation, store: Store, target: string | undefined) {
  const top = useRef<HTMLParagraphElement>(null);
  const isMissing = target !== undefined && !messages.some(({ messageId }) => messageId === target);
  useEffect(() => {
    const element = top.current;
    if (!element || cursor === null) return;
    let timer: number | undefined;
    let isOver = false;
    // Nothing else would ask again while one waits at the top.
    const again = () => {
      if (!isOver) timer = window.setTimeout(load, pause);
    };
    const load = () => {
      window.clearTimeout(timer);
      store.loadOlder(robotCode).catch(again);
    };
    if (isMissing) load();
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && load(), {
      root: element.closest('[data-scroller]'),
      rootMargin: '1000px 0px',
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      isOver = true;
      window.clearTimeout(timer);
    };
  }, [robotCode, cursor, store, isMissing]);
  return top;
}
