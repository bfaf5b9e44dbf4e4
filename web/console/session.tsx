import { createContext, useContext } from 'react';
import type { ConsoleRight, ConsoleSessionAnswer } from '../../src/client/answers.ts';
import { CallError, call } from '../shared/call.ts';

/** The session of a signed-in operator. */
export type Session = {
  /** Whether the server runs the emulator, so that its HTTP surface is available. */
  readonly isDev: boolean;
  readonly operator: ConsoleSessionAnswer['operator'];
  /** Whether the operator has a right: in an organization, or, if it is absent, in at least one. */
  has(right: ConsoleRight, corpId?: string): boolean;
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

/** The rights of an operator in one organization, by the grants for it and for all of them; without one, all rights. */
export function hasRight({ roles, rights }: ConsoleSessionAnswer, right: ConsoleRight, corpId?: string): boolean {
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
