import { createContext, useContext } from 'react';
import type { Choices } from '../shared/preferences.ts';
import { type Texts, textsOf } from './texts/index.ts';

export const PreferencesContext = createContext<Choices | undefined>(undefined);

/** What an operator has chosen for this browser. */
export function usePreferences(): Choices {
  const found = useContext(PreferencesContext);
  if (!found) throw new TypeError('there are no preferences around this');
  return found;
}

/** The texts of the language that was chosen. */
export const useTexts = (): Texts => textsOf(usePreferences().language);
