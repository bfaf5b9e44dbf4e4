import { useEffect, useRef, useState } from 'react';
import type { ConsoleEvent } from '../../../src/client/answers.ts';
import { isSignedOut } from '../../shared/call.ts';
import { useSession } from '../session.tsx';

export type FollowedEvent = ConsoleEvent & { readonly kind: 'sent' | 'delivered' | 'read' | 'recalled' | 'removed' };

const kinds = ['sent', 'delivered', 'read', 'recalled', 'removed'] as const;

/** Milliseconds before a connection that the browser has given up is opened again. */
const pause = 2000;

/**
 * Subscribes to the event stream at `path` while the component is mounted. The browser reconnects by itself and sends
 * the id of the last event, so no event is missed. It gives up when a proxy returns an error; then `follow` reconnects.
 * Returns whether the stream is connected.
 */
export function useEvents(path: string | undefined, onEvent: (event: FollowedEvent) => void): boolean {
  const { ask } = useSession();
  const [isLive, setLive] = useState(false);
  const latest = useRef(onEvent);
  latest.current = onEvent;
  useEffect(() => {
    if (path === undefined) return;
    return follow(path, {
      onLive: setLive,
      onEvent: (event) => latest.current(event),
      // If the session has ended, this request opens the sign-in dialog, and there is nothing to reconnect to.
      mayReconnect: () =>
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
  onEvent(event: FollowedEvent): void;
  /** Called when the browser has given up reconnecting. Resolves to whether to connect again. */
  mayReconnect(): Promise<boolean>;
};

function follow(path: string, { onLive, onEvent, mayReconnect }: Follower): () => void {
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
      void mayReconnect().then((isAllowed) => {
        if (isAllowed && source === opened) timer = window.setTimeout(open, pause);
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
