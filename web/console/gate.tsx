import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { Boundary } from '../shared/boundary.tsx';
import { call, isSignedOut } from '../shared/call.ts';
import { ChunkFailed } from '../shared/chunk-failed.tsx';
import { ChunkError, lazyFrame } from '../shared/lazy-page.ts';
import { Unreachable } from '../shared/unreachable.tsx';
import { useTexts } from './preferences.ts';
import { askWith, type Session } from './session.tsx';
import { SignIn } from './sign-in.tsx';

type In = { readonly is: 'in'; readonly session: ConsoleSessionAnswer; readonly hasEnded: boolean };

const loadConsole = () => import('./console.tsx');
const Console = lazyFrame(loadConsole);

/** A failure is shown when the console is rendered. */
const preload = () => void loadConsole().catch(() => undefined);

type State =
  | { readonly is: 'asking' }
  | { readonly is: 'away'; readonly error: Error }
  | { readonly is: 'out'; readonly hasEnded: boolean }
  | In;

const current = '/console/v1/sessions/current';

/** Lets operators with a session in, and asks others for the admin token. */
export function Gate() {
  const [state, setState] = useState<State>({ is: 'asking' });
  const enter = useCallback((session: ConsoleSessionAnswer) => setState({ is: 'in', session, hasEnded: false }), []);
  const ask = useCallback(() => {
    call<ConsoleSessionAnswer>('GET', current).then(
      (session) => setState((old) => entered(old, session)),
      (error: Error) => setState((old) => refused(old, error)),
    );
  }, []);
  useEffect(ask, [ask]);
  // The session may have ended, or begun again in another tab, while nobody looked.
  useShown(ask);
  const opened = state.is === 'in' ? state.session : undefined;
  const session = useMemo(() => opened && sessionOf(opened, setState), [opened]);
  if (state.is === 'asking') return <Loading />;
  if (state.is === 'away') return <Unreachable error={state.error} onRetry={ask} />;
  if (state.is === 'out' || !session)
    return <SignIn hasEnded={state.is === 'out' && state.hasEnded} onSubmit={preload} onSession={enter} />;
  return (
    <Boundary fallback={consoleFailed}>
      <Suspense fallback={<Loading />}>
        <Console session={session} hasEnded={state.hasEnded} onSession={enter} />
      </Suspense>
    </Boundary>
  );
}

/** The code of the console could not be loaded; any other failure is for the boundary of the whole page. */
function consoleFailed(error: unknown) {
  if (!(error instanceof ChunkError)) throw error;
  return (
    <main className="failed-page">
      <ChunkFailed page="/console" />
    </main>
  );
}

function Loading() {
  const t = useTexts();
  return (
    <div className="loading" role="status">
      <span className="unseen">{t.loading}</span>
    </div>
  );
}

/** The same session keeps its object: everything that was loaded with it stays. */
function entered(old: State, session: ConsoleSessionAnswer): State {
  const isSame = old.is === 'in' && !old.hasEnded && old.session.csrfToken === session.csrfToken;
  return isSame ? old : { is: 'in', session, hasEnded: false };
}

function refused(old: State, error: Error): State {
  if (!isSignedOut(error)) return old.is === 'in' ? old : { is: 'away', error };
  return old.is === 'in'
    ? { ...old, hasEnded: true }
    : { is: 'out', hasEnded: /session has ended/.test(error.message) };
}

function useShown(run: () => void): void {
  useEffect(() => {
    const onChange = () => document.visibilityState === 'visible' && run();
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, [run]);
}

type SetState = (change: (old: State) => State) => void;

function sessionOf({ csrfToken, emulator }: ConsoleSessionAnswer, setState: SetState): Session {
  const ask = askWith(csrfToken);
  return {
    isDev: emulator,
    // An ended session is noticed by whatever asks first. What is open stays, for those who sign in again.
    ask: <T,>(...given: Parameters<Session['ask']>) =>
      ask<T>(...given).catch((error: Error) => {
        if (isSignedOut(error)) setState((old) => refused(old, error));
        throw error;
      }),
    signOut: () =>
      void ask('DELETE', current)
        .catch(() => undefined)
        .then(() => setState(() => ({ is: 'out', hasEnded: false }))),
  };
}
