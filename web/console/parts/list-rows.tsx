import { type ReactNode, useEffect, useRef, useState } from 'react';

export type Order = 'ascend' | 'descend';

/** A column of a list. The first one names the row. */
export type Column<T> = {
  readonly key: string;
  /** Empty where the cells say all. */
  readonly title: string;
  /** In pixels; columns without one share the rest. */
  readonly width?: number;
  /** Hidden on tables of narrower pages; cards have it. */
  readonly from?: 'md' | 'lg' | 'xl';
  readonly sort?: { readonly order: Order | undefined; readonly onSort: () => void };
  readonly cell: (item: T) => ReactNode;
};

/** Rows that are drawn, or left out, together. */
const chunkSize = 25;
/** What a row of two lines is high, in pixels; chunks that were never drawn are taken to be of such rows. */
const rowHeight = 65;
/** How far outside of the view rows are still drawn. */
const margin = '900px 0px';

type Piece<T> = { readonly number: number; readonly items: readonly T[] };

/** A list in pieces of which each is drawn or left out as a whole. */
export function chunksOf<T>(items: readonly T[]): readonly Piece<T>[] {
  const count = Math.ceil(items.length / chunkSize);
  return Array.from({ length: count }, (_, number) => {
    return { number, items: items.slice(number * chunkSize, (number + 1) * chunkSize) };
  });
}

type ChunkProps<T> = Piece<T> & {
  readonly columns: readonly Column<T>[];
  readonly keyOf: (item: T) => string;
  /** What it was high when the person left, in pixels. */
  readonly height: number | undefined;
  readonly isPrinting: boolean;
};

/** Draws its rows while it is near the view; otherwise keeps their place, as high as they last were. */
export function Chunk<T>({ items, number, columns, keyOf, height, isPrinting }: ChunkProps<T>) {
  const { body, far } = useFar(number < 2 ? undefined : (height ?? items.length * rowHeight));
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

/** The height of a chunk that is far from the view; undefined while it is near. */
function useFar(initial: number | undefined) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [far, setFar] = useState(initial);
  useEffect(() => {
    const element = body.current;
    if (!element) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry?.isIntersecting) setFar(undefined);
        // The focus would go with the row that has it.
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

/** As high as the rows that they stand for. */
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
