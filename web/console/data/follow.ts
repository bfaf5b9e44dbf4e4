import { useEffect, useRef, useState } from 'react';
import type { ConsoleEvent } from '../../../src/client/answers.ts';
import { isSignedOut } from '../../shared/call.ts';
import { useSession } from '../session.tsx';

export type Happening = ConsoleEvent & { readonly kind: 'sent' | 'delivered' | 'read' | 'recalled' | 'removed' };

const kinds = ['sent', 'delivered', 'read', 'recalled', 'removed'] as const;

const pause = 2000;

/**
 * Follows the events behind a path for as long as the page is open. The browser connects again by itself and says the last
 * number that it has seen, so nothing is missed; where it gives up, since what stands between has answered an error, it is done here.
 * Answers whether the connection stands.
 */
export function useEvents(path: string | undefined, onEvent: (event: Happening) => void): boolean {
  const { ask } = useSession();
  const [isLive, setLive] = useState(false);
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (path === undefined) return;
    return follow(path, {
      onLive: setLive,
      onEvent: (event) => latest.current(event),
      // A session that has ended leads to the sign-in.
      refused: () =>
        ask('GET', '/console/v1/sessions/current').then(
          () => true,
          (error: unknown) => !isSignedOut(error),
        ),
    });
  }, [path, ask]);
  return isLive;
}

type Follower = {
  onLive(isLive: boolean): void;
  onEvent(event: Happening): void;
  /** The connection was refused for good; returns whether to connect again. */
  refused(): Promise<boolean>;
};

function follow(path: string, { onLive, onEvent, refused }: Follower): () => void {
  let source: EventSource | undefined;
  let timer: number | undefined;
  let last = '';
  const open = () => {
    const url = new URL(path, location.origin);
    if (last !== '') url.searchParams.set('since', last);
    const opened = new EventSource(url);
    source = opened;
    opened.onopen = () => onLive(true);
    opened.onerror = () => {
      onLive(false);
      if (opened.readyState !== EventSource.CLOSED) return;
      void refused().then((isIn) => {
        if (isIn && source === opened) timer = window.setTimeout(open, pause);
      });
    };
    for (const kind of kinds) {
      opened.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
        last = lastEventId;
        onEvent({ ...JSON.parse(data), kind });
      });
    }
  };
  open();
  return () => {
    window.clearTimeout(timer);
    source?.close();
    source = undefined;
  };
}
