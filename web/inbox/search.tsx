import { type ReactNode, useEffect, useRef } from 'react';
import type { InboxFoundMessage, InboxMatch } from '../../src/client/answers.ts';
import { useWords } from '../shared/words.ts';
import { Empty } from './empty.tsx';
import { type Search, useSearch } from './state/searching.ts';
import { type State, sortConversations } from './state/state.ts';
import { useSpeech } from './texts.ts';
import { summarize } from './thread/content.ts';

type Props = { readonly state: State; readonly text: string; onOpen(message: InboxFoundMessage): void };

/** The search results with excerpts, and how far back the server has searched. */
export default function Results({ state, text, onOpen }: Props) {
  const { t } = useSpeech();
  const newest = sortConversations(state.conversations)[0]?.messages.at(-1)?.messageId;
  const { search, proceed } = useSearch(text, newest);
  const found = search.found.filter(({ messageId }) => !state.recalled.has(messageId));
  const isEmpty = search.phase === 'done' && found.length === 0;
  return (
    <section className="conversations" aria-label={t.search}>
      <ul>
        {found.map((message) => (
          <Result
            key={message.messageId}
            message={message}
            title={state.conversations.get(message.conversationId)?.title ?? message.conversation?.title}
            onOpen={onOpen}
          />
        ))}
      </ul>
      {isEmpty && <Empty title={t.noResults} hint={t.noResultsHint} />}
      <Progress search={search} count={found.length} onProceed={proceed} isUnseen={isEmpty} />
    </section>
  );
}

type ResultProps = {
  readonly message: InboxFoundMessage;
  /** The title of the conversation; undefined for a robot that is no longer listed. */
  readonly title: string | undefined;
  onOpen(message: InboxFoundMessage): void;
};

function Result({ message, title, onOpen }: ResultProps) {
  const { t, brief, exact } = useSpeech();
  const name = message.matches.find(({ field }) => field === 'robotName');
  const place = message.matches.find(({ field }) => field === 'conversationTitle');
  const texts = message.matches.filter((match) => match !== name && match !== place).slice(0, 2);
  const sender = name ? <Marked match={name} /> : message.sender.name;
  return (
    <li>
      <button type="button" className="row result" onClick={() => onOpen(message)}>
        <span className="row-name" dir="auto">
          {message.conversation ? place ? <Marked match={place} /> : title : sender}
        </span>
        <span className="row-time" title={exact(message.sentAt)}>
          {brief(message.sentAt)}
        </span>
        <span className="row-text">
          {message.conversation && (
            <span className="excerpt" dir="auto">
              {sender}
            </span>
          )}
          {texts.length === 0 && (
            <span className="excerpt" dir="auto">
              {summarize(message, t)}
            </span>
          )}
          {texts.map((match) => (
            <span key={`${match.field} ${match.excerpt}`} className="excerpt" dir="auto">
              <Marked match={match} />
            </span>
          ))}
        </span>
      </button>
    </li>
  );
}

/** An excerpt as text, with its matches highlighted. */
function Marked({ match: { excerpt, marks } }: { readonly match: InboxMatch }) {
  const parts: ReactNode[] = [];
  let from = 0;
  for (const { start, end } of marks) {
    parts.push(excerpt.slice(from, start), <mark key={start}>{excerpt.slice(start, end)}</mark>);
    from = end;
  }
  return [...parts, excerpt.slice(from)];
}

type ProgressProps = {
  readonly search: Search;
  readonly count: number;
  readonly isUnseen: boolean;
  onProceed(): void;
};

/** The number of results, the time back to which the server has searched, and a button to continue the search. */
function Progress({ search: { phase, scannedTo }, count, isUnseen, onProceed }: ProgressProps) {
  const { t, day } = useSpeech();
  const { words } = useWords();
  const status = useRef<HTMLParagraphElement>(null);
  const hasAsked = useRef(false);
  useEffect(() => {
    // The button that had the focus has been removed.
    if (phase === 'done' && hasAsked.current) status.current?.focus();
    if (phase !== 'searching') hasAsked.current = false;
  }, [phase]);
  const proceed = () => {
    hasAsked.current = true;
    if (phase !== 'searching') onProceed();
  };
  const reached = scannedTo === null ? undefined : t.searchedTo(day(scannedTo));
  const result = phase === 'done' ? `${t.results(count)} ${t.searchedAll}` : [t.results(count), reached].join(' ');
  const isFirst = phase === 'searching' && scannedTo === null;
  return (
    <div className="search-progress">
      <p className={isUnseen ? 'unseen' : 'hint'} role="status" ref={status} tabIndex={-1}>
        {phase === 'searching' ? t.searching : phase === 'failed' ? reached : result}
      </p>
      {phase === 'failed' && (
        <p className="hint alert" role="alert">
          {t.searchFailed}
        </p>
      )}
      {phase !== 'done' && !isFirst && (
        <button type="button" className="pill" aria-disabled={phase === 'searching'} onClick={proceed}>
          {phase === 'failed' ? words.retry : t.searchOn}
        </button>
      )}
    </div>
  );
}
