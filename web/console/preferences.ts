import { createContext, useContext } from 'react';
import type { Choices } from '../shared/preferences.ts';

export const PreferencesContext = createContext<Choices | undefined>(undefined);

/** The language and theme of this browser. */
export function usePreferences(): Choices {
  const found = useContext(PreferencesContext);
  if (!found) throw new TypeError('there are no preferences around this');
  return found;
}
