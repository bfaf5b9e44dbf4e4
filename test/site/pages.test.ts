/** The documentation site: its pages, links and search, and its start pages in a browser. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContextOptions, Page as Tab } from 'playwright-core';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { seriousFindings } from '../e2e/support/axe.ts';
import { launch, missing } from '../e2e/support/browser.ts';
import { root } from '../support/pages.ts';
import { addressesIn, base, build, fileAt, type Page, readPages, serve } from './site.ts';

// A page loads scripts and the index of the search.
vi.setConfig({ testTimeout: 90_000 });

const { folder, remove } = await build();
const pages = readPages(folder);
const byPath = new Map(pages.map((page) => [page.path, page]));
const lacking = missing();
const browser = lacking === undefined ? await launch() : undefined;
const { url, close } = await serve(folder, ['0.2', '0.1']);
afterAll(async () => {
  await browser?.close();
  close();
  remove();
});

/** Why an address in a page leads nowhere. */
function problemOf(page: Page, address: string): readonly string[] {
  const problem = (what: string) => [`${page.path}: ${address} ${what}`];
  const target = URL.parse(address, `http://site${page.path}`);
  // Renderers take Chinese punctuation after an address as a part of it.
  if (!target || /%[89a-f]/i.test(target.host)) return problem('is not an address');
  if (target.host !== 'site') return [];
  if (fileAt(folder, target.pathname) === undefined) return problem('does not exist');
  const anchor = decodeURIComponent(target.hash.slice(1));
  return anchor === '' || byPath.get(target.pathname)?.ids.has(anchor) ? [] : problem('is not an anchor');
}

test('every link and picture leads to a page, an anchor or a file of the site', () => {
  expect(pages.flatMap(addressesIn).length).toBeGreaterThan(5000);
  expect(pages.flatMap((page) => addressesIn(page).flatMap((address) => problemOf(page, address)))).toEqual([]);
});

test('every page of docs exists in both languages, a Chinese one in Chinese if there is one', () => {
  const files = globSync('**/*.md', { cwd: join(root, 'docs'), exclude: ['zh/**'] });
  expect(files.length).toBeGreaterThan(50);
  const chinese = new Set(globSync('**/*.md', { cwd: join(root, 'docs/zh') }));
  for (const file of files) {
    const path = file === 'README.md' ? 'contents/' : file.replace(/\.md$/, '/');
    const [one, other] = [byPath.get(base + path), byPath.get(`${base}zh/${path}`)];
    expect([path, one !== undefined, other !== undefined]).toEqual([path, true, true]);
    expect([path, /<main [^>]*lang="([^"]+)"/.exec(other?.html ?? '')?.[1]]).toEqual([
      path,
      chinese.has(file) ? 'zh-CN' : 'en',
    ]);
  }
});

test('every page has one heading of the first level, and a title', () => {
  const wrong = pages.filter(
    ({ html }) => html.match(/<h1[ >]/g)?.length !== 1 || !/<title>[^<\n]+ \| huizhi/.test(html),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test('no page and no style loads anything from another host', () => {
  const loads = /<(?:link|script|img|iframe|source|video|audio)\b[^>]* (?:href|src|srcset)="(?:[a-z]+:)?\/\/[^"]*"/g;
  expect(pages.flatMap(({ path, html }) => [...html.matchAll(loads)].map(([tag]) => `${path}: ${tag}`))).toEqual([]);
  const styles = globSync('**/*.css', { cwd: folder }).map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(styles.filter((style) => /(?:url\(|@import )["']?(?:https?:)?\/\//.test(style))).toEqual([]);
});

/** A page in the browser, which fails the test if it loads something that does not exist. */
async function open(path: string, options: BrowserContextOptions = {}): Promise<Tab> {
  if (!browser) throw new Error('the test is skipped without a browser');
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
  const failed: string[] = [];
  const tab = await context.newPage();
  tab.on('response', (response) => response.status() >= 400 && failed.push(response.url()));
  tab.on('pageerror', ({ message }) => failed.push(message));
  onTestFinished(async () => {
    await context.close();
    expect(failed).toEqual([]);
  });
  await tab.goto(url + path);
  return tab;
}

test.for([
  { path: '', words: 'receipts', title: 'Receipts' },
  { path: 'zh/', words: '已读回执', title: '第一份回执' },
])('the search of /$path finds pages with “$words”', async ({ path, words, title }, { skip }) => {
  skip(lacking !== undefined, lacking);
  const tab = await open(path);
  await tab.locator('button[data-open-modal]').click();
  await tab.locator('.pagefind-ui__search-input').fill(words);
  const found = tab.locator('.pagefind-ui__result-link', { hasText: title }).first();
  await found.waitFor();
  expect(new URL((await found.getAttribute('href')) ?? '', tab.url()).pathname.startsWith(base + path)).toBe(true);
});

test.for([
  { path: '', colorScheme: 'light' },
  { path: '', colorScheme: 'dark' },
  { path: 'zh/', colorScheme: 'light' },
  { path: 'zh/', colorScheme: 'dark' },
] as const)('axe finds no serious problem on /$path, $colorScheme', async ({ path, colorScheme }, { skip }) => {
  skip(lacking !== undefined, lacking);
  expect(await seriousFindings(await open(path, { colorScheme }))).toEqual([]);
});

test('the list of versions has those of versions.json, and opens another one', async ({ skip }) => {
  skip(lacking !== undefined, lacking);
  const tab = await open('how-to/upgrade/');
  const versions = tab.getByRole('combobox', { name: 'Version' });
  await versions.waitFor();
  expect(await versions.locator('option').allTextContents()).toEqual(['0.2', '0.1']);
  expect(await versions.inputValue()).toBe('0.1');
  await tab.route('**/0.2/how-to/upgrade/', (route) => route.fulfill({ body: 'another version' }));
  await versions.selectOption('0.2');
  await tab.waitForURL('**/huizhi/0.2/how-to/upgrade/');
});

test('an English page offers its Chinese version to a browser that prefers Chinese', async ({ skip }) => {
  skip(lacking !== undefined, lacking);
  const link = (tab: Tab) => tab.getByRole('link', { name: '阅读本页的中文版' });
  const tab = await open('how-to/upgrade/', { locale: 'zh-CN' });
  await link(tab).click();
  await tab.waitForURL('**/zh/how-to/upgrade/');
  expect(await link(await open('how-to/upgrade/')).isVisible()).toBe(false);
});
