import { useEffect } from 'react';

const most = 20;
let recent: readonly HTMLElement[] = [];

document.addEventListener('focusin', ({ target }) => {
  if (target instanceof HTMLElement) recent = [...recent.filter((one) => one !== target), target].slice(-most);
});

/** When a dialog goes and takes the focus with it, what last had the focus and is still there gets it back. */
export function useFocusBack(): void {
  useEffect(() => () => void setTimeout(giveBack), []);
}

function giveBack(): void {
  if (document.activeElement !== document.body) return;
  recent.findLast((one) => one.isConnected && one.checkVisibility())?.focus();
}
