import { Select } from 'antd';
import { type KeyboardEvent, type UIEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { UserLine } from '../../shared/bidi.tsx';
import { type Paged, useLoaded, usePaged } from '../data/load.ts';
import { useSettled } from '../data/settled.ts';
import { onePath, type Source, searchPath } from '../data/sources.ts';
import { useTexts } from '../preferences.ts';
import { wordsOf } from './error-words.ts';

type Props<T, P> = {
  readonly source: Source<T, P>;
  readonly value?: string | undefined;
  readonly onChange?: (code: string | undefined, item: T | undefined) => void;
  /** What is chosen, where somebody has it already: it is asked for otherwise. */
  readonly chosen?: T | undefined;
  readonly id?: string;
  readonly 'aria-label'?: string;
  readonly allowClear?: boolean;
  readonly placeholder?: string;
  readonly className?: string;
  readonly popupMatchSelectWidth?: boolean;
};

const nothing: readonly never[] = [];

type Option = { readonly value: string; readonly label: string };

/** Chooses one of however many there are: the server searches for what is typed, and has more when one scrolls to the end. */
export function Choice<T, P extends { readonly cursor: string | null }>(props: Props<T, P>) {
  const { source, value, onChange, chosen, ...looks } = props;
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const searched = useSettled(text);
  const list = usePaged<T, P>(isOpen ? searchPath(source, searched) : undefined, source.itemsOf);
  // What was found for another text than the one that stands there must not be chosen with Enter.
  const items = useOwnTurn(text === searched ? list.items : nothing);
  const hasUndrawn = items.length < list.items.length;
  const place = usePlace(items.map(source.codeOf));
  const current = useChosen(source, value || undefined, chosen);
  const open = (now: boolean) => {
    setOpen(now);
    if (!now) setText('');
  };
  const more = () => !hasUndrawn && list.hasMore && list.more();
  // Ant Design goes round to the first option from the last one that it knows.
  const stayAtEnd = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || !place.isLast() || !(hasUndrawn || list.hasMore)) return;
    event.stopPropagation();
    more();
  };
  const choose = (option: Option | undefined) => {
    const item = items.find((each) => source.codeOf(each) === option?.value);
    current.keep(item);
    onChange?.(option?.value, item);
  };
  return (
    <>
      <Select<Option>
        {...looks}
        labelInValue
        labelRender={({ label }) => <UserLine>{String(label)}</UserLine>}
        value={current.option}
        options={items.map((item, index) => ({
          value: source.codeOf(item),
          label: source.nameOf(item),
          disabled: index < place.heldBack,
        }))}
        optionRender={({ value: code, label }) => <Line code={String(code)} name={String(label)} />}
        showSearch={{ filterOption: false, onSearch: setText }}
        onOpenChange={open}
        onChange={choose}
        onActive={place.onActive}
        onInputKeyDown={stayAtEnd}
        onPopupScroll={(event) => isNearEnd(event) && more()}
        notFoundContent={<Without list={list} isSearching={text !== searched} />}
        classNames={{ popup: { root: 'choices' } }}
      />
      <span className="unseen" role="status">
        {isOpen && <Found list={list} isSearching={text !== searched} />}
      </span>
    </>
  );
}

function Line({ code, name }: { readonly code: string; readonly name: string }) {
  return (
    <span className="choice" data-code={code}>
      <UserLine>{name}</UserLine>
      {name !== code && <UserLine isSmall>{code}</UserLine>}
    </span>
  );
}

function isNearEnd({ currentTarget }: UIEvent<HTMLDivElement>): boolean {
  const { scrollTop, clientHeight, scrollHeight } = currentTarget;
  return scrollTop + 2 * clientHeight >= scrollHeight;
}

type StateProps<T> = { readonly list: Paged<T>; readonly isSearching: boolean };

/** What stands where there is nothing to choose from. */
function Without<T>({ list, isSearching }: StateProps<T>) {
  const t = useTexts();
  if (list.error && !isSearching) return <span className="choice-note">{wordsOf(list.error, t)}</span>;
  return <span className="choice-note">{isSearching || list.loading ? t.choices.searching : t.choices.nothing}</span>;
}

/** Tells who cannot see the list how long it is. */
function Found<T>({ list, isSearching }: StateProps<T>) {
  const t = useTexts();
  if (isSearching || list.items.length === 0) return <Without list={list} isSearching={isSearching} />;
  return t.choices.found(list.items.length, list.hasMore);
}

/** What is chosen, with its name, wherever in the list it stands. */
function useChosen<T, P>(source: Source<T, P>, value: string | undefined, given: T | undefined) {
  const [kept, keep] = useState<T>();
  const known = [given, kept].find((item) => item !== undefined && source.codeOf(item) === value);
  const asked = useLoaded<T>(value !== undefined && known === undefined ? onePath(source, value) : undefined);
  const item = known ?? asked.data;
  const option = value === undefined ? null : { value, label: item === undefined ? value : source.nameOf(item) };
  return { option, keep };
}

/**
 * The same list, of which what is new is drawn in a turn of its own, with all that follows from it. Drawn together with a key, the list would
 * still hold back what was before the option that the key has left. What is gone is gone at once.
 */
function useOwnTurn<T>(list: readonly T[]): readonly T[] {
  const [drawn, setDrawn] = useState(list);
  useEffect(() => {
    const timer = setTimeout(() => flushSync(() => setDrawn(list)));
    return () => clearTimeout(timer);
  }, [list]);
  const last = drawn.length - 1;
  return drawn[last] === list[last] ? drawn : nothing;
}

/**
 * Ant Design makes the first option that is not disabled the active one whenever their number changes. Who has walked to the end by keyboard,
 * and so has asked for more, stays where he was: while the list grows, what is before his option is held back. Answers how many those are.
 */
function usePlace(codes: readonly string[]) {
  const active = useRef('');
  const [known, setKnown] = useState(0);
  const count = codes.length;
  useEffect(() => setKnown(count), [count]);
  const isGrowing = known > 0 && count > known;
  const onActive = (value: unknown) => {
    active.current = String(value ?? '');
  };
  const isLast = () => count > 0 && active.current === codes[count - 1];
  return { heldBack: isGrowing ? codes.indexOf(active.current) : 0, isLast, onActive };
}
