import { useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session.tsx';

/** An answer that is asked for when a page opens, and again when it has changed. */
export type Loaded<T> = {
  readonly data: T | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  reload(): void;
  /** Puts what is known to be the answer now in the place of the answer, and of those to what was asked before. */
  replace(data: T): void;
};

/** Asks for `path`, anew whenever it changes; nothing while it is undefined. */
export function useLoaded<T>(path: string | undefined): Loaded<T> {
  const { ask } = useSession();
  const [state, setState] = useState<{ path?: string; data?: T; error?: Error }>({});
  // The questions are numbered: the newest one, and the one whose answer is in force.
  const asked = useRef(0);
  const settled = useRef(0);
  const load = useCallback(async () => {
    if (path === undefined) return;
    asked.current += 1;
    const number = asked.current;
    const settle = (next: { data: T } | { error: Error }) => {
      // An answer that a later one has overtaken is of no use any more; one whose question is not the last says what is known until then.
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

/** A list that comes in pages. */
export type Paged<T> = {
  readonly items: readonly T[];
  readonly error: Error | undefined;
  readonly loading: boolean;
  readonly hasMore: boolean;
  /** The first page as it came, and the last. */
  readonly first: object | undefined;
  readonly last: object | undefined;
  more(): void;
  reload(): void;
};

const nothing: readonly never[] = [];

type Page = { readonly cursor?: string | null };

type Pages<T, P> = {
  key: string;
  items: readonly T[];
  cursor: string | null;
  loading: boolean;
  error?: Error;
  first?: P | undefined;
  last?: P | undefined;
};

/**
 * Asks for a list page by page. Searches look at a bounded number of rows for each page, so a page may be short or empty and
 * have a next one; the first pages are asked for until there is something to show. What another path has overtaken is aborted; nothing
 * is asked for while the path is undefined. A list that is loaded anew is as long as it was, and the old one stays until then. `least` is how
 * many rows are loaded at first.
 */
export function usePaged<T, P extends Page>(
  path: string | undefined,
  pick: (page: P) => readonly T[],
  least = 0,
): Paged<T> {
  const { ask } = useSession();
  const newest = useRef<{ readonly aborter: AbortController; isRunning: boolean }>(undefined);
  const key = String(path);
  const picked = useLatest(pick);
  const [state, setState] = useState<Pages<T, P>>({ key, items: [], cursor: null, loading: true });
  const isCurrent = state.key === key;
  const wanted = useLatest(least);
  const length = useLatest(isCurrent ? state.items.length : 0);
  const run = useCallback(
    async (from: string | null, before: readonly T[], least: number, above?: P) => {
      const now = newest.current;
      // Scrolling asks for the next page many times before there is an answer.
      if (path === undefined || !now || now.isRunning) return;
      now.isRunning = true;
      const { signal } = now.aborter;
      setState((old) => begun(old, least > 0 && old.key === key ? old : { key, items: before, cursor: from }));
      let [cursor, items, first] = [from, before, above];
      const isShort = () => cursor !== null && (items.length === before.length || items.length < least);
      try {
        for (let pages = 0; pages === 0 || (isShort() && pages < mostPages(least)); pages++) {
          const page = await ask<P>('GET', withCursor(path, cursor), undefined, signal);
          signal.throwIfAborted();
          [cursor, items] = [page.cursor ?? null, [...items, ...picked.current(page)]];
          first ??= page;
          if (least === 0 || !isShort() || pages === mostPages(least) - 1)
            setState({ key, items, cursor, loading: isShort(), first, last: page });
        }
        setState((old) => ({ ...old, loading: false }));
      } catch (error) {
        if (!signal.aborted) setState((old) => ({ ...old, loading: false, error: error as Error }));
      }
      now.isRunning = false;
    },
    [ask, path, key, picked],
  );
  const begin = useCallback(
    (least: number) => {
      newest.current?.aborter.abort();
      newest.current = { aborter: new AbortController(), isRunning: false };
      void run(null, [], least);
    },
    [run],
  );
  useEffect(() => begin(wanted.current), [begin, wanted]);
  useEffect(() => () => newest.current?.aborter.abort(), []);
  const { items, error, cursor, first, last }: Partial<Pages<T, P>> = isCurrent ? state : {};
  return {
    ...{ items: items ?? nothing, error, first, last },
    loading: path !== undefined && (!isCurrent || state.loading),
    hasMore: (cursor ?? null) !== null,
    more: () => void run(state.cursor, state.items, 0, state.first),
    reload: useCallback(() => begin(length.current), [begin, length]),
  };
}

/** The value of the last rendering, for what runs later. */
function useLatest<T>(value: T): { readonly current: T } {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

/** Pages that are loaded at a time: as many as the rows need, and some for searches that find little in each. */
const mostPages = (least: number) => 20 + Math.ceil(least / 20);

/** What is shown while a list is asked for; of the old state only what is said about the same list stays. */
function begun<T, P>(
  old: Pages<T, P>,
  { key, items, cursor }: Pick<Pages<T, P>, 'key' | 'items' | 'cursor'>,
): Pages<T, P> {
  const said = old.key === key ? { first: old.first, last: old.last } : {};
  return { key, items, cursor, loading: true, ...said };
}

function withCursor(path: string, cursor: string | null): string {
  if (cursor === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}
