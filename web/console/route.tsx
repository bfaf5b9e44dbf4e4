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
  restorePosition,
  savePosition,
  startAtTop,
  trackPositions,
} from './data/position.ts';

/** What every page of the console gets: the id in its address, empty for a list. */
export type PageProps = { readonly id: string };

const navigated = 'huizhi:navigated';

trackPositions();

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(navigated, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(navigated, listener);
  };
}

const currentAddress = () => location.pathname + location.search;

/** Path and query of the current URL, such as `/console/messages?read=all`. */
const useAddress = (): string => useSyncExternalStore(subscribe, currentAddress);

/** The path below `/console`, with a leading `/` and no trailing one. */
export function usePath(): string {
  const [path = ''] = useAddress().split('?');
  return path.replace(/^\/console/, '').replace(/\/$/, '') || '/';
}

/** Opens a page of the console, such as `/messages`, with the selected organization. */
export function navigate(to: string): void {
  savePosition();
  const entry: Entry = { from: currentAddress() };
  history.pushState(entry, '', addressOf(to));
  dispatchEvent(new Event(navigated));
  startAtTop();
}

/** Opens a page in place of the current history entry. */
export function redirect(to: string): void {
  history.replaceState(entryOf(), '', addressOf(to));
  dispatchEvent(new Event(navigated));
}

/** The URL of a page of the console, with the selected organization. */
function addressOf(to: string): string {
  const url = new URL(`/console${to === '/' ? '' : to}`, location.origin);
  const corpId = new URLSearchParams(location.search).get('corpId');
  if (corpId && !url.searchParams.has('corpId')) url.searchParams.set('corpId', corpId);
  return url.pathname + url.search;
}

export type Changes = Readonly<Record<string, string | undefined>>;

/**
 * `isSilent` replaces the current history entry instead of creating one. `entry` is merged into the state of the
 * history entry.
 */
export type ChangeOptions = { readonly isSilent?: boolean; readonly entry?: Entry };

/** Parameters that change how a list is shown, but not which items it has. */
const viewParameters = new Set(['rows', 'open', 'sort', 'expanded']);

/** The query parameters of the URL, and a function that changes some of them; undefined removes a parameter. */
export function useParameters(): readonly [URLSearchParams, (changes: Changes, options?: ChangeOptions) => void] {
  const query = useAddress().split('?')[1] ?? '';
  return [useMemo(() => new URLSearchParams(query), [query]), changeParameters];
}

function changeParameters(changes: Changes, { isSilent = false, entry = {} }: ChangeOptions = {}): void {
  const url = new URL(location.href);
  // A changed filter makes another list, which starts at its first page without an open item.
  const isOther = Object.keys(changes).some((name) => !viewParameters.has(name));
  for (const [name, value] of Object.entries(isOther ? { rows: undefined, open: undefined, ...changes } : changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href === location.href) return;
  if (isSilent) history.replaceState({ ...entryOf(), ...entry }, '', url);
  else {
    savePosition();
    const { from, steps = 0 } = entryOf();
    history.pushState({ ...currentPosition(), ...(from && { from, steps: steps + 1 }), ...entry }, '', url);
  }
  dispatchEvent(new Event(navigated));
}

/**
 * The code of the item that is open in a drawer, with functions to open and close it. It is stored in the URL, so Back
 * closes the drawer.
 */
export function useOpened(): readonly [string | undefined, (code: string) => void, () => void] {
  const [parameters, change] = useParameters();
  const open = useCallback((code: string) => change({ open: code }, { entry: { isOpened: true } }), [change]);
  const close = useCallback(() => {
    if (entryOf().isOpened) history.back();
    else change({ open: undefined }, { isSilent: true });
  }, [change]);
  return [parameters.get('open') ?? undefined, open, close];
}

/** Restores the scroll position of the history entry once the page has loaded its content. */
export function useRestorePosition(isReady: boolean): void {
  useLayoutEffect(() => {
    if (isReady) restorePosition();
  });
}

/** Goes back in the history if this page was opened from `path`. Returns whether it was. */
export function returnTo(path: string): boolean {
  const { from, steps = 0 } = entryOf();
  const isFrom = from?.split('?')[0] === `/console${path}`;
  if (isFrom) history.go(-1 - steps);
  return isFrom;
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: string };

/** A link to a page of the console that opens without a full page load. */
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
