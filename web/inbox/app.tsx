import { Activity, useCallback, useEffect, useMemo, useState } from 'react';
import type { InboxUser, InboxWhoAnswer } from '../../src/client/answers.ts';
import { call, isPassing, isSignedOut } from '../shared/call.ts';
import { Failed } from '../shared/failed.tsx';
import { lazyPage } from '../shared/lazy-page.ts';
import { type Choices, readStored, removeStored, useChoices, writeStored } from '../shared/preferences.ts';
import { useRetries } from '../shared/retries.ts';
import { Unreachable } from '../shared/unreachable.tsx';
import { useWords } from '../shared/words.ts';
import { Inbox } from './inbox.tsx';
import { LazyPart } from './lazy-part.tsx';
import type { KeptInbox, KeptSession } from './offline/kept.ts';
import type { KeptState } from './state/state.ts';
import { Speech, textsOf } from './texts.ts';
import { PictureRule } from './thread/pictures.ts';

/** What the browser keeps is loaded while the server says who has signed in. */
const loadKept = () => import('./offline/kept.ts');
type Kept = Awaited<ReturnType<typeof loadKept>>;

/** Set in localStorage while a user is signed in. If it is set and there is no session, the session has ended. */
const signedInKey = 'huizhi.inbox.signedIn';

const loadSignIn = () => import('./sign-in.tsx');
const SignIn = lazyPage(loadSignIn);

/** Loads the sign-in page early if it is likely to be shown. A failure is ignored here; rendering reports it. */
if (readStored(signedInKey) === undefined) void loadSignIn().catch(() => undefined);

/** The inbox, or the sign-in page. `failed` is the error of a sign-in link. */
export function App({ failed }: { readonly failed: Error | undefined }) {
  const choices = useChoices();
  const { language } = choices;
  const speech = useMemo(() => ({ t: textsOf[language], language }), [language]);
  const { words } = useWords();
  // A sign-in link works once. After a connection error it may or may not be used up, so its code is back in the URL
  // for a retry.
  const isOpen = failed !== undefined && isPassing(failed);
  const reload = { label: words.retry, run: () => location.reload() };
  return (
    <Speech value={speech}>
      <title>{`${speech.t.title} · huizhi`}</title>
      {isOpen ? <Failed isPage title={words.away} action={reload} /> : <Page failed={failed} choices={choices} />}
    </Speech>
  );
}

/** The answer about the session, or why there is none. */
type Who = InboxWhoAnswer | Error;

type PageProps = { readonly failed: Error | undefined; readonly choices: Choices };
type Opened = KeptSession & {
  readonly since: number;
  readonly kept: KeptInbox;
  /** Resolves when the server has confirmed the session; a page that opens without a connection waits for that. */
  readonly confirmed: Promise<void>;
  readonly isUnconfirmed: boolean;
  confirm(): void;
};

function Page({ failed, choices }: PageProps) {
  const { who, opened, ask, leave } = useWho();
  const isIn = opened !== undefined && (opened.isUnconfirmed || isSignedIn(who));
  return (
    <>
      {opened && (
        // Stays mounted but hidden, so that the same user continues where they were after signing in again.
        <Activity mode={isIn ? 'visible' : 'hidden'}>
          <PictureRule value={opened.pictures}>
            <Inbox
              key={keyOf(opened.user)}
              user={opened.user}
              since={opened.since}
              confirmed={opened.confirmed}
              kept={opened.kept}
              choices={choices}
              onSignedOut={leave}
              onEnded={ask}
            />
          </PictureRule>
        </Activity>
      )}
      {!isIn && <Outside who={who} failed={failed} choices={choices} ask={ask} />}
    </>
  );
}

/** Whether the server knows the user of this browser. */
const isSignedIn = (who: Who | undefined) => who !== undefined && !(who instanceof Error) && who.user !== null;

type OutsideProps = PageProps & { readonly who: Who | undefined; ask(): void };

function Outside({ who, failed, choices, ask }: OutsideProps) {
  const waiting = <main className="center" aria-busy="true" />;
  // The inbox of a user opens when what the browser keeps was read.
  if (who === undefined || isSignedIn(who)) return waiting;
  if (who instanceof Error && !isSignedOut(who)) return <Unreachable error={who} onRetry={ask} />;
  const ways = who instanceof Error ? [] : who.signIn;
  const hasEnded = readStored(signedInKey) !== undefined;
  return (
    <LazyPart waiting={waiting}>
      <SignIn ways={ways} failed={failed} hasEnded={hasEnded} choices={choices} onSignedIn={ask} />
    </LazyPart>
  );
}

/**
 * `who` is the session; `opened` is the mounted inbox, which stays until its user signs out or another user signs in.
 */
function useWho() {
  const [who, setWho] = useState<Who>();
  const [opened, setOpened] = useState<Opened>();
  const ask = useCallback(() => {
    Promise.all([call<InboxWhoAnswer>('GET', '/inbox/v1/sessions'), loadKept()]).then(
      async ([answer, kept]) => {
        setWho(answer);
        if (!answer.user) {
          setOpened((before) => (before?.isUnconfirmed ? undefined : before));
          return void kept.clearKept();
        }
        const session = { user: answer.user, pictures: answer.remotePictures };
        // First, because it removes what another user has left.
        await kept.keepSession(session);
        setOpened((before) => confirmed(before, session) ?? openNow(kept, session, answer.sequence));
        writeStored(signedInKey, 'yes');
      },
      async (error: Error) => {
        const kept = isPassing(error) ? await loadKept().catch(() => undefined) : undefined;
        const found = await kept?.readKept();
        if (kept && found) setOpened((before) => before ?? openKeptPage(kept, found.session, found.inbox));
        setWho(error);
      },
    );
  }, []);
  useEffect(ask, [ask]);
  useRetries(opened?.isUnconfirmed === true, ask);
  const isOut = who !== undefined && !(who instanceof Error) && who.user === null;
  useEffect(() => {
    if (!isOut) return;
    // The user may have signed in in another tab.
    const onChange = () => document.visibilityState === 'visible' && ask();
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, [isOut, ask]);
  const leave = useCallback(() => {
    removeStored(signedInKey);
    void loadKept().then(({ clearKept }) => clearKept());
    setOpened(undefined);
    ask();
  }, [ask]);
  return { who, opened, ask, leave };
}

/** The inbox of a session that the server has confirmed. */
function openNow({ openKept }: Kept, session: KeptSession, since: number): Opened {
  const kept = openKept(session.user, undefined);
  return { ...session, since, kept, confirmed: Promise.resolve(), isUnconfirmed: false, confirm: () => {} };
}

/** The inbox as this browser keeps it, while the server cannot be reached. Messages that came since are not announced. */
function openKeptPage({ openKept }: Kept, session: KeptSession, inbox: KeptState): Opened {
  const { promise, resolve } = Promise.withResolvers<void>();
  const kept = openKept(session.user, inbox);
  const since = Number.MAX_SAFE_INTEGER;
  return { ...session, since, kept, confirmed: promise, isUnconfirmed: true, confirm: resolve };
}

/** An inbox that waited for its session, now that the server has confirmed that it is this one; undefined for others. */
function confirmed(before: Opened | undefined, session: KeptSession): Opened | undefined {
  if (!before?.isUnconfirmed || keyOf(before.user) !== keyOf(session.user)) return undefined;
  before.confirm();
  return { ...before, ...session, isUnconfirmed: false };
}

const keyOf = ({ corpId, userId }: InboxUser) => JSON.stringify([corpId, userId]);
