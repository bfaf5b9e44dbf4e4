import { createContext, useContext } from 'react';
import { type Texts, textsOf } from './texts.ts';

export type Language = 'zh' | 'en';
export type Theme = 'light' | 'dark' | 'system';

/** What an operator has chosen for this browser. */
export type Preferences = {
  readonly language: Language;
  readonly theme: Theme;
  readonly isDark: boolean;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
};

export const PreferencesContext = createContext<Preferences | undefined>(undefined);

export function usePreferences(): Preferences {
  const found = useContext(PreferencesContext);
  if (!found) throw new TypeError('there are no preferences around this');
  return found;
}

/** The texts of the language that was chosen. */
export const useTexts = (): Texts => textsOf(usePreferences().language);

/** Something small that this browser remembers; undefined where it may remember nothing. */
export function remembered(name: string): string | undefined {
  try {
    return localStorage.getItem(`huizhi.console.${name}`) ?? undefined;
  } catch {
    return undefined;
  }
}

export function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`huizhi.console.${name}`, value);
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}
