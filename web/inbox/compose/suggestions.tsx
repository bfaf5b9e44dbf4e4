import { type KeyboardEvent, useCallback, useEffect, useId, useState } from 'react';
import type { Conversation } from '../state/state.ts';
import type { Store } from '../state/store.ts';
import { useSpeech } from '../texts.ts';
import { findTyped, listMentionable, type Mentionable, suggest } from './mentions.ts';

const none: readonly Mentionable[] = [];

/** The robots and the first members of a conversation of several people; `load` requests them once. */
export function useMentionable({ conversationId, openConversationId }: Conversation, store: Store) {
  const [mentionable, setMentionable] = useState(none);
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    if (!isWanted || openConversationId === null) return;
    let isOver = false;
    store.loadMembers(conversationId, undefined).then(
      (page) => isOver || setMentionable(listMentionable(page)),
      // Nobody is suggested, and the next focus tries again.
      () => isOver || setWanted(false),
    );
    return () => {
      isOver = true;
    };
  }, [isWanted, conversationId, openConversationId, store]);
  return { mentionable, load: useCallback(() => setWanted(true), []) };
}

/** The suggestions while a name is typed after `@`, chosen by arrow keys or by a click. */
export function useSuggestions(all: readonly Mentionable[], text: string) {
  const id = useId();
  const [cursor, setCursor] = useState<number>();
  const [active, setActive] = useState(0);
  const typed = cursor === undefined ? undefined : findTyped(text, cursor);
  const shown = typed ? suggest(all, typed.text) : none;
  const close = () => setCursor(undefined);
  const move = (step: number) => setActive((active + step + shown.length) % shown.length);
  const chosen = shown[Math.min(active, shown.length - 1)];
  return {
    id,
    shown,
    chosen,
    close,
    typed(at: number) {
      setCursor(at);
      setActive(0);
    },
    /** Handles a key while suggestions are shown. Returns whether it did. */
    onKey({ key, shiftKey }: KeyboardEvent, choose: (one: Mentionable) => void): boolean {
      if (!chosen) return false;
      if (key === 'ArrowDown') move(1);
      else if (key === 'ArrowUp') move(-1);
      else if (key === 'Escape') close();
      else if ((key === 'Enter' || key === 'Tab') && !shiftKey) choose(chosen);
      else return false;
      return true;
    },
    fieldProps:
      all.length === 0
        ? {}
        : ({
            role: 'combobox',
            'aria-expanded': shown.length > 0,
            'aria-controls': id,
            'aria-autocomplete': 'list',
            ...(chosen && { 'aria-activedescendant': `${id}-${chosen.kind}-${chosen.code}` }),
          } as const),
  };
}

type Props = {
  readonly suggestions: ReturnType<typeof useSuggestions>;
  onChoose(one: Mentionable): void;
};

/** The list of suggestions above the field. */
export function Suggestions({ suggestions: { id, shown, chosen }, onChoose }: Props) {
  const { t } = useSpeech();
  return (
    <div id={id} role="listbox" aria-label={t.mention} className={shown.length > 0 ? 'suggestions' : 'unseen'}>
      {shown.map((one) => (
        // The keyboard chooses by the field, which keeps the focus.
        <div
          key={`${one.kind} ${one.code}`}
          id={`${id}-${one.kind}-${one.code}`}
          role="option"
          tabIndex={-1}
          aria-selected={one === chosen}
          className="suggestion"
          onPointerDown={(event) => {
            event.preventDefault();
            onChoose(one);
          }}
        >
          <bdi>{one.name}</bdi>
          {one.kind === 'robot' && <span className="sender-tag">{t.senderTags.robot}</span>}
        </div>
      ))}
    </div>
  );
}
