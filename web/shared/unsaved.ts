import { useEffect } from 'react';

let unsaved = 0;

/** Whether somebody has typed into a form what is not saved yet. A page must not reload by itself then. */
export const hasUnsaved = (): boolean => unsaved > 0;

/** Says that a form holds something unsaved, for as long as it is shown and does. */
export function useUnsaved(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    unsaved += 1;
    return () => {
      unsaved -= 1;
    };
  }, [isDirty]);
}
