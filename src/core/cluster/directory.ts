import type { Directory } from '../../store/model.ts';
import type { Store } from '../../store/store.ts';
import type { LiveDirectory } from '../context.ts';

/**
 * Callbacks: `changed` after this process has changed the directory, with its version; `onRead` whenever it was read;
 * `onReplaced` when the one that was read is in use.
 */
export type DirectoryCallbacks = {
  readonly changed?: (version: number) => void;
  readonly onRead?: () => Promise<void>;
  readonly onReplaced?: (directory: Directory) => void;
};

/**
 * Loads the directory of a store into memory and keeps it up to date. If other processes can change it, each request
 * reads the directory's version together with the row of its token, and waits until that version is loaded. So a change
 * is in effect in all processes once it is acknowledged.
 */
export async function loadDirectory(
  store: Store,
  { changed, onRead, onReplaced }: DirectoryCallbacks = {},
): Promise<LiveDirectory> {
  const read = coalesce(async () => {
    const next = await store.directory();
    // Before `now` is replaced: a request that sees the new version relies on the effects of `onRead`.
    await onRead?.();
    if (next.version < live.now.version) return;
    live.now = next;
    onReplaced?.(next);
  });
  const readUntil = async (version: number) => {
    while (live.now.version < version) await read();
  };
  const reach = (version: number) => (live.now.version < version ? readUntil(version) : undefined);
  const live: LiveDirectory & { now: Directory } = {
    now: await store.directory(),
    get whole() {
      return live.now;
    },
    async refresh() {
      await read();
      changed?.(live.now.version);
    },
    reach,
    async current() {
      await reach(await store.directoryVersion());
    },
  };
  return live;
}

/**
 * Returns a function that runs `work` one call at a time. Calls during a run share the next run, because the current
 * one may have started before the change that they need.
 */
function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const begin = () => {
    next = undefined;
    running = work().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (!running) return begin();
    next ??= running.catch(() => {}).then(begin);
    return next;
  };
}
