import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import type { PageTotal } from '../../../src/client/answers.ts';
import type { Paged } from '../data/load.ts';
import { savedHeights } from '../data/position.ts';
import { useTexts } from '../preferences.ts';
import { useReturn } from '../route.tsx';
import { useFormat } from './format.ts';
import { Chunk, type Column, chunksOf, Skeletons } from './list-rows.tsx';
import { More } from './more.tsx';

export type { Column } from './list-rows.tsx';

type Props<T> = {
  /** What the list is a list of, for those who do not see it. */
  readonly name: string;
  readonly list: Paged<T>;
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** Shown instead of rows when there are none. */
  readonly empty: ReactNode;
  /** Shown at the end as long as there is more. */
  readonly note?: ReactNode;
};

/**
 * A list of the console: a table of which only the rows near the view are drawn, and cards on a phone. The rows of a list that is
 * being replaced stay until the new ones are there, so that nothing below or above them moves.
 */
export function List<T>({ name, list, columns, keyOf, empty, note }: Props<T>) {
  const before = useRef<readonly T[]>([]);
  const isSettled = !list.loading || list.items.length > 0;
  if (isSettled) before.current = list.items;
  const items = isSettled ? list.items : before.current;
  const isEmpty = items.length === 0 && isSettled;
  useReturn(!list.loading);
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

/** The number of rows for a screen reader; -1 when it is not known. */
function countOf<T>({ items, hasMore, first }: Paged<T>): number {
  const total = totalOf(first);
  if (!hasMore) return items.length;
  return total?.isExact ? Math.max(total.count, items.length) : -1;
}

const totalOf = (page: object | undefined) => (page as { readonly total?: PageTotal } | undefined)?.total;

/** How many rows there are, and how many of them are loaded. */
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
  /** The rows are of another list, and must not be used. */
  readonly isStale: boolean;
  readonly empty: ReactNode;
};

function Rows<T>({ items, columns, keyOf, count, isStale, empty }: RowsProps<T>) {
  const [heights] = useState(savedHeights);
  const isPrinting = useSyncExternalStore(followPrinting, () => printing);
  const isNew = isStale && items.length === 0;
  return (
    <table className="rows" aria-rowcount={count < 0 ? -1 : count + 1} inert={isStale}>
      <Headings columns={columns} />
      {isNew && <Skeletons columns={columns} />}
      {empty !== undefined && (
        <tbody>
          <tr>
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

/** On paper all rows are there. */
function followPrinting(listener: () => void): () => void {
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
