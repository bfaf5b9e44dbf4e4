import { type ReactNode, useEffect, useRef, useState } from 'react';

export type Order = 'ascend' | 'descend';

/** A column of a list. The first one names the row. */
export type Column<T> = {
  readonly key: string;
  /** Empty if the cells need no heading. */
  readonly title: string;
  /** In pixels; columns without a width share the remaining space. */
  readonly width?: number;
  /** The column is hidden in tables narrower than this breakpoint. Cards always show it. */
  readonly from?: 'md' | 'lg' | 'xl';
  readonly sort?: { readonly order: Order | undefined; readonly onSort: () => void };
  readonly cell: (item: T) => ReactNode;
};

/** Rows per chunk. A chunk is rendered as a whole or not at all. */
const chunkSize = 25;
/** Height in pixels of a row with two lines, used to estimate the height of chunks that were never rendered. */
const rowHeight = 65;
/** Chunks this far outside the viewport are still rendered. */
const margin = '900px 0px';

type Piece<T> = { readonly number: number; readonly items: readonly T[] };

/** Splits a list into chunks. */
export function chunksOf<T>(items: readonly T[]): readonly Piece<T>[] {
  const count = Math.ceil(items.length / chunkSize);
  return Array.from({ length: count }, (_, number) => {
    return { number, items: items.slice(number * chunkSize, (number + 1) * chunkSize) };
  });
}

type ChunkProps<T> = Piece<T> & {
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** The chunk's height in pixels when the page was last open, from the history entry. */
  readonly height: number | undefined;
  readonly isPrinting: boolean;
};

/** Renders its rows while they are near the viewport, and otherwise an empty row of the same height. */
export function Chunk<T>({ items, number, columns, keyOf, height, isPrinting }: ChunkProps<T>) {
  const { body, far } = useFarHeight(number < 2 ? undefined : (height ?? items.length * rowHeight));
  const isDrawn = far === undefined || isPrinting;
  return (
    <tbody ref={body} data-chunk={number} aria-hidden={isDrawn ? undefined : true}>
      {isDrawn ? (
        items.map((item, at) => (
          <Row key={keyOf(item)} item={item} columns={columns} position={number * chunkSize + at + 2} />
        ))
      ) : (
        <tr className="far">
          <td colSpan={columns.length} style={{ height: far }} />
        </tr>
      )}
    </tbody>
  );
}

/** The height in pixels of a chunk far from the viewport; undefined while it is near. */
function useFarHeight(initial: number | undefined) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [far, setFar] = useState(initial);
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry?.isIntersecting) setFar(undefined);
        // Removing a row that has the focus would lose the focus.
        else if (entry && !element.contains(document.activeElement)) setFar(entry.boundingClientRect.height);
      },
      { rootMargin: margin },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { body, far };
}

type RowProps<T> = { readonly item: T; readonly columns: readonly Column<T>[]; readonly position: number };

function Row<T>({ item, columns, position }: RowProps<T>) {
  return (
    <tr className="list-row" aria-rowindex={position}>
      {columns.map(({ key, title, from, cell }) => (
        <td key={key} className={from && `from-${from}`} data-label={title}>
          {cell(item)}
        </td>
      ))}
    </tr>
  );
}

const placeholders = Array.from({ length: 8 }, (_, index) => `placeholder ${index}`);

/** Placeholder rows while a list loads, as high as real ones. */
export function Skeletons<T>({ columns }: { readonly columns: readonly Column<T>[] }) {
  return (
    <tbody aria-hidden="true">
      {placeholders.map((name) => (
        <tr key={name} className="placeholder">
          {columns.map(({ key, from }) => (
            <td key={key} className={from && `from-${from}`}>
              <span />
            </td>
          ))}
        </tr>
      ))}
    </tbody>
  );
}
