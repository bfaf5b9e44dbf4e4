import { type ReactNode, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Boundary } from './boundary.tsx';
import { Failed } from './failed.tsx';
import { useWords } from './words.ts';

/** Renders an application into the document, with a boundary that shows an error if all of it fails. */
export function mountPage(application: ReactNode): void {
  const root = document.getElementById('root');
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <Boundary fallback={() => <PageFailed />}>{application}</Boundary>
    </StrictMode>,
  );
}

function PageFailed() {
  const { words } = useWords();
  const action = { label: words.reload, run: () => location.reload() };
  return <Failed isPage title={words.pageFailed} hint={words.pageFailedHint} action={action} />;
}
