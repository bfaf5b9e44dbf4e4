import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { setup } from '../../conformance/support/setup.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const numbers = Array.from({ length: 250 }, (_, index) => String(index + 1).padStart(3, '0'));
const [given] = setup.apps;
if (!given) throw new TypeError('there is an app');
const { agentId: _, ...first } = given;

const suite = await pages({
  setup: {
    organizations: [
      ...setup.organizations,
      ...numbers.map((number) => ({ corpId: `many-${number}`, name: `分公司 Branch ${number}`, users: [] })),
    ],
    apps: [
      ...setup.apps,
      ...numbers.map((number) => ({ ...first, appKey: `z-${number}`, appSecret: `secret-of-z-${number}` })),
    ],
    robots: [
      ...setup.robots,
      ...numbers.map((number) => ({
        robotCode: `bot-${number}`,
        name: `助手 Helper ${number}`,
        appKey: first.appKey,
        installedIn: ['corp-one'],
      })),
    ],
  },
});
const { needsBrowser, call, server } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 90_000 };
const headers = bearer(server.adminToken);
const shown = async (path: string) => ok(await call('GET', `/console/v1${path}`, { headers }));

const box = (page: Page, name: string) => page.getByRole('combobox', { name }).last();
/** What a select shows as chosen. */
const shownIn = (page: Page, name: string) =>
  box(page, name).locator('xpath=ancestor::*[contains(@class, "ant-select-content")]').textContent();
const options = (page: Page) => page.locator('.choices:not(.ant-select-dropdown-hidden) .choice');
/** The active option for a screen reader, by its code. */
async function active(page: Page): Promise<string | null> {
  const id = await page.locator(':focus').getAttribute('aria-activedescendant');
  return page.locator(`[id="${id}"]`).textContent({ timeout: 1000 });
}
const at = (page: Page, name: string) => new URL(page.url()).searchParams.get(name);

/** The calls that a page has made for a list, by search text. */
function searchesOf(page: Page, list: string) {
  const texts: string[] = [];
  page.on('request', (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === `/console/v1/${list}`) texts.push(searchParams.get('text') ?? '');
  });
  return texts;
}

/** Presses ArrowDown, five times in all, whenever a page has received choices and before it renders them. */
const pressBetween = `
  const { json } = Response.prototype;
  const key = { key: 'ArrowDown', code: 'ArrowDown', keyCode: 40, which: 40, bubbles: true, cancelable: true };
  let left = 5;
  Response.prototype.json = async function () {
    const answer = await json.call(this);
    if (this.url.includes('/console/v1/robots?') && left-- > 0) {
      // Messages are handled in order: the page posts its rendering only after it has read the answer.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', key));
      port2.postMessage(null);
    }
    return answer;
  };
`;

/** The number of choices that a page announces. */
async function found(page: Page): Promise<number> {
  const status = page.getByRole('status').filter({ hasText: /choices/ });
  return Number.parseInt((await status.textContent()) ?? '', 10);
}

test(
  'an organization far down in the list is found by typing, chosen, and shown by name after a reload',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page, complaints } = await operator('/messages?corpId=corp-one');
    const searches = searchesOf(page, 'organizations');
    await box(page, 'Organization').click();
    await options(page).first().waitFor();
    await page.keyboard.type('branch 237');
    await becomes(() => options(page).allTextContents(), ['分公司 Branch 237many-237']);
    expect(searches).toEqual(['', 'branch 237']);
    await page.keyboard.press('Enter');
    await becomes(async () => at(page, 'corpId'), 'many-237');
    expect(await shownIn(page, 'Organization')).toContain('分公司 Branch 237');
    await page.reload();
    await becomes(() => shownIn(page, 'Organization'), '分公司 Branch 237');
    await goTo(page, '/users?corpId=no-such-organization');
    await becomes(() => shownIn(page, 'Organization'), 'Organization one');
    expect(complaints.filter((line) => !line.includes('404'))).toEqual([]);
  },
);

test('a robot in the address is shown by name although no loaded page has it', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one&robotCode=robot-two');
  await becomes(() => shownIn(page, 'Robot'), 'Name of robot-two');
  await goTo(page, '/?corpId=corp-one&robotCode=bot-249');
  await becomes(() => shownIn(page, 'Robot'), '助手 Helper 249');
  await goTo(page, '/unread?corpId=corp-one&robotCode=never-was');
  await becomes(() => shownIn(page, 'Robot'), 'never-was');
});

test('scrolling loads the rest, and the keyboard continues at the current option', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  const searches = searchesOf(page, 'robots');
  await box(page, 'Robot').focus();
  await page.keyboard.press('ArrowDown');
  await becomes(() => active(page), 'bot-001');
  const status = page.getByRole('status').filter({ hasText: /choices/ });
  expect(await status.textContent()).toBe('50 choices, and more at the end of the list; type to search');
  for (const [index, number] of numbers.slice(1).entries()) {
    if ((index + 1) % 50 === 0) await becomes(async () => (await found(page)) > index + 1, true);
    await page.keyboard.press('ArrowDown');
    await becomes(() => active(page), `bot-${number}`);
  }
  expect(searches.length).toBeGreaterThanOrEqual(5);
  await page.keyboard.press('Enter');
  await becomes(async () => at(page, 'robotCode'), 'bot-250');
  await box(page, 'Robot').click();
  await options(page).first().waitFor();
  const list = page.locator('.choices:not(.ant-select-dropdown-hidden) [class*=list-holder]').first();
  await becomes(async () => {
    await list.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    return options(page).last().getAttribute('data-code');
  }, 'robot-suite');
});

