/** A total is exact up to this count; a longer list has at least as many. */
const mostShown = 10_000;

/** How many items a list has; `count` is a lower bound when it is not exact. */
export type Total = { readonly count: number; readonly isExact: boolean };

/** The total of what was counted with a limit above 10,000, or of a list in memory. */
export function totalOf(count: number): Total {
  return count > mostShown ? { count: mostShown, isExact: false } : { count, isExact: true };
}

/** The total of a search that ends after a bounded number of rows: what its first page found. */
export function totalFound(found: number, hasMore: boolean): Total {
  return { count: found, isExact: !hasMore };
}
