/** Pictures for the pages of the documentation, with the inbox and the console in the language of the page. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Dev } from './console-screenshots.ts';

type Language = { readonly folder: string; readonly locale: string; readonly userId: string; readonly texts: Texts };
type Message = readonly [msgKey: string, param: Readonly<Record<string, string>>];
type Texts = readonly [Message, ...Message[]];

const english: Texts = [
  ['sampleText', { content: 'Good morning. Lin is on call today.' }],
  [
    'sampleMarkdown',
    {
      title: 'Build passed',
      text: '### Build passed · main\n\n**#2481** took 3 min 12 s\n\n- 1,204 unit tests, all passed\n- coverage `94.1%`, up 0.3%\n\n> Next release: Thursday, 14:00',
    },
  ],
  [
    'sampleActionCard6',
    {
      title: 'Leave request',
      text: '**Zhou** asks for 3 days of leave\n\n2 December – 4 December',
      buttonTitle1: 'Approve',
      buttonUrl1: 'https://example.com/yes',
      buttonTitle2: 'Reject',
      buttonUrl2: 'https://example.com/no',
    },
  ],
];

const chinese: Texts = [
  ['sampleText', { content: '早上好，今天的值班人是林小舟。' }],
  [
    'sampleMarkdown',
    {
      title: '构建通过',
      text: '### 构建通过 · main\n\n**#2481** 用时 3 分 12 秒\n\n- 单元测试 1,204 项，全部通过\n- 覆盖率 `94.1%`，上升 0.3%\n\n> 下一次发布：周四 14:00',
    },
  ],
  [
    'sampleActionCard6',
    {
      title: '请假申请待审批',
      text: '**周雨晴** 申请年假 3 天\n\n12 月 2 日 – 12 月 4 日',
      buttonTitle1: '同意',
      buttonUrl1: 'https://example.com/yes',
      buttonTitle2: '拒绝',
      buttonUrl2: 'https://example.com/no',
    },
  ],
];

type Send = (userId: string, msgKey: string, param: object) => Promise<void>;

/** Takes each picture in both languages; the console already has a week of messages. */
export async function shootPages(
  browser: Browser,
  dev: Dev,
  send: Send,
  folders: { readonly english: string; readonly chinese: string },
): Promise<void> {
  const languages: readonly Language[] = [
    { folder: folders.english, locale: 'en-GB', userId: 'user017', texts: english },
    { folder: folders.chinese, locale: 'zh-CN', userId: 'user018', texts: chinese },
  ];
  for (const { folder, locale, userId, texts } of languages) {
    for (const [msgKey, param] of texts) await send(userId, msgKey, param);
    const look = { colorScheme: 'light', locale, reducedMotion: 'reduce' } as const;
    const context = await browser.newContext({ ...look, viewport: { width: 1120, height: 700 } });
    await shootInbox(context, dev, userId, `${folder}/inbox.png`);
    await shootPlaces(context, dev, texts[0][1].content ?? '', (name) => `${folder}/${name}.png`);
    await context.close();
  }
}

async function shootInbox(
  context: BrowserContext,
  { url, robotCode }: Dev,
  userId: string,
  path: string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('.people button', { hasText: userId }).click();
  await page.locator('.conversations .row').first().waitFor();
  await page.goto(`${url}/#${robotCode}`);
  await page.locator('.thread .message').first().waitFor();
  await page.screenshot({ path });
}

async function shootPlaces(
  context: BrowserContext,
  { url, adminToken }: Dev,
  text: string,
  path: (name: string) => string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/console`);
  await page.locator('input[type=password]').fill(adminToken);
  await page.keyboard.press('Enter');
  await page.locator('.head h1').waitFor();
  for (const place of ['compose', 'unread', 'emulator']) {
    await page.goto(`${url}/console/${place}`);
    await settled(page);
    if (place === 'compose') {
      await page.setViewportSize({ width: 1120, height: 920 });
      await page.locator('textarea').first().fill(text);
      await page.locator('.preview .bubble').waitFor();
    }
    await page.screenshot({ path: path(place) });
    await page.setViewportSize({ width: 1120, height: 700 });
  }
  await page.goto(`${url}/console/messages`);
  await page.locator('.list-row a', { hasText: '新版员工手册已发布' }).first().click();
  await page.locator('.plot canvas').waitFor();
  await page.mouse.move(0, 0);
  await page.setViewportSize({ width: 1120, height: 900 });
  await page.screenshot({ path: path('message') });
}

async function settled(page: Page): Promise<void> {
  await page.locator('.head h1').waitFor();
  await page.locator('.list-row, .ant-empty, .clock, .preview').first().waitFor();
  await page.locator('.ant-skeleton, .ant-spin-spinning').first().waitFor({ state: 'detached' });
}
