import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { Boundary } from '../shared/boundary.tsx';
import { call, isSignedOut } from '../shared/call.ts';
import { ChunkFailed } from '../shared/chunk-failed.tsx';
import { ChunkError, lazyFrame } from '../shared/lazy-page.ts';
import { Unreachable } from '../shared/unreachable.tsx';
import { forgetArrival, useArrival } from './arrival.ts';
import { createAsk, hasRight, type Session } from './session.tsx';
import { SignIn } from './sign-in.tsx';
import { useSignInTexts } from './texts/use-sign-in-texts.ts';

type In = { readonly is: 'in'; readonly session: ConsoleSessionAnswer; readonly hasEnded: boolean };

const loadConsole = () => import('./console.tsx');
const Console = lazyFrame(loadConsole);

/** Loads the code of the console early. A failure is ignored here; rendering the console reports it. */
const preload = () => void loadConsole().catch(() => undefined);

type State =
  | { readonly is: 'asking' }
  | { readonly is: 'away'; readonly error: Error }
  | { readonly is: 'out'; readonly hasEnded: boolean }
  | In;

const current = '/console/v1/sessions/current';

/** Shows the console to operators with a session, and the sign-in page to others. */
export function Gate() {
  const [state, setState] = useState<State>({ is: 'asking' });
  const { link, outcome } = useArrival();
  const enter = useCallback((session: ConsoleSessionAnswer) => {
    setState({ is: 'in', session, hasEnded: false });
    forgetArrival();
  }, []);
  const ask = useCallback(() => {
    call<ConsoleSessionAnswer>('GET', current).then(
      (session) => setState((old) => withSession(old, session)),
      (error: Error) => setState((old) => withError(old, error)),
    );
  }, []);
  useEffect(ask, [ask]);
  // While the tab was hidden, the session may have ended, or another tab may have signed in again.
  useOnVisible(ask);
  const opened = state.is === 'in' ? state.session : undefined;
  const session = useMemo(() => opened && sessionOf(opened, setState), [opened]);
  if (state.is === 'asking') return <Loading />;
  if (state.is === 'away') return <Unreachable error={state.error} onRetry={ask} />;
  // Somebody who opens a link wants to be its operator, also in a browser in which another one is signed in.
  if (state.is === 'out' || !session || link || outcome === 'linkUsed')
    return <SignIn hasEnded={state.is === 'out' && state.hasEnded} onSubmit={preload} onSession={enter} />;
  return (
    <Boundary fallback={renderConsoleFailed}>
      <Suspense fallback={<Loading />}>
        <Console session={session} hasEnded={state.hasEnded} onSession={enter} />
      </Suspense>
    </Boundary>
  );
}

/**
 * Shown when the code of the console could not be loaded. Other errors are rethrown to the boundary of the whole page.
 */
function renderConsoleFailed(error: unknown) {
  if (!(error instanceof ChunkError)) throw error;
  return (
    <main className="failed-page">
      <ChunkFailed page="/console" />
    </main>
  );
}

function Loading() {
  const t = useSignInTexts();
  return (
    <div className="loading" role="status">
      <span className="unseen">{t.loading}</span>
    </div>
  );
}

/** Keeps the same state object for the same session, so that the pages do not load everything again. */
function withSession(old: State, session: ConsoleSessionAnswer): State {
  const isSame = old.is === 'in' && !old.hasEnded && old.session.csrfToken === session.csrfToken;
  return isSame ? old : { is: 'in', session, hasEnded: false };
}

function withError(old: State, error: Error): State {
  if (!isSignedOut(error)) return old.is === 'in' ? old : { is: 'away', error };
  return old.is === 'in'
    ? { ...old, hasEnded: true }
    : { is: 'out', hasEnded: /session has ended/.test(error.message) };
}

function useOnVisible(run: () => void): void {
  useEffect(() => {
    const onChange = () => document.visibilityState === 'visible' && run();
    document.addEventListener('visibilitychange', onChange);
    return () => document.removeEventListener('visibilitychange', onChange);
  }, [run]);
}

type SetState = (change: (old: State) => State) => void;

function sessionOf(opened: ConsoleSessionAnswer, setState: SetState): Session {
  const { csrfToken, emulator, operator } = opened;
  const ask = createAsk(csrfToken);
  return {
    isDev: emulator,
    operator,
    has: (right, corpId) => hasRight(opened, right, corpId),
    // The first request after the end of the session gets a 401. The pages stay mounted under the sign-in dialog.
    ask: <T,>(...given: Parameters<Session['ask']>) =>
      ask<T>(...given).catch((error: Error) => {
        if (isSignedOut(error)) setState((old) => withError(old, error));
        throw error;
      }),
    signOut: () =>
      void ask('DELETE', current)
        .catch(() => undefined)
        .then(() => setState(() => ({ is: 'out', hasEnded: false }))),
  };
}
