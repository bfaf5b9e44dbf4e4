import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { InboxUser } from '../../src/client/answers.ts';
import { Boundary } from '../shared/boundary.tsx';
import { call } from '../shared/call.ts';
import type { Choices } from '../shared/preferences.ts';
import { Dings } from './dings.tsx';
import { Empty } from './empty.tsx';
import { BlockNotice } from './notice.tsx';
import { Sidebar } from './sidebar.tsx';
import { countUnread, type State } from './state/state.ts';
import { createStore, type Store } from './state/store.ts';
import { useSpeech } from './texts.ts';
import { summarize } from './thread/content.ts';
import { Thread } from './thread/thread.tsx';

type Props = {
  readonly user: InboxUser;
  /** The sequence number of the user's newest event when the page was opened. */
  readonly since: number;
  readonly choices: Choices;
  /** Called when the user has signed out. */
  onSignedOut(): void;
  /** Called when a request fails because the session has ended. */
  onEnded(): void;
};

/**
 * The inbox of a user: the list of conversations and the open conversation, side by side, or one at a time on a phone.
 */
export function Inbox({ user, since, choices, onSignedOut, onEnded }: Props) {
  const store = useStore(since, onEnded);
  return store && <Opened store={store} user={user} choices={choices} onSignedOut={onSignedOut} />;
}

function useStore(since: number, onEnded: () => void): Store | undefined {
  const [store, setStore] = useState<Store>();
  useEffect(() => {
    const created = createStore(since, onEnded);
    setStore(created);
    return () => created.close();
  }, [since, onEnded]);
  return store;
}

function Opened({ store, user, choices, onSignedOut }: Omit<Props, 'since' | 'onEnded'> & { readonly store: Store }) {
  const { t } = useSpeech();
  const state = useSyncExternalStore(store.subscribe, store.state);
  const [route, goTo] = useRoute();
  const main = useRef<HTMLElement>(null);
  const signOut = async () => {
    await call('DELETE', '/inbox/v1/sessions').catch(() => {});
    goTo({});
    onSignedOut();
  };
  const conversation = route.robotCode === undefined ? undefined : state.conversations.get(route.robotCode);
  return (
    <div className={conversation ? 'inbox has-thread' : 'inbox'}>
      <UnreadTitle state={state} />
      {conversation && (
        <button type="button" className="skip" onClick={() => main.current?.focus()}>
          {t.skip}
        </button>
      )}
      <Boundary fallback={() => null} resetOn={state.dings}>
        <Dings state={state} store={store} />
      </Boundary>
      <Boundary>
        <Sidebar
          state={state}
          user={user}
          choices={choices}
          open={conversation?.robotCode}
          onOpen={(robotCode) => goTo({ robotCode })}
          onFound={({ robotCode, robotName, messageId: target }) => {
            store.reveal(robotCode, robotName);
            goTo({ robotCode, target });
          }}
          onSignOut={signOut}
        />
      </Boundary>
      <main className="main" ref={main} tabIndex={-1}>
        {!state.isConnected && (
          <p className="banner" role="status">
            {t.offline}
          </p>
        )}
        <BlockNotice state={state} store={store} />
        {conversation ? (
          <Boundary key={`${conversation.robotCode} ${route.target ?? ''}`}>
            <Thread conversation={conversation} target={route.target} store={store} onBack={() => goTo({})} />
          </Boundary>
        ) : (
          <Empty title={t.choose} hint={t.chooseHint} />
        )}
      </main>
      <Boundary fallback={() => null} resetOn={state.announcements}>
        <Announcer announcements={state.announcements} />
      </Boundary>
    </div>
  );
}

function UnreadTitle({ state }: { readonly state: State }) {
  const { t, number } = useSpeech();
  const count = countUnread(state);
  useEffect(() => {
    // Rejected unless the page is installed as an app.
    navigator.setAppBadge?.(count).catch(() => {});
  }, [count]);
  return <title>{`${count > 0 ? `(${number(count)}) ` : ''}${t.title} · huizhi`}</title>;
}

/** Announces new and recalled messages to screen readers. */
function Announcer({ announcements }: { readonly announcements: State['announcements'] }) {
  const { t } = useSpeech();
  return (
    <div className="unseen" aria-live="polite">
      {announcements.map(({ messageId, message }) => (
        <p key={message ? messageId : `${messageId} recalled`}>
          {message ? t.arrived(message.robotName, summarize(message, t)) : t.wasRecalled}
        </p>
      ))}
    </div>
  );
}

export type Route = { readonly robotCode?: string; readonly target?: string };

/** The open conversation is stored in the URL fragment, so that Reload and Back work. The search target is not. */
function useRoute(): readonly [Route, (route: Route) => void] {
  const [route, setRoute] = useState<Route>(routeOf);
  const latest = useRef(route);
  useEffect(() => {
    const onChange = () => {
      const next = routeOf();
      if (next.robotCode === latest.current.robotCode) return;
      latest.current = next;
      setRoute(next);
    };
    window.addEventListener('popstate', onChange);
    return () => window.removeEventListener('popstate', onChange);
  }, []);
  const goTo = (next: Route) => {
    const hash = next.robotCode === undefined ? '' : `#${encodeURIComponent(next.robotCode)}`;
    if (hash !== location.hash) history.pushState(null, '', `/${hash}`);
    latest.current = next;
    setRoute(next);
  };
  return [route, goTo];
}

function routeOf(): Route {
  const code = location.hash.slice(1);
  try {
    return code === '' ? {} : { robotCode: decodeURIComponent(code) };
  } catch {
    return {};
  }
}
