import { useEffect, useRef, useState } from 'react';
import type { ConsoleEvent } from '../../src/client/answers.ts';

export type Happening = ConsoleEvent & { readonly kind: 'sent' | 'delivered' | 'read' | 'recalled' | 'removed' };

const kinds = ['sent', 'delivered', 'read', 'recalled', 'removed'] as const;

/**
 * Follows the events behind a path for as long as the page is open. The browser connects again by itself and says the last
 * number that it has seen, so nothing is missed. Answers whether the connection stands.
 */
export function useEvents(path: string | undefined, onEvent: (event: Happening) => void): boolean {
  const [isLive, setLive] = useState(false);
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (path === undefined) return;
    const source = new EventSource(path);
    source.onopen = () => setLive(true);
    source.onerror = () => setLive(false);
    for (const kind of kinds) {
      source.addEventListener(kind, ({ data }: MessageEvent<string>) => latest.current({ ...JSON.parse(data), kind }));
    }
    return () => source.close();
  }, [path]);
  return isLive;
}
