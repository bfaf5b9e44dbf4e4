/**
 * What the address of the page says about signing in: a one-time link in its fragment, and the result of a sign-in at
 * the OpenID provider. Both are removed from the address at once, so that neither the history nor a copied address has
 * them.
 */
import { useSyncExternalStore } from 'react';

/**
 * The result of a failed sign-in: at the OpenID provider an error, or a person who is not an operator; with a one-time
 * link, that it is wrong or was used.
 */
export type Outcome = 'failed' | 'unknown' | 'linkUsed';

type Arrival = {
  /** The secret of a one-time link. */
  readonly link?: string;
  readonly outcome?: Outcome;
};

const prefix = '#link=';
const listeners = new Set<() => void>();
let arrival = takeArrival();

function takeArrival(): Arrival {
  const url = new URL(location.href);
  const link = url.hash.startsWith(prefix) ? url.hash.slice(prefix.length) : '';
  const outcome = url.searchParams.get('signIn');
  if (link) url.hash = '';
  url.searchParams.delete('signIn');
  if (link || outcome !== null) history.replaceState(history.state, '', url);
  return { ...(link && { link }), ...((outcome === 'failed' || outcome === 'unknown') && { outcome }) };
}

function setArrival(next: Arrival): void {
  arrival = next;
  for (const listener of listeners) listener();
}

// A link may be opened in a tab that has the console already: then only the fragment changes.
addEventListener('hashchange', () => {
  if (location.hash.startsWith(prefix)) setArrival(takeArrival());
});

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the page was opened with. */
export const useArrival = (): Arrival => useSyncExternalStore(subscribe, () => arrival);

/** Notes that the link of the page does not work. */
export const refuseLink = (): void => setArrival({ outcome: 'linkUsed' });

/** Forgets what the page was opened with, once somebody has signed in. */
export const forgetArrival = (): void => setArrival({});
