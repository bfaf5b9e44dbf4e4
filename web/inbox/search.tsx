import { useEffect, useMemo, useState } from 'react';
import type { InboxMessage } from '../../src/client/answers.ts';
import { Empty } from './empty.tsx';
import type { State } from './state/state.ts';
import { pageOf } from './state/store.ts';
import { useSpeech } from './texts.ts';
import { searchable, summary } from './thread/content.ts';

const mostPages = 20;
const mostShown = 100;

type Props = { readonly state: State; readonly wanted: string; onOpen(robotCode: string, messageId: string): void };

/** Messages that contain a text: the newest pages of the inbox are looked through, as far as the last line says. */
export function Results({ state, wanted, onOpen }: Props) {
  const { t, brief, exact } = useSpeech();
  const { messages, isDone } = useEverything(state);
  const words = wanted.split(/\s+/);
  const texts = useMemo(() => messages.map((message) => [message, searchable(message)] as const), [messages]);
  const found = texts.filter(([, text]) => words.every((word) => text.includes(word))).map(([message]) => message);
  return (
    <section className="conversations" aria-label={t.search}>
      <ul>
        {found.slice(0, mostShown).map((message) => (
          <li key={message.messageId}>
            <button type="button" className="row result" onClick={() => onOpen(message.robotCode, message.messageId)}>
              <span className="row-name" dir="auto">
                {message.robotName}
              </span>
              <span className="row-time" title={exact(message.sentAt)}>
                {brief(message.sentAt)}
              </span>
              <span className="row-text" dir="auto">
                {summary(message, t)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isDone && found.length === 0 && <Empty title={t.noResults} hint={t.searched(messages.length)} />}
      <p className={isDone && found.length === 0 ? 'unseen' : 'hint padded'} role="status">
        {isDone ? `${t.results(found.length)}. ${t.searched(messages.length)}` : t.searching}
      </p>
    </section>
  );
}

/** What is loaded, and older pages one after the other, newest first. */
function useEverything({ conversations }: State) {
  const [older, setOlder] = useState<readonly InboxMessage[]>([]);
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    let isOver = false;
    const walk = async () => {
      let cursor: string | null | undefined;
      for (let page = 0; page < mostPages && cursor !== null && !isOver; page++) {
        const answer = await pageOf(cursor === undefined ? {} : { cursor });
        cursor = answer.cursor;
        if (!isOver) setOlder((known) => [...known, ...answer.messages]);
      }
    };
    walk()
      .finally(() => !isOver && setDone(true))
      .catch(() => {});
    return () => {
      isOver = true;
    };
  }, []);
  const messages = useMemo(() => {
    const all = new Map(older.map((message) => [message.messageId, message]));
    // What is loaded is kept up to date by events.
    for (const one of conversations.values()) for (const message of one.messages) all.set(message.messageId, message);
    return [...all.values()].toSorted((a, b) => b.sentAt - a.sentAt);
  }, [older, conversations]);
  return { messages, isDone };
}
