import { Spin } from 'antd';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { call } from '../shared/call.ts';
import { askWith, type Session, SessionContext } from './session.tsx';
import { Shell } from './shell.tsx';
import { SignIn } from './sign-in.tsx';

type State =
  | { readonly is: 'asking' | 'out' }
  | { readonly is: 'in'; readonly csrfToken: string; readonly isDev: boolean };

const current = '/console/v1/sessions/current';

/** Lets operators with a session in, and asks others for the admin token. */
export function Gate() {
  const [state, setState] = useState<State>({ is: 'asking' });
  const enter = useCallback(async ({ csrfToken }: ConsoleSessionAnswer) => {
    const isDev = await call('GET', '/emulator/v1/clock').then(
      () => true,
      () => false,
    );
    setState({ is: 'in', csrfToken, isDev });
  }, []);
  useEffect(() => {
    call<ConsoleSessionAnswer>('GET', current).then(enter, () => setState({ is: 'out' }));
  }, [enter]);
  const session = useMemo(
    () => (state.is === 'in' ? sessionOf(state, () => setState({ is: 'out' })) : undefined),
    [state],
  );
  if (state.is === 'asking') return <Spin fullscreen />;
  if (!session) return <SignIn onSession={enter} />;
  return (
    <SessionContext value={session}>
      <Shell />
    </SessionContext>
  );
}

function sessionOf({ csrfToken, isDev }: { csrfToken: string; isDev: boolean }, leave: () => void): Session {
  const ask = askWith(csrfToken);
  return {
    isDev,
    // A session that has run out leads back to the sign-in, wherever it is noticed.
    ask: <T,>(...given: Parameters<Session['ask']>) =>
      ask<T>(...given).catch((error: Error & { status?: number }) => {
        if (error.status === 401) leave();
        throw error;
      }),
    signOut: () =>
      void ask('DELETE', current)
        .catch(() => undefined)
        .then(leave),
  };
}
