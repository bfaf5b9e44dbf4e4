/** Totals up to this number are exact; of longer lists it is the lower bound. */
const mostShown = 10_000;

/** The number of items of a list; `count` is a lower bound if it is not exact. */
export type Total = { readonly count: number; readonly isExact: boolean };

/** Returns the total for the length of a list in memory, or for a count that stops above 10,000. */
export function totalOf(count: number): Total {
  return count > mostShown ? { count: mostShown, isExact: false } : { count, isExact: true };
}

/**
 * Returns the total of a search, which scans a bounded number of rows: the number of items on its first page, exact
 * only if there is no second page.
 */
export function totalFound(found: number, hasMore: boolean): Total {
  return { count: found, isExact: !hasMore };
}
