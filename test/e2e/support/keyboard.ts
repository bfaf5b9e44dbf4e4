import type { Page } from 'playwright-core';

/** A name as a screen reader would say it, near enough. */
const nameOf = `const nameOf = (one) => one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent
  ?? (one.textContent?.trim() || one.title || one.tagName);`;

/** What of an element and of what is around it can tell that it has the focus. */
const lookOf = `const lookOf = (one) => {
  const looks = [];
  for (let at = one, up = 0; at && up < 4; at = at.parentElement, up++) {
    const { outline, boxShadow, borderColor, backgroundColor, insetInlineStart } = getComputedStyle(at);
    looks.push(outline, boxShadow, borderColor, backgroundColor, insetInlineStart);
  }
  return looks.join();
};`;

const remember = `{ ${lookOf} window.before = document.activeElement; window.beforeLook = lookOf(before); }`;

/** The name of what had the focus if it looks as it did; what only holds the focus for a script to begin at is no stop. */
const unchanged = `{ ${nameOf} ${lookOf}
  window.before?.isConnected && before !== document.activeElement && before.tabIndex >= 0 && lookOf(before) === beforeLook
    ? nameOf(before) : undefined; }`;

/** Uses a page by nothing but its keyboard, and notes where the focus could not be seen. */
export function keyboard(page: Page) {
  const unseen = new Set<string>();
  const name = () => page.evaluate<string>(`{ ${nameOf} nameOf(document.activeElement); }`);
  const step = async (key: 'Tab' | 'Shift+Tab') => {
    await page.evaluate(remember);
    await page.keyboard.press(key);
    const same = await page.evaluate<string | undefined>(unchanged);
    if (same !== undefined) unseen.add(same);
  };
  return {
    name,
    unseen: () => [...unseen],
    press: (key: string) => page.keyboard.press(key),
    type: (text: string) => page.keyboard.type(text),
    /** Goes on until what has this name has the focus. */
    async goTo(wanted: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
      const passed: string[] = [];
      while (passed.length < 80) {
        await step(key);
        const now = await name();
        if (typeof wanted === 'string' ? now === wanted : wanted.test(now)) return;
        passed.push(now.slice(0, 40));
      }
      throw new Error(`${wanted} was not reached: ${passed.join(' | ')}`);
    },
    /** Goes once around the page, back to where the focus is; answers how many stops there were. */
    async around(): Promise<number> {
      await page.evaluate('void (window.start = document.activeElement)');
      for (let stops = 1; stops < 200; stops++) {
        await step('Tab');
        if (await page.evaluate<boolean>('start === document.activeElement')) return stops;
      }
      throw new Error('the focus does not come around');
    },
  };
}
