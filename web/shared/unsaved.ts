import { useEffect } from 'react';

let unsaved = 0;

/** Whether a form has unsaved input. The page must not reload automatically then. */
export const hasUnsaved = (): boolean => unsaved > 0;

/** Registers unsaved input while the form is mounted and `isDirty`. */
export function useUnsaved(isDirty: boolean): void {
  useEffect(() => {
    if (!isDirty) return;
    unsaved += 1;
    return () => {
      unsaved -= 1;
    };
  }, [isDirty]);
}
