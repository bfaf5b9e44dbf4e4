import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import type { PageTotal } from '../../../../src/client/answers.ts';
import type { Paged } from '../../data/load.ts';
import { savedHeights } from '../../data/position.ts';
import { useRestorePosition } from '../../route.tsx';
import { useTexts } from '../../texts/use-texts.ts';
import { useFormat } from '../format.ts';
import { Chunk, type Column, chunksOf, Skeletons } from './list-rows.tsx';
import { More } from './more.tsx';

export type { Column } from './list-rows.tsx';

type Props<T> = {
  /** The accessible name of the list. */
  readonly name: string;
  readonly list: Paged<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** Shown instead of rows when there are none. */
  readonly empty: ReactNode;
  /** Shown below the list while there are more pages. */
  readonly note?: ReactNode;
};

/**
 * A list of the console: a table that renders only the rows near the viewport, or cards on a phone. When the list is
 * replaced, the old rows stay until the new ones have loaded, so that the page does not jump.
 */
export function List<T>({ name, list, columns, keyOf, empty, note }: Props<T>) {
  const before = useRef<readonly T[]>([]);
  const isSettled = !list.loading || list.items.length > 0;
  if (isSettled) before.current = list.items;
  const items = isSettled ? list.items : before.current;
  const isEmpty = items.length === 0 && isSettled;
  useRestorePosition(!list.loading);
  return (
    <section className="box flush list" aria-label={name} aria-busy={list.loading}>
      <Total list={list} />
      {!(isEmpty && list.error) && (
        <Rows
          items={items}
          columns={columns}
          keyOf={keyOf}
          count={countOf(list)}
          isStale={!isSettled}
          empty={isEmpty ? empty : undefined}
        />
      )}
      <More list={list}>{note}</More>
    </section>
  );
}

/** The number of rows for `aria-rowcount`; -1 if it is unknown. */
function countOf<T>({ items, hasMore, first }: Paged<T>): number {
  const total = totalOf(first);
  if (!hasMore) return items.length;
  return total?.isExact ? Math.max(total.count, items.length) : -1;
}

const totalOf = (page: object | undefined) => (page as { readonly total?: PageTotal } | undefined)?.total;

/** Shows the total number of rows and the number of loaded ones. */
function Total<T>({ list: { items, hasMore, first, loading } }: { readonly list: Paged<T> }) {
  const t = useTexts();
  const format = useFormat();
  const total = totalOf(first);
  const all = hasMore ? Math.max(total?.count ?? 0, items.length) : items.length;
  const isOpen = hasMore && !(total?.isExact && total.count >= items.length);
  const written = t.lists.total(all, format.number(all), isOpen);
  const text = hasMore ? t.lists.shown(format.number(items.length), written) : written;
  return (
    <p className="list-total" role="status">
      {loading && items.length === 0 ? ' ' : text}
    </p>
  );
}

type RowsProps<T> = Pick<Props<T>, 'columns' | 'keyOf'> & {
  readonly items: readonly T[];
  readonly count: number;
  /** The rows belong to the previous list and must not be clickable. */
  readonly isStale: boolean;
  readonly empty: ReactNode;
};

function Rows<T>({ items, columns, keyOf, count, isStale, empty }: RowsProps<T>) {
  const [heights] = useState(savedHeights);
  const isPrinting = useSyncExternalStore(subscribeToPrinting, () => printing);
  const isNew = isStale && items.length === 0;
  return (
    <table className="rows" aria-rowcount={count < 0 ? -1 : count + 1} inert={isStale}>
      <Headings columns={columns} />
      {isNew && <Skeletons columns={columns} />}
      {empty !== undefined && (
        <tbody>
          <tr className="no-rows">
            <td colSpan={columns.length}>{empty}</td>
          </tr>
        </tbody>
      )}
      {chunksOf(items).map((chunk) => (
        <Chunk
          key={chunk.number}
          {...chunk}
          columns={columns}
          keyOf={keyOf}
          height={heights[chunk.number]}
          isPrinting={isPrinting}
        />
      ))}
    </table>
  );
}

let printing = false;

/** Subscribes to printing, during which all rows are rendered. */
function subscribeToPrinting(listener: () => void): () => void {
  const set = (now: boolean) => () => {
    printing = now;
    listener();
  };
  const [begin, end] = [set(true), set(false)];
  addEventListener('beforeprint', begin);
  addEventListener('afterprint', end);
  return () => {
    removeEventListener('beforeprint', begin);
    removeEventListener('afterprint', end);
  };
}

function Headings<T>({ columns }: Pick<Props<T>, 'columns'>) {
  const ariaSort = { ascend: 'ascending', descend: 'descending' } as const;
  return (
    <thead>
      <tr>
        {columns.map(({ key, title, width, from, sort }) => (
          <th
            key={key}
            scope="col"
            className={from && `from-${from}`}
            {...(width && { style: { width } })}
            {...(sort && { 'aria-sort': sort.order ? ariaSort[sort.order] : 'none' })}
          >
            {sort ? <SortButton title={title} sort={sort} /> : title}
          </th>
        ))}
      </tr>
    </thead>
  );
}

const arrows = { ascend: '↑', descend: '↓' } as const;

function SortButton({ title, sort }: { readonly title: string; readonly sort: NonNullable<Column<never>['sort']> }) {
  return (
    <button type="button" className="sort" onClick={sort.onSort}>
      {title}
      <span aria-hidden="true">{sort.order ? arrows[sort.order] : '↕'}</span>
    </button>
  );
}
