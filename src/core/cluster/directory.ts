import type { Directory } from '../../store/model.ts';
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
  const read = inTurns(async () => {
    const next = await store.directory();
    // Before the version counts as reached: whoever sees it relies on all that came with it.
    await onRead?.();
    if (next.version >= live.now.version) live.now = next;
  });
  const readUntil = async (version: number) => {
    while (live.now.version < version) await read();
  };
  const reach = (version: number) => (live.now.version < version ? readUntil(version) : undefined);
  const live: LiveDirectory & { now: Directory } = {
    now: await store.directory(),
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
