import { useEffect, useRef, useState } from 'react';
import { entryOf } from '../data/position.ts';
import { useParameters } from '../route.tsx';

/** Milliseconds; longer than the time between two keystrokes. */
const pause = 250;

/**
 * The state of a text field whose value is a filter parameter in the URL. The parameter changes when the typing pauses.
 * All text typed without leaving the field creates one history entry.
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
    /** Searches without waiting for a pause. */
    search: () => commit(text),
    /** Ends the search when the field loses the focus: further typing creates a new history entry. */
    leave: () => {
      commit(text);
      if (entryOf().typed === name) history.replaceState({ ...entryOf(), typed: undefined }, '');
    },
  };
}
