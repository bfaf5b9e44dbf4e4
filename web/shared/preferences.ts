import { useEffect, useSyncExternalStore } from 'react';

export type Language = 'zh' | 'en';
export type Theme = 'auto' | 'light' | 'dark';

/** Language and theme, stored in the browser and shared by the inbox and the console. */
export type Choices = {
  readonly language: Language;
  /** `auto` follows the system. */
  readonly theme: Theme;
  readonly isDark: boolean;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
};

const languageKey = 'huizhi.language';
const themeKey = 'huizhi.theme';
const darkness = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();
/** The values that localStorage did not accept, stored in memory for this page. */
const inMemory = new Map<string, string>();

/** The locale in which numbers and times are formatted. */
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

/**
 * The current choices with their setters. Other open tabs follow changes at once. Also marks the document, see `mark`.
 */
export function useChoices(): Choices {
  const language = useSyncExternalStore(follow, chosenLanguage);
  const theme = useSyncExternalStore(follow, chosenTheme);
  const systemIsDark = useSyncExternalStore(follow, () => darkness.matches);
  const isDark = theme === 'auto' ? systemIsDark : theme === 'dark';
  useEffect(() => mark(language, isDark), [language, isDark]);
  return { language, theme, isDark, setLanguage, setTheme };
}

/** Sets language and theme of the document. Call it before the first render, otherwise a dark page flashes white. */
export function markDocument(): void {
  const theme = chosenTheme();
  mark(chosenLanguage(), theme === 'auto' ? darkness.matches : theme === 'dark');
}

function mark(language: Language, isDark: boolean): void {
  const { documentElement } = document;
  documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
  documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

const setLanguage = (language: Language) => choose(languageKey, language);
const setTheme = (theme: Theme) => choose(themeKey, theme);

function choose(key: string, value: string): void {
  writeStored(key, value);
  for (const listener of listeners) listener();
}

function follow(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('storage', listener);
  darkness.addEventListener('change', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', listener);
    darkness.removeEventListener('change', listener);
  };
}

/** The stored language, or else the one of the browser. */
function chosenLanguage(): Language {
  const stored = readStored(languageKey);
  if (stored === 'zh' || stored === 'en') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function chosenTheme(): Theme {
  const stored = readStored(themeKey);
  return stored === 'light' || stored === 'dark' ? stored : 'auto';
}

/** Reads a value that `writeStored` has stored in localStorage, or in memory if the browser blocks localStorage. */
export function readStored(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? inMemory.get(key);
  } catch {
    return inMemory.get(key);
  }
}

export function removeStored(key: string): void {
  inMemory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // The browser blocks localStorage, so it holds no value.
  }
}

export function writeStored(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    inMemory.set(key, value);
  }
}
