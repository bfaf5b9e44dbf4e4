import {
  type AnchorHTMLAttributes,
  type MouseEvent,
  useCallback,
  useLayoutEffect,
  useMemo,
  useSyncExternalStore,
} from 'react';
import {
  currentPosition,
  type Entry,
  entryOf,
  keepPositions,
  restorePosition,
  savePosition,
  startAtTop,
} from './data/position.ts';

/** What every page of the console gets: the id in its address, empty for a list. */
export type PageProps = { readonly id: string };

const changed = 'huizhi:navigated';

keepPositions();

function follow(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(changed, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(changed, listener);
  };
}

const here = () => location.pathname + location.search;

/** Path and query of where the browser is, such as `/console/messages?read=all`. */
const useAddress = (): string => useSyncExternalStore(follow, here);

/** The path below `/console`, `/` at its start. */
export function usePath(): string {
  const [path = ''] = useAddress().split('?');
  return path.replace(/^\/console/, '').replace(/\/$/, '') || '/';
}

/** Goes to a page of the console: `/messages`. The organization that is looked at comes along. */
function navigate(to: string): void {
  savePosition();
  const entry: Entry = { from: here() };
  history.pushState(entry, '', addressOf(to));
  dispatchEvent(new Event(changed));
  startAtTop();
}

/** The address of a page of the console. */
function addressOf(to: string): string {
  const url = new URL(`/console${to === '/' ? '' : to}`, location.origin);
  const corpId = new URLSearchParams(location.search).get('corpId');
  if (corpId && !url.searchParams.has('corpId')) url.searchParams.set('corpId', corpId);
  return url.pathname + url.search;
}

export type Changes = Readonly<Record<string, string | undefined>>;

/** `isSilent` changes the history entry, where a change makes a new one otherwise; `entry` is what the entry keeps besides. */
export type Manner = { readonly isSilent?: boolean; readonly entry?: Entry };

/** Parameters that say how much of a list is seen, and not what is in it. */
const ofView = new Set(['rows', 'open', 'sort']);

/** The parameters of the address, and how to change some of them; undefined removes one. */
export function useParameters(): readonly [URLSearchParams, (changes: Changes, manner?: Manner) => void] {
  const query = useAddress().split('?')[1] ?? '';
  return [useMemo(() => new URLSearchParams(query), [query]), changeParameters];
}

function changeParameters(changes: Changes, { isSilent = false, entry = {} }: Manner = {}): void {
  const url = new URL(location.href);
  // Another list begins at its first page, with nothing open.
  const isOther = Object.keys(changes).some((name) => !ofView.has(name));
  for (const [name, value] of Object.entries(isOther ? { rows: undefined, open: undefined, ...changes } : changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href === location.href) return;
  if (isSilent) history.replaceState({ ...entryOf(), ...entry }, '', url);
  else {
    savePosition();
    const { from } = entryOf();
    history.pushState({ ...currentPosition(), ...(from && { from }), ...entry }, '', url);
  }
  dispatchEvent(new Event(changed));
}

/** What of a list is open in a drawer, by its code; it is in the address, and Back closes it. */
export function useOpened(): readonly [string | undefined, (code: string) => void, () => void] {
  const [parameters, change] = useParameters();
  const open = useCallback((code: string) => change({ open: code }, { entry: { isOpened: true } }), [change]);
  const close = useCallback(() => {
    if (entryOf().isOpened) history.back();
    else change({ open: undefined }, { isSilent: true });
  }, [change]);
  return [parameters.get('open') ?? undefined, open, close];
}

/** Takes a person who comes back to where they were, once the page shows what they saw. */
export function useReturn(isReady: boolean): void {
  useLayoutEffect(() => {
    if (isReady) restorePosition();
  });
}

/** Goes back to the page that this one was opened from if its path is the one named. */
export function returnTo(path: string): boolean {
  const isFrom = entryOf().from?.split('?')[0] === `/console${path}`;
  if (isFrom) history.back();
  return isFrom;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: string };

/** A link to a page of the console, which opens without loading everything anew. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented) return;
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={addressOf(to)} onClick={open} {...rest} />;
}
