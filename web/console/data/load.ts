import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { useSession } from '../session.tsx';
import { emptyPager, type Page, type PageRequest, type PagerEvent, pagePath, reducePager } from './pager.ts';

/** The state of a GET request whose response a component shows. */
export type Loaded<T> = {
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  reload(): void;
  /**
   * Replaces the data, for example with the response to a change, and ignores the responses to all earlier requests.
   */
  replace(data: T): void;
};

/** Loads `path`, and loads again when it changes. It loads nothing while the path is undefined. */
export function useLoaded<T>(path: string | undefined): Loaded<T> {
  const { ask } = useSession();
  const [state, setState] = useState<{ path?: string; data?: T; error?: Error }>({});
  // Requests are numbered: `asked` is the newest one, `settled` the one whose response is shown.
  const asked = useRef(0);
  const settled = useRef(0);
  const load = useCallback(async () => {
    if (path === undefined) return;
    asked.current += 1;
    const number = asked.current;
    const settle = (next: { data: T } | { error: Error }) => {
      // Ignore a response that arrives after the response to a later request. Show others even if a newer request is
      // pending.
      if (number <= settled.current) return;
      settled.current = number;
      setState({ path, ...next });
    };
    await ask<T>('GET', path).then(
      (data) => settle({ data }),
      (error: Error) => settle({ error }),
    );
  }, [ask, path]);
  useEffect(() => {
    void load();
    return () => {
      settled.current = asked.current;
    };
  }, [load]);
  const current = state.path === path ? state : {};
  return {
    data: current.data,
    error: current.error,
    loading: path !== undefined && !current.data && !current.error,
    reload: useCallback(() => void load(), [load]),
    replace: useCallback(
      (data: T) => {
        settled.current = asked.current;
        setState(path === undefined ? {} : { path, data });
      },
      [path],
    ),
  };
}

/** The state of a list that is loaded page by page. */
export type Paged<T> = {
  readonly items: readonly T[];
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly hasMore: boolean;
  /** The responses of the first and the last page that were loaded. */
  readonly first: object | undefined;
  readonly last: object | undefined;
  more(): void;
  reload(): void;
};

/**
 * Loads a list page by page; see `reducePager`. A replaced request is aborted, and nothing is loaded while the path is
 * undefined. A reload requests as many rows as are shown, and the old rows stay until they arrive. `least` is the
 * minimum number of rows of the first load.
 */
export function usePaged<T, P extends Page>(
  path: string | undefined,
  pick: (page: P) => readonly T[],
  least = 0,
): Paged<T> {
  const { ask } = useSession();
  const picked = useLatest(pick);
  const wanted = useLatest(least);
  const [state, dispatch] = useReducer(reducePager<T, P>, emptyPager);
  const { request } = state;
  useEffect(() => {
    if (!request) return;
    const aborter = new AbortController();
    void send(request, picked.current, aborter.signal).then((event) => !aborter.signal.aborted && dispatch(event));
    return () => aborter.abort();
  }, [request, picked]);
  useEffect(() => dispatch({ type: 'start', ask, path, least: wanted.current }), [ask, path, wanted]);
  const isCurrent = state.path === path;
  const { items, error, cursor, first, last } = isCurrent ? state : emptyPager;
  return {
    ...{ items, error, first, last },
    loading: path !== undefined && (!isCurrent || request !== undefined),
    hasMore: cursor !== null,
    more: useCallback(() => dispatch({ type: 'more' }), []),
    reload: useCallback(() => dispatch({ type: 'reload' }), []),
  };
}

/** Makes a request, and returns what came of it as an event. */
async function send<T, P extends Page>(
  request: PageRequest<T, P>,
  pick: (page: P) => readonly T[],
  signal: AbortSignal,
): Promise<PagerEvent<T, P>> {
  try {
    const page = await request.ask<P>('GET', pagePath(request), undefined, signal);
    return { type: 'page', request, page, items: pick(page) };
  } catch (error) {
    return { type: 'fail', request, error: error as Error };
  }
}

/** The value of the last rendering, for what runs later. */
function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}
