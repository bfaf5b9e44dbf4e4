import { Select } from 'antd';
import { type KeyboardEvent, type UIEvent, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { UserLine } from '../../../shared/bidi.tsx';
import { type Paged, useLoaded, usePaged } from '../../data/load.ts';
import { useSettled } from '../../data/settled.ts';
import { itemPath, type Source, searchPath } from '../../data/sources.ts';
import { useTexts } from '../../texts/use-texts.ts';
import { wordsOf } from '../error-words.ts';

type Props<T, P> = {
  readonly source: Source<T, P>;
  readonly value?: string | undefined;
  readonly onChange?: (code: string | undefined, item: T | undefined) => void;
  /** The selected item if the caller has it already; otherwise it is loaded by its code. */
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

/**
 * A select box for a list of any length: the server filters by the typed text, and scrolling to the end loads more
 * options.
 */
export function Choice<T, P extends { readonly cursor: string | null }>(props: Props<T, P>) {
  const { source, value, onChange, chosen, ...looks } = props;
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const debouncedText = useSettled(text);
  const list = usePaged<T, P>(isOpen ? searchPath(source, debouncedText) : undefined, source.itemsOf);
  // Hide results of an earlier search text, otherwise Enter would select one of them.
  const items = useDeferredItems(text === debouncedText ? list.items : nothing);
  const hasUndrawn = items.length < list.items.length;
  const activeOption = useActiveOption(items.map(source.codeOf));
  const current = useChosen(source, value || undefined, chosen);
  const open = (now: boolean) => {
    setOpen(now);
    if (!now) setText('');
  };
  const more = () => !hasUndrawn && list.hasMore && list.more();
  // At the last loaded option, Ant Design would wrap around to the first one; load more options instead.
  const stayAtEnd = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || !activeOption.isLast() || !(hasUndrawn || list.hasMore)) return;
    event.stopPropagation();
    more();
  };
  const choose = (option: Option | undefined) => {
    const item = items.find((each) => source.codeOf(each) === option?.value);
    current.setSelected(item);
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
          disabled: index < activeOption.disabledCount,
        }))}
        optionRender={({ value: code, label }) => <OptionLine code={String(code)} name={String(label)} />}
        showSearch={source.isSearchable === false ? false : { filterOption: false, onSearch: setText }}
        onOpenChange={open}
        onChange={choose}
        onActive={activeOption.onActive}
        onInputKeyDown={stayAtEnd}
        onPopupScroll={(event) => isNearEnd(event) && more()}
        notFoundContent={<NoOptions list={list} isSearching={text !== debouncedText} />}
        classNames={{ popup: { root: 'choices' } }}
      />
      <span className="unseen" role="status">
        {isOpen && <OptionCount list={list} isSearching={text !== debouncedText} />}
      </span>
    </>
  );
}

function OptionLine({ code, name }: { readonly code: string; readonly name: string }) {
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

/** Shown instead of options when there are none: an error, or that a search is running or found nothing. */
function NoOptions<T>({ list, isSearching }: StateProps<T>) {
  const t = useTexts();
  if (list.error && !isSearching) return <span className="choice-note">{wordsOf(list.error, t)}</span>;
  return <span className="choice-note">{isSearching || list.loading ? t.choices.searching : t.choices.nothing}</span>;
}

/** Announces the number of options to screen readers. */
function OptionCount<T>({ list, isSearching }: StateProps<T>) {
  const t = useTexts();
  if (isSearching || list.items.length === 0) return <NoOptions list={list} isSearching={isSearching} />;
  return t.choices.found(list.items.length, list.hasMore);
}

/** The selected option with its name. An item that is not among the loaded options is requested by its code. */
function useChosen<T, P>(source: Source<T, P>, value: string | undefined, given: T | undefined) {
  const [selected, setSelected] = useState<T>();
  const known = [given, selected].find((item) => item !== undefined && source.codeOf(item) === value);
  const asked = useLoaded<T>(value !== undefined && known === undefined ? itemPath(source, value) : undefined);
  const item = known ?? asked.data;
  const option = value === undefined ? null : { value, label: item === undefined ? value : source.nameOf(item) };
  return { option, setSelected };
}

/**
 * Returns the list, but renders appended items in a task of their own. Otherwise they could be rendered together with a
 * key press, and `useActiveOption` would disable options based on the option that was active before the key. Removed
 * items disappear at once.
 */
function useDeferredItems<T>(list: readonly T[]): readonly T[] {
  const [drawn, setDrawn] = useState(list);
  useEffect(() => {
    const timer = setTimeout(() => flushSync(() => setDrawn(list)));
    return () => clearTimeout(timer);
  }, [list]);
  const last = drawn.length - 1;
  return drawn[last] === list[last] ? drawn : nothing;
}

/**
 * Keeps the active option when more options are loaded. Ant Design activates the first enabled option whenever the
 * number of options changes, so while the list grows, the options before the active one are disabled. `disabledCount`
 * is their number.
 */
function useActiveOption(codes: readonly string[]) {
  const active = useRef('');
  const [known, setKnown] = useState(0);
  const count = codes.length;
  useEffect(() => setKnown(count), [count]);
  const isGrowing = known > 0 && count > known;
  const onActive = (value: unknown) => {
    active.current = String(value ?? '');
  };
  const isLast = () => count > 0 && active.current === codes[count - 1];
  return { disabledCount: isGrowing ? codes.indexOf(active.current) : 0, isLast, onActive };
}
