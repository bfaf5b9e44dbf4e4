import { useCallback, useEffect, useState } from 'react';
import { claimReload, fetchServedBuild } from './build.ts';
import { Failed } from './failed.tsx';
import { useRetries } from './retries.ts';
import { hasUnsaved } from './unsaved.ts';
import { useWords } from './words.ts';

type State = 'asking' | 'away' | 'newer' | 'broken';

/**
 * Shown instead of a page whose code could not be loaded. It reloads once automatically after an upgrade, and retries
 * while the server is unreachable. It never reloads automatically while there is unsaved input.
 */
export function ChunkFailed({ page }: { readonly page: string }) {
  const { words } = useWords();
  const [state, setState] = useState<State>('asking');
  const ask = useCallback(async () => {
    const served = await fetchServedBuild(page);
    if (served.is === 'unreachable') return setState('away');
    if (!hasUnsaved() && claimReload(served.build)) return location.reload();
    setState(served.is === 'newer' ? 'newer' : 'broken');
  }, [page]);
  useEffect(() => void ask(), [ask]);
  useRetries(state === 'away', ask);
  if (state === 'asking') return null;
  const reload = { label: words.reload, run: () => location.reload() };
  const retry = { label: words.retry, run: () => void ask() };
  const unsaved = hasUnsaved() ? ` ${words.unsavedIsLost}` : '';
  if (state === 'away') return <Failed title={words.chunkAway} hint={words.chunkAwayHint} action={retry} />;
  if (state === 'newer') return <Failed title={words.chunkGone} hint={words.chunkGoneHint + unsaved} action={reload} />;
  return <Failed title={words.chunkBroken} hint={words.chunkBrokenHint + unsaved} action={reload} />;
}
