import { useEffect, useState } from 'react';

/** Long enough for the next letter of somebody who types on, in milliseconds. */
const pause = 200;

/** A text once nobody has changed it for a moment; at once when it is empty. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text === '' ? 0 : pause);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
