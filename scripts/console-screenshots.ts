/** Pictures of the console, with a week of messages and readers of different speed. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** What `huizhi dev --json` prints. */
export type Dev = {
  readonly url: string;
  readonly appKey: string;
  readonly appSecret: string;
  readonly robotCode: string;
  readonly adminToken: string;
};

const places = [
  ...['', 'messages', 'compose', 'unread', 'organizations', 'users', 'apps', 'robots', 'audit'],
  ...['connect', 'emulator', 'requests'],
];

const texts = [
  '今晚 23:00 至次日 1:00 进行服务器维护',
  '季度总结会议改到周四上午十点',
  '请在周五之前提交报销单',
  '新版员工手册已发布',
  '本周值班表',
];

/** Some read immediately, some during the day, some never. */
const readers = [
  ...['user001', 'user004', 'user007', 'user010', 'user013'].map((userId) => ({ userId, after: '3m', probability: 1 })),
  ...['user002', 'user005', 'user008', 'user011'].map((userId) => ({ userId, after: '25m', probability: 0.9 })),
  ...['user003', 'user006', 'user009', 'user012'].map((userId) => ({ userId, after: '2h', probability: 0.8 })),
  { userId: '*', after: '7h', probability: 0.5 },
];

/** Signs in in both languages, and takes a picture of every page. */
export async function shootConsole(browser: Browser, dev: Dev, folder: string): Promise<void> {
  await sendForAWeek(dev);
  const desktop = { width: 1280, height: 800 };
  const phone = { width: 390, height: 844 };
  for (const [size, viewport, colorScheme, locale] of [
    ['desktop', desktop, 'light', 'zh-CN'],
    ['desktop', desktop, 'dark', 'en-GB'],
    ['phone', phone, 'light', 'zh-CN'],
    ['phone', phone, 'dark', 'en-GB'],
  ] as const) {
    const look = { viewport, colorScheme, locale, reducedMotion: 'reduce' } as const;
    const context = await browser.newContext(look);
    await shootAll(context, dev, viewport, (name) => `${folder}/console-${name}-${size}-${colorScheme}.png`);
    await context.close();
  }
}

async function shootAll(
  context: BrowserContext,
  { url, adminToken }: Dev,
  viewport: { readonly width: number; readonly height: number },
  path: (name: string) => string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/console`);
  await page.waitForLoadState('networkidle');
  await page.locator('input[type=password]').waitFor();
  await page.screenshot({ path: path('sign-in') });
  await page.locator('input[type=password]').fill(adminToken);
  await page.keyboard.press('Enter');
  await page.locator('.head h1').waitFor();
  for (const place of places) {
    await page.goto(`${url}/console/${place}`);
    await waitForImages(page);
    if (place === '') await stretchWindow(page);
    await page.screenshot({ path: path(place || 'overview') });
    await page.setViewportSize(viewport);
  }
  await page.goto(`${url}/console/messages`);
  await page.locator('.list-row a').nth(2).click();
  await page.locator('.live.on').waitFor();
  await page.locator('.plot canvas').waitFor();
  await page.mouse.move(0, 0);
  await stretchWindow(page);
  await page.screenshot({ path: path('message') });
}

/** Sets the height of the window to that of the content, so that the picture has the plots and the whole navigation. */
async function stretchWindow(page: Page): Promise<void> {
  const height = await page.evaluate<number>('document.documentElement.scrollHeight');
  await page.setViewportSize({ width: page.viewportSize()?.width ?? 0, height });
}

async function waitForImages(page: Page): Promise<void> {
  await page.locator('.head h1').waitFor();
  await page.locator('.figure, .list-row, .ant-empty, .clock, .preview, pre.text').first().waitFor();
  await page.locator('.ant-skeleton, .ant-spin-spinning').first().waitFor({ state: 'detached' });
}

async function sendForAWeek(dev: Dev): Promise<void> {
  const { url, appKey, appSecret, robotCode } = dev;
  await ask('PUT', `${url}/emulator/v1/readers`, { readers });
  const headers = { authorization: `Bearer ${dev.adminToken}` };
  await ask('POST', `${url}/console/v1/organizations`, { corpId: 'dingcorp0003', name: '第三家公司' }, headers);
  await ask('PUT', `${url}/console/v1/robots/${robotCode}`, { perUserPerMinute: 20, perUserPerDay: 500 }, headers);
  for (let index = 0; index < 60; index++) {
    const { accessToken } = await ask('POST', `${url}/v1.0/oauth2/accessToken`, { appKey, appSecret });
    const userIds = Array.from({ length: 4 + ((index * 7) % 12) }, (_, each) => codeOf(1 + ((index + each) % 16)));
    const msgParam = JSON.stringify({ content: texts[index % texts.length] });
    const body = { robotCode, userIds, msgKey: 'sampleText', msgParam };
    await ask('POST', `${url}/v1.0/robot/oToMessages/batchSend`, body, { 'x-acs-dingtalk-access-token': accessToken });
    await ask('POST', `${url}/emulator/v1/clock`, { advance: `${60 + ((index * 37) % 200)}m` });
  }
}

const codeOf = (number: number) => `user${String(number).padStart(3, '0')}`;

type Answer = Readonly<Record<string, string>>;

async function ask(
  method: string,
  url: string,
  body: object,
  headers: Record<string, string | undefined> = {},
): Promise<Answer> {
  const all = { 'content-type': 'application/json', ...headers } as Record<string, string>;
  const answer = await fetch(url, { method, headers: all, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
