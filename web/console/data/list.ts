import { useEffect } from 'react';
import { useParameters } from '../route.tsx';
import { type Paged, usePaged } from './load.ts';

/** Rows per page, the maximum that the server allows. */
const pageSize = 100;

/** Upper bound of the `rows` parameter in the URL. */
const mostRows = 10_000;

type Page = { readonly cursor?: string | null };

/**
 * A paged list that stores the number of loaded rows in the URL (`rows=300`). It loads nothing while the path is
 * undefined.
 */
export function useList<T, P extends Page>(path: string | undefined, pick: (page: P) => readonly T[]): Paged<T> {
  const [parameters, change] = useParameters();
  const rows = Math.min(mostRows, Number(parameters.get('rows')) || 0);
  const list = usePaged<T, P>(path && `${path}${path.includes('?') ? '&' : '?'}limit=${pageSize}`, pick, rows);
  const { length } = list.items;
  const isSettled = !list.loading && list.error === undefined;
  useEffect(() => {
    if (isSettled && length > pageSize && length !== rows) change({ rows: String(length) }, { isSilent: true });
  }, [isSettled, length, rows, change]);
  return list;
}
