import { type ComponentType, lazy } from 'react';
import { allowReload } from './build.ts';

/** The script or style of a page could not be loaded: the server or the network is away, or an upgrade has removed the file. */
export class ChunkError extends Error {
  constructor(cause: unknown) {
    super('a part of the page could not be loaded', { cause });
    this.name = 'ChunkError';
  }
}

type Load<P extends object> = () => Promise<{ default: ComponentType<P> }>;

/**
 * A component whose code is loaded when it is first rendered. Throws a ChunkError to the boundary around it when that fails. A failed import
 * stays failed in the browser's module map, so only a reload tries again.
 */
export function lazyPage<P extends object>(load: Load<P>): ComponentType<P> {
  return lazyFrame(async () => {
    const loaded = await load();
    allowReload();
    return loaded;
  });
}

/** Like `lazyPage`, for what surrounds the pages: it allows no further reload, since the page within it may still fail to load. */
export function lazyFrame<P extends object>(load: Load<P>): ComponentType<P> {
  return lazy(async () => {
    try {
      return await load();
    } catch (error) {
      throw new ChunkError(error);
    }
  });
}
