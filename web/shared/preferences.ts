export type Language = 'zh' | 'en';
export type Theme = 'auto' | 'light' | 'dark';

const languageKey = 'huizhi.language';
const themeKey = 'huizhi.theme';

/** The language chosen here, or else the browser's. */
export function chosenLanguage(): Language {
  const kept = stored(languageKey);
  if (kept === 'zh' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export function keepLanguage(language: Language): void {
  keep(languageKey, language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

/** The theme chosen here; `auto` follows the system. */
export function chosenTheme(): Theme {
  const kept = stored(themeKey);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function keepTheme(theme: Theme): void {
  keep(themeKey, theme);
  document.documentElement.dataset.theme = theme;
}

// A browser may forbid storage; then a choice lasts as long as the page.
function stored(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // See above.
  }
}
