import { useOpened } from '../route.tsx';
import { type Loaded, useLoaded } from './load.ts';
import { itemPath, type Source } from './sources.ts';

/**
 * The item whose code is in the URL (`open=code`), taken from the loaded rows, or requested by its code if it is not
 * among them.
 */
export function useOpenedItem<T, P>(source: Source<T, P>, items: readonly T[]) {
  const [code, open, close] = useOpened();
  const known = items.find((item) => source.codeOf(item) === code);
  const asked: Loaded<T> = useLoaded<T>(code !== undefined && !known ? itemPath(source, code) : undefined);
  return { code, item: known ?? asked.data, error: known ? undefined : asked.error, open, close };
}
