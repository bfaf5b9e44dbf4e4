import { useEffect, useRef } from 'react';
import type { Paged } from './load.ts';

/** Reloads a list when `version` changes, with as many rows as it has. */
export function useReloadOn<T>({ reload }: Paged<T>, version: unknown): void {
  const loaded = useRef(version);
  useEffect(() => {
    if (loaded.current !== version) reload();
    loaded.current = version;
  }, [version, reload]);
}
