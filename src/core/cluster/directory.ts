import type { Store } from '../../store/store.ts';
import type { LiveDirectory } from '../context.ts';

/** What others are to know: `changed` after a change of ours, `onRead` whenever the directory was read. */
export type DirectoryNews = {
  readonly changed?: (version: number) => void;
  readonly onRead?: () => Promise<void>;
};

/**
 * Keeps the directory of a store in memory. Where other processes can change it, each request brings the version that it has to have
 * seen, together with the row of its token; so a change is in force everywhere by the time it is acknowledged.
 */
export async function liveDirectory(store: Store, { changed, onRead }: DirectoryNews = {}): Promise<LiveDirectory> {
  let now = await store.directory();
  const read = inTurns(async () => {
    const next = await store.directory();
    // Before the version counts as reached: whoever sees it relies on all that came with it.
    await onRead?.();
    if (next.version >= now.version) now = next;
  });
  const reach = async (version: number) => {
    while (now.version < version) await read();
  };
  return {
    get now() {
      return now;
    },
    async refresh() {
      await read();
      changed?.(now.version);
    },
    reach,
    async current() {
      if (!store.driver.exclusive) await reach(await store.processes.directoryVersion());
    },
  };
}

/** One at a time: whoever asks while one is running shares the next with all others who wait, since the running one may have begun too early. */
function inTurns(work: () => Promise<void>): () => Promise<void> {
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
