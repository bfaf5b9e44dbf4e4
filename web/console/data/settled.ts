import { useEffect, useState } from 'react';

/** Milliseconds; longer than the time between two keystrokes. */
const pause = 200;

/** Debounces a text while the user types. An empty text is returned without delay. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : pause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
