import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';

/** Puts an application on its page. */
export function mounted(application: ReactNode): void {
  const root = document.getElementById('root');
  if (root) createRoot(root).render(application);
}