test('a key pressed while more choices are loading is not lost', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  await page.addInitScript(pressBetween);
  await page.reload();
  await box(page, 'Robot').focus();
  await page.keyboard.press('ArrowDown');
  // The key pressed when the first page arrives moves on by one if an option is active already.
  await expect.poll(() => active(page), { timeout: 10_000 }).toMatch(/^bot-00[12]$/);
  let place = (await active(page)) === 'bot-001' ? 1 : 2;
  for (const pages of [1, 2, 3]) {
    while ((await found(page)) === 50 * pages) {
      // The last choice is for the key pressed when the answer arrives.
      if (place === 50 * pages - 1) continue;
      place += 1;
      await page.keyboard.press('ArrowDown');
    }
    expect(await found(page)).toBe(50 * (pages + 1));
    place += 1;
    await becomes(() => active(page), `bot-${String(place).padStart(3, '0')}`);
  }
});

test('the keyboard stays on the last loaded option until more are loaded', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  const asked = new Promise<() => void>((resolve) => {
    void page.route('**/console/v1/robots?*cursor=*', (route) => resolve(() => void route.continue()), { times: 1 });
  });
  await box(page, 'Robot').focus();
  await page.keyboard.press('ArrowDown');
  await becomes(() => active(page), 'bot-001');
  for (let presses = 0; presses < 60; presses++) await page.keyboard.press('ArrowDown');
  await becomes(() => active(page), 'bot-050');
  const answer = await asked;
  answer();
  await becomes(() => found(page), 100);
  await becomes(() => active(page), 'bot-050');
  await page.keyboard.press('ArrowDown');
  await becomes(() => active(page), 'bot-051');
});

test('a superseded request is aborted, and Enter chooses no option of another text', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/messages?corpId=corp-one');
  const failed: string[] = [];
  page.on('requestfailed', (request) => failed.push(new URL(request.url()).searchParams.get('text') ?? ''));
  const held = new Promise<void>((resolve) => {
    // The answer to this one never arrives.
    void page.route('**/console/v1/robots?*text=helper*', () => resolve(), { times: 1 });
  });
  await box(page, 'Robot').click();
  await options(page).first().waitFor();
  await page.keyboard.type('helper');
  await held;
  await page.getByRole('status').filter({ hasText: 'Searching' }).waitFor();
  await page.keyboard.press('Enter');
  expect(at(page, 'robotCode')).toBeNull();
  await box(page, 'Robot').fill('helper 111');
  await becomes(() => options(page).count(), 1);
  // The request for all robots may be superseded as well, if it is slow.
  expect(failed.filter((text) => text !== '')).toEqual(['helper']);
  await page.keyboard.press('Enter');
  await becomes(async () => at(page, 'robotCode'), 'bot-111');
  await box(page, 'Robot').click();
  await page.keyboard.type('nobody');
  await page.getByText('Nothing found').last().waitFor();
});

test('an app is chosen for a robot, and an organization for an app, from long lists', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/robots');
  await page.getByRole('button', { name: 'Create robot' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('robotCode').fill('a-late-robot');
  await dialog.getByLabel('Name').fill('Late');
  await box(page, 'App').click();
  await page.keyboard.type('Z-199');
  await becomes(() => options(page).allTextContents(), ['z-199']);
  await page.keyboard.press('Enter');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create' }).click();
  const drawer = page.getByRole('dialog').filter({ hasText: 'a-late-robot · z-199' });
  await drawer.getByRole('textbox', { name: 'Search organizations' }).fill('organization');
  await becomes(() => drawer.getByRole('listitem').filter({ hasText: 'Branch' }).count(), 0);
  await drawer.getByRole('switch', { name: 'Organization one' }).click();
  await becomes(async () => (await shown('/robots/a-late-robot')).installedIn, ['corp-one']);
  await goTo(page, '/apps?corpId=many-220');
  await page.getByRole('button', { name: 'Create app' }).click();
  expect(await shownIn(page, 'Organization')).toBe('分公司 Branch 220');
  await page.getByRole('dialog').getByLabel('appKey').fill('a-late-app');
  await box(page, 'Organization').click();
  await page.keyboard.type('many-230');
  await becomes(() => options(page).count(), 1);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
  await page.getByText('This is shown once').waitFor();
  expect(await shown('/apps/a-late-app')).toMatchObject({ corpId: 'many-230' });
});

test(
  'a third-party app is authorized by an organization that was searched for, and tables show its name',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page } = await operator('/apps', { locale: 'zh-CN', colorScheme: 'dark', width: 390 });
    await page.getByRole('button', { name: / suite$/ }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('textbox', { name: '搜索组织' }).fill('branch 244');
    await drawer.getByRole('switch', { name: '分公司 Branch 244' }).click();
    await page.locator('tr', { hasText: '分公司 Branch 244' }).waitFor();
    await becomes(() => page.locator('.ant-spin-spinning').count(), 0);
    expect(await seriousFindings(page)).toEqual([]);
    expect((await shown('/apps/suite')).authorizedBy).toEqual(['corp-one', 'corp-two', 'many-244']);
  },
);
