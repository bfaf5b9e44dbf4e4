import { createContext, useContext } from 'react';
import { call } from '../shared/call.ts';

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

/** The calls of a session: changes carry its token against forged requests. */
export function askWith(csrfToken: string): Session['ask'] {
  return (method, path, body, signal) =>
    call(method, path, {
      ...(body ? { body } : {}),
      ...(signal ? { signal } : {}),
      headers: method === 'GET' ? {} : { 'x-csrf-token': csrfToken },
    });
}
