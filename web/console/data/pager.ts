import type { Session } from '../session.tsx';

/** A page of a list; `cursor` is null or absent on the last one. */
export type Page = { readonly cursor?: string | null };

/** A list that is loaded page by page, as a state machine without effects: `reducePager` computes the next state. */
export type Pager<T, P> = {
  /** Makes the calls of the session that loads the list; a new session loads it again. */
  readonly ask: Session['ask'] | undefined;
  /** What the list is loaded from; nothing is loaded while it is undefined. */
  readonly path: string | undefined;
  readonly items: readonly T[];
  /** Where the next page begins; null when there is none. */
  readonly cursor: string | null;
  readonly error: Error | undefined;
  /** The first page as it came, and the last. */
  readonly first: P | undefined;
  readonly last: P | undefined;
  /** The request under way. Only its own page or failure changes the state: those of replaced requests are ignored. */
  readonly request: PageRequest<T, P> | undefined;
};

/** A request for one page, and what the run of requests that it belongs to has loaded so far. */
export type PageRequest<T, P> = {
  readonly ask: Session['ask'];
  readonly path: string;
  readonly cursor: string | null;
  readonly items: readonly T[];
  readonly first: P | undefined;
  /** How many items there were before the run, and how many it has to load. */
  readonly before: number;
  readonly least: number;
  /** Pages that the run has loaded. */
  readonly pages: number;
};

export type PagerEvent<T, P> =
  | {
      readonly type: 'start';
      readonly ask: Session['ask'];
      readonly path: string | undefined;
      readonly least: number;
    }
  | { readonly type: 'reload' }
  | { readonly type: 'more' }
  | {
      readonly type: 'page';
      readonly request: PageRequest<T, P>;
      readonly page: P;
      readonly items: readonly T[];
    }
  | { readonly type: 'fail'; readonly request: PageRequest<T, P>; readonly error: Error };

export const emptyPager: Pager<never, never> = {
  ask: undefined,
  path: undefined,
  items: [],
  cursor: null,
  error: undefined,
  first: undefined,
  last: undefined,
  request: undefined,
};

/** Returns the state after an event. */
export function reducePager<T, P extends Page>(state: Pager<T, P>, event: PagerEvent<T, P>): Pager<T, P> {
  switch (event.type) {
    case 'start':
      return begin(
        { ...(event.path === state.path ? state : emptyPager), ask: event.ask, path: event.path },
        event.least,
      );
    case 'reload':
      return begin(state, state.items.length);
    case 'more':
      return state.request || state.cursor === null ? state : proceed(state);
    case 'page':
      return event.request === state.request ? addPage(state, event) : state;
    case 'fail':
      return event.request === state.request ? { ...state, request: undefined, error: event.error } : state;
  }
}

/** Loads the list from its beginning. If `least` items are to be loaded, the old ones stay until then. */
function begin<T, P>(state: Pager<T, P>, least: number): Pager<T, P> {
  const shown = least > 0 ? state : { ...state, items: [], cursor: null };
  return startRun(shown, { cursor: null, items: [], first: undefined, before: 0, least });
}

/** Loads what follows the last page. */
function proceed<T, P>(state: Pager<T, P>): Pager<T, P> {
  const { cursor, items, first } = state;
  return startRun(state, { cursor, items, first, before: items.length, least: 0 });
}

function startRun<T, P>(state: Pager<T, P>, run: Omit<PageRequest<T, P>, 'ask' | 'path' | 'pages'>): Pager<T, P> {
  const { ask, path } = state;
  return { ...state, error: undefined, request: ask && path ? { ...run, ask, path, pages: 0 } : undefined };
}

/**
 * Adds a page, and requests the next one while the run has loaded too little. A page may be short or empty and have a
 * next one, because a search looks at a bounded number of rows for each page.
 */
function addPage<T, P extends Page>(
  state: Pager<T, P>,
  { request: run, page, items: more }: Extract<PagerEvent<T, P>, { type: 'page' }>,
): Pager<T, P> {
  const { before, least } = run;
  const items = [...run.items, ...more];
  const cursor = page.cursor ?? null;
  const pages = run.pages + 1;
  const first = run.first ?? page;
  const isShort = items.length === before || items.length < least;
  const next =
    cursor !== null && isShort && pages < maxPages(least) ? { ...run, cursor, items, first, pages } : undefined;
  if (next && least > 0) return { ...state, request: next };
  return { ...state, items, cursor, first, last: page, request: next };
}

/** Pages that one run loads: as many as the rows need, and some for searches that find little in each. */
const maxPages = (least: number) => 20 + Math.ceil(least / 20);

/** The address of a page. */
export function pagePath({ path, cursor }: Pick<PageRequest<unknown, unknown>, 'path' | 'cursor'>): string {
  if (cursor === null) return path;
  return `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}
