import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { InboxMessage, InboxUser } from '../../src/client/answers.ts';
import { Boundary } from '../shared/boundary.tsx';
import { call } from '../shared/call.ts';
import type { Choices } from '../shared/preferences.ts';
import { useUnsaved } from '../shared/unsaved.ts';
import { Dings } from './dings.tsx';
import { Empty } from './empty.tsx';
import { BlockNotice } from './notice.tsx';
import { useAlertChoices, useAlerts } from './offline/alerts.ts';
import type { KeptInbox } from './offline/kept.ts';
import { Sidebar } from './sidebar.tsx';
import { toConversationId, toFragment } from './state/fragment.ts';
import { type Conversation, countUnread, type State } from './state/state.ts';
import { createStore, type Start, type Store } from './state/store.ts';
import { useSpeech } from './texts.ts';
import { summarize } from './thread/content.ts';
import { Thread } from './thread/thread.tsx';

type Props = {
  readonly user: InboxUser;
  /** The sequence number of the user's newest event when the page was opened. */
  readonly since: number;
  /** Resolves when the server has confirmed the session. */
  readonly confirmed: Promise<void>;
  /** What this browser keeps of the inbox. */
  readonly kept: KeptInbox;
  readonly choices: Choices;
  /** Called when the user has signed out. */
  onSignedOut(): void;
  /** Called when a request fails because the session has ended. */
  onEnded(): void;
};

/**
 * The inbox of a user: the list of conversations and the open conversation, side by side, or one at a time on a phone.
 */
export function Inbox({ user, since, confirmed, kept, choices, onSignedOut, onEnded }: Props) {
  const { userId } = user;
  const start = useMemo(() => ({ since, userId, confirmed, kept }), [since, userId, confirmed, kept]);
  const store = useStore(start, onEnded);
  return store && <Opened store={store} user={user} choices={choices} onSignedOut={onSignedOut} />;
}

function useStore(start: Start, onEnded: () => void): Store | undefined {
  const [store, setStore] = useState<Store>();
  useEffect(() => {
    const created = createStore(start, onEnded);
    setStore(created);
    return () => created.close();
  }, [start, onEnded]);
  return store;
}

type OpenedProps = Pick<Props, 'user' | 'choices' | 'onSignedOut'> & { readonly store: Store };

function Opened({ store, user, choices, onSignedOut }: OpenedProps) {
  const { t } = useSpeech();
  const state = useSyncExternalStore(store.subscribe, store.state);
  const [route, goTo] = useRoute();
  const main = useRef<HTMLElement>(null);
  const alerts = useAlertChoices();
  useAlerts(state, alerts);
  // Messages on their way are only in this page.
  useUnsaved(state.outbox.length > 0);
  const signOut = async () => {
    await call('DELETE', '/inbox/v1/sessions').catch(() => {});
    goTo({});
    onSignedOut();
  };
  const conversation = route.open === undefined ? undefined : state.conversations.get(route.open);
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
          alerts={alerts}
          open={conversation?.conversationId}
          onOpen={(open) => goTo({ open })}
          onFound={(message) => {
            store.reveal(message);
            goTo({ open: message.conversationId, target: message.messageId });
          }}
          onSignOut={signOut}
        />
      </Boundary>
      <main className="main" ref={main} tabIndex={-1}>
        <ConnectionBanner isConnected={state.isConnected} />
        <BlockNotice state={state} store={store} />
        <Shown
          conversation={conversation}
          route={route}
          state={state}
          user={user}
          store={store}
          onBack={() => goTo({})}
        />
      </main>
      <Boundary fallback={() => null} resetOn={state.announcements}>
        <Announcer state={state} />
      </Boundary>
    </div>
  );
}

function ConnectionBanner({ isConnected }: Pick<State, 'isConnected'>) {
  const { t } = useSpeech();
  if (isConnected) return null;
  return (
    <p className="banner" role="status">
      {t.offline}
    </p>
  );
}

type ShownProps = Pick<Props, 'user'> & {
  readonly conversation: Conversation | undefined;
  readonly route: Route;
  readonly state: State;
  readonly store: Store;
  onBack(): void;
};

/** The open conversation. */
function Shown({ conversation, route, state, user, store, onBack }: ShownProps) {
  const { t } = useSpeech();
  if (!conversation) return <Empty title={t.choose} hint={t.chooseHint} />;
  return (
    <Boundary key={`${conversation.conversationId} ${route.target ?? ''}`}>
      <Thread
        conversation={conversation}
        target={route.target}
        state={state}
        userId={user.userId}
        store={store}
        onBack={onBack}
      />
    </Boundary>
  );
}

function UnreadTitle({ state }: { readonly state: State }) {
  const { t, number } = useSpeech();
  const count = countUnread(state);
  useEffect(() => {
    // Rejected unless the page is installed as an app.
    navigator.setAppBadge?.(count).catch(() => {});
    return () => void navigator.clearAppBadge?.().catch(() => {});
  }, [count]);
  return <title>{`${count > 0 ? `(${number(count)}) ` : ''}${t.title} · huizhi`}</title>;
}

/** Announces new and recalled messages to screen readers. */
function Announcer({ state: { announcements, conversations } }: { readonly state: State }) {
  const { t } = useSpeech();
  const render = (message: InboxMessage) => {
    const summary = summarize(message, t);
    if (!message.conversation) return t.arrived(message.sender.name, summary);
    const title = conversations.get(message.conversationId)?.title ?? message.conversation.title;
    return t.arrivedIn(title, message.sender.name, summary);
  };
  return (
    <div className="unseen" aria-live="polite">
      {announcements.map(({ messageId, message }) => (
        <p key={message ? messageId : `${messageId} recalled`}>{message ? render(message) : t.wasRecalled}</p>
      ))}
    </div>
  );
}

/** The id of the open conversation, and that of the message to show in it. */
export type Route = { readonly open?: string; readonly target?: string };

/** The open conversation is stored in the URL fragment, so that Reload and Back work. The search target is not. */
function useRoute(): readonly [Route, (route: Route) => void] {
  const [route, setRoute] = useState<Route>(routeOf);
  const latest = useRef(route);
  useEffect(() => {
    const onChange = () => {
      const next = routeOf();
      if (next.open === latest.current.open) return;
      latest.current = next;
      setRoute(next);
    };
    window.addEventListener('popstate', onChange);
    return () => window.removeEventListener('popstate', onChange);
  }, []);
  const goTo = (next: Route) => {
    const hash = next.open === undefined ? '' : `#${encodeURIComponent(toFragment(next.open))}`;
    if (hash !== location.hash) history.pushState(null, '', `/${hash}`);
    latest.current = next;
    setRoute(next);
  };
  return [route, goTo];
}

function routeOf(): Route {
  const text = location.hash.slice(1);
  try {
    return text === '' ? {} : { open: toConversationId(decodeURIComponent(text)) };
  } catch {
    return {};
  }
}
