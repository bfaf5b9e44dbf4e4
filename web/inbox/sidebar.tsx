import { useState } from 'react';
import type { InboxFoundMessage, InboxUser } from '../../src/client/answers.ts';
import { lazyPage } from '../shared/lazy-page.ts';
import type { Choices } from '../shared/preferences.ts';
import { Avatar, ConversationAvatar } from './avatar.tsx';
import { Empty } from './empty.tsx';
import { BlockedIcon, CloseIcon, MutedIcon, SearchIcon } from './icons.tsx';
import { LazyPart } from './lazy-part.tsx';
import type { AlertChoices } from './offline/alerts.ts';
import { Settings } from './settings.tsx';
import { type Conversation, lastOf, type State, sortConversations } from './state/state.ts';
import { useSpeech } from './texts.ts';
import { summarizeIn } from './thread/content.ts';

const Results = lazyPage(() => import('./search.tsx'));

type Props = {
  readonly state: State;
  readonly user: InboxUser;
  readonly choices: Choices;
  readonly alerts: AlertChoices;
  readonly open: string | undefined;
  onOpen(conversationId: string): void;
  onFound(message: InboxFoundMessage): void;
  onSignOut(): void;
};

/** The signed-in user, the search field, and the conversations or search results. */
export function Sidebar({ state, user, choices, alerts, open, onOpen, onFound, onSignOut }: Props) {
  const { t } = useSpeech();
  const [text, setText] = useState('');
  const wanted = text.trim();
  return (
    <div className="side">
      <header className="side-head">
        <Avatar name={user.name} seed={user.userId} />
        <h1 dir="auto">{user.name}</h1>
        <Settings choices={choices} alerts={alerts} onSignOut={onSignOut} />
      </header>
      <search className="field">
        <SearchIcon />
        <input
          type="text"
          dir="auto"
          value={text}
          maxLength={128}
          placeholder={t.search}
          aria-label={t.search}
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key }) => key === 'Escape' && setText('')}
        />
        {text !== '' && (
          <button type="button" className="round small" aria-label={t.clear} onClick={() => setText('')}>
            <CloseIcon />
          </button>
        )}
      </search>
      {wanted === '' ? (
        <Conversations state={state} open={open} onOpen={onOpen} />
      ) : (
        <LazyPart waiting={<p className="hint padded">{t.searching}</p>}>
          <Results key={wanted} state={state} text={wanted} onOpen={onFound} />
        </LazyPart>
      )}
    </div>
  );
}

function Conversations({ state, open, onOpen }: Pick<Props, 'state' | 'open' | 'onOpen'>) {
  const { t } = useSpeech();
  const [onlyUnread, setOnlyUnread] = useState(false);
  const all = sortConversations(state.conversations);
  // The open conversation stays in the list after its messages have been read.
  const list = onlyUnread ? all.filter((one) => one.unreadCount > 0 || one.conversationId === open) : all;
  return (
    <nav aria-label={t.conversations} className="conversations">
      {all.length > 1 && (
        <button type="button" className="pill" aria-pressed={onlyUnread} onClick={() => setOnlyUnread(!onlyUnread)}>
          {t.onlyUnread}
        </button>
      )}
      {state.phase === 'ready' && all.length === 0 && <Empty title={t.noRobots} hint={t.noRobotsHint} />}
      {all.length > 0 && list.length === 0 && <Empty title={t.allRead} hint={t.allReadHint} />}
      {state.phase === 'loading' && <p className="hint padded">{t.loading}</p>}
      <ul>
        {list.map((each) => (
          <Row key={each.conversationId} conversation={each} isOpen={each.conversationId === open} onOpen={onOpen} />
        ))}
      </ul>
    </nav>
  );
}

type RowProps = { readonly conversation: Conversation; readonly isOpen: boolean; onOpen(conversationId: string): void };

function Row({ conversation, isOpen, onOpen }: RowProps) {
  const { t, brief, exact, number } = useSpeech();
  const { conversationId, kind, title, unreadCount, muted, robot } = conversation;
  const blocked = robot?.blocked ?? false;
  const last = lastOf(conversation);
  return (
    <li>
      <button
        type="button"
        className="row"
        aria-current={isOpen ? 'page' : undefined}
        onClick={() => onOpen(conversationId)}
      >
        <ConversationAvatar conversation={conversation} />
        <span className="row-name" dir="auto">
          {title}
          {kind === 'group' && <span className="unseen">{t.isGroup}</span>}
        </span>
        <span className="row-time" title={last && exact(last.sentAt)}>
          {last && brief(last.sentAt)}
        </span>
        <span className="row-text" dir="auto">
          {last ? summarizeIn(last, t) : t.noMessages}
        </span>
        <span className="row-marks">
          {(blocked || muted) && (
            <span className="row-muted" title={blocked ? t.blocked : t.muted}>
              {blocked ? <BlockedIcon /> : <MutedIcon />}
              <span className="unseen">{blocked ? t.blocked : t.muted}</span>
            </span>
          )}
          {unreadCount > 0 && (
            <span className="badge">
              <span aria-hidden="true">{number(unreadCount)}</span>
              <span className="unseen">{t.unread(number(unreadCount))}</span>
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
