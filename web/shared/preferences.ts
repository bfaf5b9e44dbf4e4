import { useEffect, useSyncExternalStore } from 'react';

export type Language = 'zh' | 'en';
export type Theme = 'auto' | 'light' | 'dark';

/** What somebody has chosen in this browser, for the inbox and the console alike. */
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
/** What was chosen while the browser kept nothing, which it may refuse to. */
const unkept = new Map<string, string>();

/** How numbers and times are written in a language. */
export const localeOf = (language: Language): string => (language === 'zh' ? 'zh-CN' : 'en-GB');

/** The choices, and how to change them; other pages that are open follow at once. The document says what holds. */
export function useChoices(): Choices {
  const language = useSyncExternalStore(follow, chosenLanguage);
  const theme = useSyncExternalStore(follow, chosenTheme);
  const systemIsDark = useSyncExternalStore(follow, () => darkness.matches);
  const isDark = theme === 'auto' ? systemIsDark : theme === 'dark';
  useEffect(() => mark(language, isDark), [language, isDark]);
  return { language, theme, isDark, setLanguage, setTheme };
}

/** Before anything is drawn: a page that was light for a moment would blind those who have chosen dark. */
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
  remember(key, value);
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

/** The language chosen here, or else the browser's. */
function chosenLanguage(): Language {
  const kept = remembered(languageKey);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

function chosenTheme(): Theme {
  const kept = remembered(themeKey);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

/** Something small that this browser remembers, or this page where the browser may remember nothing. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? unkept.get(key);
  } catch {
    return unkept.get(key);
  }
}

export function forget(key: string): void {
  unkept.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept there.
  }
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    unkept.set(key, value);
  }
}
