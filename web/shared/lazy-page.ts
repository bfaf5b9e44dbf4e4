import { type ComponentType, lazy } from 'react';
import { allowReload } from './build.ts';

/** The script or style of a page could not be loaded: the server is unreachable, or an upgrade has removed the file. */
export class ChunkError extends Error {
  constructor(cause: unknown) {
    super('a part of the page could not be loaded', { cause });
    this.name = 'ChunkError';
  }
}

type Load<P extends object> = () => Promise<{ default: ComponentType<P> }>;

/**
 * Creates a component whose code is loaded on first render. If that fails, it throws a ChunkError to the nearest
 * boundary. The browser caches a failed import in its module map, so only a reload can retry it.
 */
export function lazyPage<P extends object>(load: Load<P>): ComponentType<P> {
  return lazyFrame(async () => {
    const loaded = await load();
    allowReload();
    return loaded;
  });
}

/**
 * Like `lazyPage`, for the frame around the pages. It does not call `allowReload`, because the page inside may still
 * fail to load.
 */
export function lazyFrame<P extends object>(load: Load<P>): ComponentType<P> {
  return lazy(async () => {
    try {
      return await load();
    } catch (error) {
      throw new ChunkError(error);
    }
  });
}
