import { createContext, useContext } from 'react';
import type { ConsoleRight, ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';

/** The session of a signed-in operator. */
export type Session = {
  /** Whether the server runs the emulator, so that its HTTP surface is available. */
  readonly isDev: boolean;
  readonly operator: ConsoleSessionAnswer['operator'];
  /** Whether the operator has a right: in an organization, in all of them (null), or, if it is absent, in at least one. */
  has(right: ConsoleRight, corpId?: string | null): boolean;
  /** Sends a request and returns the JSON of the response. Throws a CallError. */
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
 * Whether an operator has a right in one organization, by the roles for it and for all of them; in all of them (null); or
 * without an organization in at least one.
 */
export function hasRight(
  { roles, rights }: ConsoleSessionAnswer,
  right: ConsoleRight,
  corpId?: string | null,
): boolean {
  if (corpId === undefined) return rights.includes(right);
  return roles.some((role) => (role.corpId === null || role.corpId === corpId) && role.rights.includes(right));
}

/**
 * Creates the request function of a session, which sends the CSRF token with every change. After a sign-in in another
 * tab the cookie belongs to another session and the server answers 403; then the new session's token is loaded and the
 * request is repeated.
 */
export function createAsk(csrfToken: string): Session['ask'] {
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
