import { type AnchorHTMLAttributes, type MouseEvent, useCallback, useSyncExternalStore } from 'react';

const changed = 'huizhi:navigated';

function follow(listener: () => void): () => void {
  addEventListener('popstate', listener);
  addEventListener(changed, listener);
  return () => {
    removeEventListener('popstate', listener);
    removeEventListener(changed, listener);
  };
}

/** Path and query of where the browser is, such as `/console/messages?read=all`. */
export const useAddress = (): string => useSyncExternalStore(follow, () => location.pathname + location.search);

/** The path below `/console`, `/` at its start. */
export function usePath(): string {
  const [path = ''] = useAddress().split('?');
  return path.replace(/^\/console/, '').replace(/\/$/, '') || '/';
}

/** Goes to a page of the console: `/messages`. The organization that is looked at comes along. */
export function navigate(to: string): void {
  history.pushState(null, '', addressOf(to));
  dispatchEvent(new Event(changed));
  scrollTo(0, 0);
}

/** The address of a page of the console. */
export function addressOf(to: string): string {
  const url = new URL(`/console${to === '/' ? '' : to}`, location.origin);
  const corpId = new URLSearchParams(location.search).get('corpId');
  if (corpId && !url.searchParams.has('corpId')) url.searchParams.set('corpId', corpId);
  return url.pathname + url.search;
}

/** The parameters of the address, and how to change some of them; undefined takes one out. */
export function useParameters(): readonly [URLSearchParams, (change: Record<string, string | undefined>) => void] {
  const address = useAddress();
  const change = useCallback((changes: Record<string, string | undefined>) => {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    history.replaceState(null, '', url);
    dispatchEvent(new Event(changed));
  }, []);
  return [new URLSearchParams(address.split('?')[1]), change];
}

type LinkProps = AnchorHTMLAttributes<HTMLAnchorElement> & { readonly to: string };

/** A link to a page of the console, which opens without loading everything anew. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  const open = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to);
  };
  return <a href={addressOf(to)} onClick={open} {...rest} />;
}
