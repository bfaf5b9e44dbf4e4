import { type ComponentType, lazy } from 'react';
import { allowReload } from './build.ts';

/** The script or style of a page could not be loaded: the server or the network is away, or an upgrade has removed the file. */
export class ChunkError extends Error {
  constructor(cause: unknown) {
    super('a part of the page could not be loaded', { cause });
    this.name = 'ChunkError';
  }
}

/**
 * A component whose code is loaded when it is first rendered. Throws a ChunkError to the boundary around it when that fails. A failed import
 * stays failed in the browser's module map, so only a reload tries again.
 */
export function lazyPage<P extends object>(load: () => Promise<{ default: ComponentType<P> }>): ComponentType<P> {
  return lazy(async () => {
    try {
      const loaded = await load();
      allowReload();
      return loaded;
    } catch (error) {
      throw new ChunkError(error);
    }
  });
}
