import { CallError } from './call.ts';
import { Failed } from './failed.tsx';
import { useRetries } from './retries.ts';
import { useWords } from './words.ts';

type Props = { readonly error: Error; onRetry(): void };

/**
 * Shown instead of the page while the server does not say whether there is a session. Retries automatically and by a
 * button.
 */
export function Unreachable({ error, onRetry }: Props) {
  const { words } = useWords();
  useRetries(true, onRetry);
  const isAway = !(error instanceof CallError) || error.status === 0;
  return (
    <Failed
      isPage
      title={isAway ? words.away : words.notReady}
      hint={words.awayHint}
      action={{ label: words.retry, run: onRetry }}
    />
  );
}
