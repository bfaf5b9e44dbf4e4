import { useEffect, useRef, useState } from 'react';
import { entryOf } from '../data/position.ts';
import { useParameters } from '../route.tsx';

/** Long enough for the next letter of a person who types on, in milliseconds. */
const pause = 250;

/**
 * A text field of a filter in the address. The filter changes when the typing pauses; all letters that are typed without leaving the
 * field make one history entry.
 */
export function useTyped(name: string) {
  const [parameters, change] = useParameters();
  const value = parameters.get(name) ?? '';
  const [text, setText] = useState(value);
  const timer = useRef<number>(undefined);
  useEffect(() => setText(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const commit = (given: string) => {
    clearTimeout(timer.current);
    change({ [name]: given.trim() || undefined }, { isSilent: entryOf().typed === name, entry: { typed: name } });
  };
  return {
    text,
    type: (given: string) => {
      setText(given);
      clearTimeout(timer.current);
      timer.current = window.setTimeout(() => commit(given), given === '' ? 0 : pause);
    },
    /** Searches at once. */
    search: () => commit(text),
    /** The next letter is another search. */
    leave: () => {
      commit(text);
      if (entryOf().typed === name) history.replaceState({ ...entryOf(), typed: undefined }, '');
    },
  };
}
