import { useEffect } from 'react';

const mostRecent = 20;
/** The elements that had the focus most recently, newest last. */
let recent: readonly HTMLElement[] = [];

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement) recent = [...recent.filter((one) => one !== target), target].slice(-mostRecent);
});

/**
 * When a dialog closes and its focused element is removed, moves the focus to the last focused element that is still
 * visible.
 */
export function useRestoreFocus(): void {
  useEffect(() => () => void setTimeout(restoreFocus), []);
}

function restoreFocus(): void {
  if (document.activeElement !== document.body) return;
  recent.findLast((one) => one.isConnected && one.checkVisibility())?.focus();
}
