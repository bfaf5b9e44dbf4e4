import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { InboxMessage } from '../../../src/client/answers.ts';
import { lazyPage } from '../../shared/lazy-page.ts';
import { ConversationAvatar } from '../avatar.tsx';
import { Choices } from '../choices.tsx';
import { type Actions, ActionsContext } from '../compose/actions.ts';
import { Outgoing } from '../compose/outgoing.tsx';
import { Empty } from '../empty.tsx';
import { BackIcon, DownIcon, GroupIcon } from '../icons.tsx';
import { LazyPart } from '../lazy-part.tsx';
import { isShown, type Outgoing as OutgoingMessage } from '../state/outbox.ts';
import { type Conversation, firstUnreadOf, type State } from '../state/state.ts';
import type { Choice, Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';
import { About } from './about.tsx';
import { CardContext, type RenderCard } from './card-context.ts';
import { chunksOf, MessageChunk } from './messages.tsx';
import { useScrolling } from './scrolling.ts';
import { createViewing } from './viewing.ts';

const Card = lazyPage(() => import('../cards/card.tsx'));
const Compose = lazyPage(() => import('../compose/compose.tsx'));
const Members = lazyPage(() => import('../members.tsx'));

type Props = {
  readonly conversation: Conversation;
  /** The id of the message that was opened from search results. */
  readonly target: string | undefined;
  readonly state: Pick<State, 'outbox' | 'unheard'>;
  /** The user of the inbox. */
  readonly userId: string;
  readonly store: Store;
  onBack(): void;
};

/** A conversation: its head, its messages, a button to the end, and the box to write in. */
export function Thread({ conversation, target, state, userId, store, onBack }: Props) {
  const { conversationId, openConversationId, title, robot, messages } = conversation;
  const canWrite = mayWrite(conversation);
  const [quoted, setQuoted] = useState<InboxMessage>();
  const actions = useActions(conversation, { store, userId, onQuote: setQuoted });
  const outgoing = state.outbox.filter(
    (one) => one.conversationId === conversationId && !isShown(one, messages, userId),
  );
  useEffect(() => {
    if (openConversationId !== null) store.refresh();
  }, [openConversationId, store]);
  return (
    <section className="thread" aria-label={title}>
      <Head conversation={conversation} store={store} onBack={onBack} />
      {robot && <About robot={robot} say={sayTo(robot, actions)} />}
      <Note conversation={conversation} />
      <ActionsContext value={actions}>
        <CardContext value={useRenderCard(store)}>
          <Messages conversation={conversation} target={target} store={store} outgoing={outgoing} />
        </CardContext>
      </ActionsContext>
      <Unheard names={state.unheard.get(conversationId) ?? []} />
      {canWrite && (
        <LazyPart waiting={<div className="compose is-waiting" />}>
          <Compose conversation={conversation} store={store} quoted={quoted} onQuoteEnd={() => setQuoted(undefined)} />
        </LazyPart>
      )}
    </section>
  );
}

/** Renders cards, whose code is loaded with the first one. */
function useRenderCard({ cards }: Store): RenderCard {
  return useCallback(
    (cardId, title) => (
      <LazyPart waiting={<div className="card" data-loading="" />}>
        <Card cardId={cardId} title={title} cards={cards} />
      </LazyPart>
    ),
    [cards],
  );
}

/** Whether the user can write in a conversation. */
const mayWrite = ({ kind, state }: Conversation) => kind !== 'notice' && state === 'open';

type ActionParts = Pick<Props, 'store' | 'userId'> & { onQuote(message: InboxMessage): void };

/** What the user can do with the messages of a conversation. */
function useActions(conversation: Conversation, { store, userId, onQuote }: ActionParts): Actions {
  const { conversationId, openConversationId } = conversation;
  const canWrite = mayWrite(conversation);
  return useMemo(() => {
    if (!canWrite) return { userId, quote: undefined, say: undefined };
    const say: Actions['say'] = (text, { robotCode }) => {
      const isAlone = openConversationId === null;
      const named = isAlone ? {} : { atRobotCodes: [robotCode] };
      store.send({ conversationId, body: { msgtype: 'text', text: { content: text }, ...named } });
    };
    return { userId, quote: onQuote, say };
  }, [canWrite, conversationId, openConversationId, store, userId, onQuote]);
}

/** Returns what sends the text of a robot's quick entry, as the links in its messages do. */
const sayTo = ({ robotCode }: NonNullable<Conversation['robot']>, { say }: Actions) =>
  say && ((text: string) => say(text, { robotCode }));

/** Says that nobody got the last message, because no program listens for its robots. */
function Unheard({ names }: { readonly names: readonly string[] }) {
  const { t, language } = useSpeech();
  const list = new Intl.ListFormat(language, { type: 'conjunction' }).format(names);
  return (
    <p className="hint unheard" role="status" hidden={names.length === 0}>
      {names.length > 0 && t.unheard(list)}
    </p>
  );
}

/** What restricts a conversation: that it has ended, is blocked, or is muted. */
function Note({ conversation: { openConversationId, state, muted, robot } }: Pick<Props, 'conversation'>) {
  const { t } = useSpeech();
  const text = () => {
    if (state === 'disbanded') return t.disbandedNote;
    if (state === 'left' && openConversationId !== null) return t.leftNote;
    if (robot?.blocked) return t.blockedNote;
    if (muted) return robot ? t.mutedNote : t.mutedGroupNote;
    return undefined;
  };
  const shown = text();
  return shown === undefined ? null : <p className="note">{shown}</p>;
}

function Head({ conversation, store, onBack }: Pick<Props, 'conversation' | 'store' | 'onBack'>) {
  const { t } = useSpeech();
  const { title, openConversationId, robot, state } = conversation;
  const hasMembers = openConversationId !== null;
  const [hasFailed, setFailed] = useState(false);
  const [isListing, setListing] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const choose = (change: Choice) => {
    setFailed(false);
    store.choose(conversation, change).catch(() => setFailed(true));
  };
  return (
    <header className="thread-head">
      <button type="button" className="round back" aria-label={t.back} onClick={onBack}>
        <BackIcon />
      </button>
      <ConversationAvatar conversation={conversation} />
      <h2 ref={heading} tabIndex={-1} dir="auto">
        {title}
      </h2>
      <span role="alert" className="alert">
        {hasFailed && t.failed}
      </span>
      {hasMembers && state !== 'left' && (
        <button type="button" className="quiet" onClick={() => setListing(true)}>
          <GroupIcon />
          <span className="quiet-text">{t.members}</span>
        </button>
      )}
      {state === 'open' && (hasMembers || robot) && <Choices conversation={conversation} onChoose={choose} />}
      {isListing && (
        <LazyPart>
          <Members conversation={conversation} store={store} onClose={() => setListing(false)} />
        </LazyPart>
      )}
    </header>
  );
}

/** A scrollable element must be focusable, so that it can be scrolled by keyboard. */
const reachable = { tabIndex: 0 };

type MessagesProps = Pick<Props, 'conversation' | 'target' | 'store'> & {
  readonly outgoing: readonly OutgoingMessage[];
};

function Messages({ conversation, target, store, outgoing }: MessagesProps) {
  const { t, number } = useSpeech();
  const { messages, older, openConversationId, title, cursor, unreadCount } = conversation;
  const isShared = openConversationId !== null;
  const [viewing] = useState(createViewing);
  const { firstUnread, isWaiting } = useFirstUnread(conversation);
  const isMissing = target !== undefined && !messages.some(({ messageId }) => messageId === target);
  const isReady = target === undefined ? !isWaiting : !isMissing;
  const { scroller, content, isAtEnd, toEnd } = useScrolling({
    older,
    count: messages.length + outgoing.length,
    isReady,
  });
  const top = useOlder(conversation, store, !isReady);
  return (
    <div className="thread-body">
      <section
        className="scroller"
        data-scroller=""
        ref={scroller}
        {...reachable}
        aria-label={isShared ? t.messagesIn(title) : t.messagesOf(title)}
      >
        <div className="messages" ref={content}>
          {cursor !== null && (
            <p className="hint older" ref={top}>
              {t.loading}
            </p>
          )}
          {messages.length + outgoing.length === 0 && cursor === null && (
            <Empty title={t.noMessages} hint={isShared ? t.noGroupMessagesHint : t.noMessagesHint} />
          )}
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
          <Outgoing messages={outgoing} store={store} />
        </div>
      </section>
      {!isAtEnd && messages.length > 0 && (
        <button type="button" className="to-end" onClick={toEnd} aria-label={unreadCount > 0 ? undefined : t.toNewest}>
          {unreadCount > 0 && t.unread(number(unreadCount))}
          <DownIcon />
        </button>
      )}
    </div>
  );
}

/** Maximum number of older messages that are loaded to find the first unread one when a conversation is opened. */
const farthest = 2000;

/** The first message that was unread when the conversation was opened. It does not change while messages are read. */
function useFirstUnread(conversation: Conversation) {
  const [first, setFirst] = useState(() => firstUnreadOf(conversation));
  const now = first === undefined ? firstUnreadOf(conversation) : first;
  if (now !== first) setFirst(now);
  return { firstUnread: now ?? undefined, isWaiting: now === undefined && conversation.older < farthest };
}

/** Milliseconds before a failed request is repeated. */
const pause = 2000;

/** Loads older messages when the user scrolls near the top, and page by page while the target is missing. */
function useOlder({ conversationId, cursor }: Conversation, store: Store, isMissing: boolean) {
  const top = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    const element = top.current;
    if (!element || cursor === null) return;
    let timer: number | undefined;
    let isOver = false;
    // A user who waits at the top triggers no further request.
    const again = () => {
      if (!isOver) timer = window.setTimeout(load, pause);
    };
    const load = () => {
      window.clearTimeout(timer);
      store.loadOlder(conversationId).catch(again);
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
  }, [conversationId, cursor, store, isMissing]);
  return top;
}
