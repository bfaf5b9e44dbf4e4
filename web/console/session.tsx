import { createContext, useContext } from 'react';
import type { ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';

/** A signed-in operator. */
export type Session = {
  /** Whether the emulator's surface answers, too. */
  readonly isDev: boolean;
  /** Makes a call and answers its JSON; throws a CallError. */
  ask<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T>;
  signOut(): void;
};

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const found = useContext(SessionContext);
  if (!found) throw new TypeError('nobody is signed in around this');
  return found;
}

/**
 * The calls of a session: changes carry its token against forged requests. After a sign-in in another tab the cookie belongs to another
 * session; then the token is asked for again.
 */
export function askWith(csrfToken: string): Session['ask'] {
  let token = csrfToken;
  const ask: Session['ask'] = (method, path, body, signal) =>
    call(method, path, {
      ...(body ? { body } : {}),
      ...(signal ? { signal } : {}),
      headers: method === 'GET' ? {} : { 'x-csrf-token': token },
    });
  return async (...given) => {
    const used = token;
    try {
      return await ask(...given);
    } catch (error) {
      if (!(error instanceof CallError) || error.status !== 403 || given[0] === 'GET') throw error;
      token = (await call<ConsoleSessionAnswer>('GET', '/console/v1/sessions/current')).csrfToken;
      if (token === used) throw error;
      return ask(...given);
    }
  };
}
