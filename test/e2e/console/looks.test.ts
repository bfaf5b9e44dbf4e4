/** Layout stability of the console's pages, and what can be seen and touched on them. */
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { bearer } from '../../conformance/support/world.ts';
import { cardDesk } from '../support/cards.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { call, needsBrowser, sent, server, visitor } = suite;
const { operator, goTo, turnTo } = desk(suite);
const slow = { timeout: 120_000 };

await cardDesk(suite).shown('alice', { title: 'A card with a long title on a phone' });
for (let i = 0; i < 30; i++) await sent({ userIds: ['alice'], msgParam: `{"content":"number ${i}"}` });

test('input that is refused is marked next to its field, and the reason stays', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-one');
  await page.getByRole('button', { name: 'Add user' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'userId' }).fill('alice');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('A second Alice');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'there is a user alice' }).waitFor();
  expect(await page.locator('.ant-message-notice').count()).toBe(0);
  expect(await dialog.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('A second Alice');
  await dialog.getByRole('textbox', { name: 'userId' }).fill('alice-two');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'hidden' });
});

test('the rows of a list stay until those of the next filter have loaded', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  await page.locator('.list-row').nth(20).waitFor();
  const { promise: isFree, resolve: letGo } = Promise.withResolvers<void>();
  await page.route('**/console/v1/messages?*status=recalled*', async (route) => {
    await isFree;
    await route.continue();
  });
  const height = () => page.locator('.list').evaluate((list) => list.clientHeight);
  const before = await height();
  await choose(page, 'Status', 'Recalled');
  await page.locator('.list[aria-busy=true]').waitFor();
  expect(await height()).toBe(before);
  letGo();
  await page.getByText('No message matches.').waitFor();
});

test('the state of a recipient is as wide as its text', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  await page.locator('.list-row a').first().click();
  const spare = await page
    .locator('tr .ant-tag')
    .first()
    .evaluate((tag) => {
      const text = tag.ownerDocument.createRange();
      text.selectNodeContents(tag);
      return tag.clientWidth - text.getBoundingClientRect().width;
    });
  expect(spare).toBeLessThan(24);
});

const shifts = `window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) window.shifted += value;
  }).observe({ type: 'layout-shift', buffered: true });`;

test('a page opened by a link does not shift while it loads', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/audit?corpId=corp-one');
  await page.addInitScript(shifts);
  const found: string[] = [];
  const { body } = await call('GET', '/console/v1/messages', {
    headers: bearer(server.adminToken),
    query: { corpId: 'corp-one' },
  });
  const [{ messageId }] = body.messages as [{ messageId: string }];
  const paths = ['/', `/messages/${messageId}`, '/messages', '/unread', '/users', '/apps', '/robots', '/requests'];
  for (const path of [...paths, '/apps?open=app-one']) {
    await goTo(page, `${path}${path.includes('?') ? '&' : '?'}corpId=corp-one`);
    await becomes(() => page.locator('.ant-skeleton, .ant-spin-spinning, [aria-busy=true]').count(), 0);
    await page.evaluate('new Promise(requestAnimationFrame)');
    const shifted = await page.evaluate<number>('shifted');
    if (shifted >= 0.1) found.push(`${path} moved by ${shifted.toFixed(2)}`);
  }
  expect(found).toEqual([]);
});

/** The contrast of two opaque CSS colours. */
const contrastOf = `(one, two) => {
  const lightness = (colour) => {
    const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [light, dark] = [lightness(one), lightness(two)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}`;

test.for(['light', 'dark'] as const)(
  'the chosen segment can be told from the others: %s',
  slow,
  async (colorScheme, context) => {
    needsBrowser(context);
    const { page } = await operator('/?corpId=corp-one', { colorScheme });
    await page.locator('.ant-segmented-item-selected').waitFor();
    const [piece, text] = await page.evaluate<readonly [number, number]>(`(() => {
    const contrast = ${contrastOf};
    const of = (query) => getComputedStyle(document.querySelector(query));
    const chosen = of('.ant-segmented-item-selected');
    return [contrast(chosen.backgroundColor, of('.ant-segmented').backgroundColor), contrast(chosen.color, chosen.backgroundColor)];
  })()`);
    expect(piece).toBeGreaterThanOrEqual(3);
    expect(text).toBeGreaterThanOrEqual(4.5);
  },
);

/** Cells with text that are narrower than a word, and row buttons that touch. */
const crampedOf = (page: Page) =>
  page.evaluate<readonly string[]>(`(() => {
    const found = [];
    for (const cell of document.querySelectorAll('.rows td'))
      if (cell.innerText?.trim() && cell.offsetWidth < 60) found.push(cell.innerText);
    for (const row of document.querySelectorAll('.row-actions')) {
      const boxes = [...row.children].map((one) => one.getBoundingClientRect());
      boxes.slice(1).forEach((box, index) => box.left - boxes[index].right < 8 && found.push('buttons touch'));
    }
    return found;
  })()`);

test('on a phone every row is a card that can be read and touched', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-one', { width: 360 });
  const found: string[] = [];
  const paths = ['/messages', '/unread', '/notices', '/users', '/organizations', '/apps', '/robots', '/custom-robots'];
  for (const path of [...paths, '/cards', '/operators', '/audit', '/requests']) {
    await turnTo(page, `${path}?corpId=corp-one`);
    await becomes(() => page.locator('[aria-busy=true]').count(), 0);
    found.push(...(await crampedOf(page)).map((text) => `${path} ${text}`));
    const over = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (over > 0) found.push(`${path} is ${over} px too wide`);
  }
  expect(found).toEqual([]);
});

test('the date picker is in the language of the page', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/messages?corpId=corp-one', { locale: 'zh-CN' });
  await page.getByRole('textbox', { name: '发送时间从' }).click();
  const picker = page.locator('.ant-picker-dropdown');
  await becomes(
    async () =>
      /年.*月/.test(String(await picker.locator('.ant-picker-date-panel .ant-picker-header-view').textContent())),
    true,
  );
  await picker.locator('.ant-picker-cell-in-view').first().click();
  await picker.getByRole('button', { name: /确\s*定/ }).click();
  await becomes(async () => /^\d{13}$/.test(String(new URL(page.url()).searchParams.get('from'))), true);
  expect(complaints).toEqual([]);
});

test('a print has all rows and no controls', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/users?corpId=corp-one');
  await page.locator('.list-row').first().waitFor();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate("dispatchEvent(new Event('beforeprint'))");
  const all = Number.parseInt(String(await page.locator('.list-total').textContent()), 10);
  await becomes(() => page.locator('.list-row').count(), all);
  for (const gone of ['.side', '.top', '.head-actions', '.row-actions', 'search']) {
    expect([gone, await page.locator(gone).first().isVisible()]).toEqual([gone, false]);
  }
});

test('the sign-in page loads a fraction of the console', slow, async (context) => {
  needsBrowser(context);
  const page = await (await visitor()).newPage();
  const bodies: Promise<Buffer>[] = [];
  page.on('response', (response) => {
    if (/\.(?:js|css)$/.test(new URL(response.url()).pathname)) bodies.push(response.body());
  });
  await page.goto(`${server.url}/console`, { waitUntil: 'networkidle' });
  await page.locator('input[type=password]').waitFor();
  const bytes = (await Promise.all(bodies)).reduce((sum, { length }) => sum + length, 0);
  // Most of it is React.
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(320_000);
});
