import type { Page } from 'playwright-core';

/** The accessible name of an element, approximately. */
const nameOf = `const nameOf = (one) => one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent
  ?? (one.textContent?.trim() || one.title || one.tagName);`;

/** Styles of an element and its surroundings by which a visible focus differs. */
const lookOf = `const lookOf = (one) => {
  const looks = [];
  for (let at = one, up = 0; at && up < 4; at = at.parentElement, up++) {
    const { outline, boxShadow, borderColor, backgroundColor, insetInlineStart } = getComputedStyle(at);
    looks.push(outline, boxShadow, borderColor, backgroundColor, insetInlineStart);
  }
  return looks.join();
};`;

const remember = `{ ${lookOf} window.before = document.activeElement; window.beforeLook = lookOf(before); }`;

/**
 * The name of the element that had the focus if it looks the same without; one that only a script focuses does not
 * count.
 */
const unchanged = `{ ${nameOf} ${lookOf}
  window.before?.isConnected && before !== document.activeElement && before.tabIndex >= 0 && lookOf(before) === beforeLook
    ? nameOf(before) : undefined; }`;

/** Uses a page with the keyboard only, and records where the focus is not visible. */
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
    /** Moves the focus on until the element with this name has it. */
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
    /** Moves the focus once around the page, back to where it is; returns the number of stops. */
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
