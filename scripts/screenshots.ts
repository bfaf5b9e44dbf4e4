/**
 * Takes the pictures of docs/images and docs/zh/images: the pages of the built package with the demo data, as the
 * documentation and the tests name them. With a folder as its argument, it takes all pictures there: every page on a
 * phone and a desktop, light and dark.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import type { Browser, Page } from 'playwright-core';
import { launch } from '../test/e2e/support/browser.ts';
import { type Dev, shootConsole } from './console-screenshots.ts';
import { shootPages } from './page-screenshots.ts';

const root = new URL('..', import.meta.url).pathname;
const given = process.argv[2];
const folder = given ?? `${root}docs/images`;
const chinese = given === undefined ? `${root}docs/zh/images` : `${folder}/zh`;

/** A picture of a chart for a message. */
const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="320" viewBox="0 0 640 320"><rect width="640" height="320" fill="#eef4ff"/>
<g stroke="#cddcf5" stroke-width="2"><path d="M40 80h560M40 150h560M40 220h560M40 290h560"/></g>
<path d="M40 260 130 220 220 232 310 160 400 172 490 96 600 70V290H40z" fill="#1765d8" fill-opacity=".14"/>
<path d="M40 260 130 220 220 232 310 160 400 172 490 96 600 70" fill="none" stroke="#1765d8" stroke-width="5" stroke-linejoin="round"/></svg>`;

const child = spawn(process.execPath, [
  `${root}dist/cli/main.js`,
  'dev',
  '--port',
  '0',
  '--json',
  '--log-level',
  'warn',
]);
const pictures = createServer((_, answer) => answer.setHeader('content-type', 'image/svg+xml').end(picture));
const browser = await launch();
try {
  for (const each of [folder, chinese]) mkdirSync(each, { recursive: true });
  await new Promise<void>((resolve) => pictures.listen(0, '127.0.0.1', resolve));
  const dev = await startDev(child);
  await sendAll(dev, `http://127.0.0.1:${(pictures.address() as AddressInfo).port}/chart.svg`);
  await shoot(browser, dev);
  await shootConsole(browser, dev, folder);
  await shootPages(browser, dev, (...message) => sendOne(dev, ...message), { english: folder, chinese });
  if (given === undefined) removeUnused();
} finally {
  await browser.close();
  pictures.close();
  child.kill();
}

/** Removes the pictures that no page and no test names. */
function removeUnused(): void {
  const named = globSync(['*.md', 'docs/**/*.md', 'site/*.md', 'test/e2e/**/*.ts'], { cwd: root })
    .map((path) => readFileSync(root + path, 'utf8'))
    .join('\n');
  for (const path of globSync('docs/{,zh/}images/*.png', { cwd: root }))
    if (!named.includes(`/${path.slice(path.lastIndexOf('/') + 1)}`)) rmSync(root + path);
}

async function startDev({ stdout }: ChildProcess): Promise<Dev> {
  if (stdout) for await (const line of createInterface(stdout)) return JSON.parse(line) as Dev;
  throw new Error('huizhi dev ended before it listened');
}

async function post(url: string, body: object, token = ''): Promise<Readonly<Record<string, unknown>>> {
  const headers = { 'content-type': 'application/json', 'x-acs-dingtalk-access-token': token };
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Readonly<Record<string, unknown>>;
}

async function sendAll(dev: Dev, photo: string): Promise<void> {
  for (const message of messages(photo)) await sendOne(dev, '201382020', ...message);
}

async function sendOne({ url, ...dev }: Dev, userId: string, msgKey: string, param: object): Promise<void> {
  const { appKey, appSecret, robotCode } = dev;
  const { accessToken } = await post(`${url}/v1.0/oauth2/accessToken`, { appKey, appSecret });
  const body = { robotCode, userIds: [userId], msgKey, msgParam: JSON.stringify(param) };
  await post(`${url}/v1.0/robot/oToMessages/batchSend`, body, String(accessToken));
}

function messages(photo: string): readonly (readonly [msgKey: string, param: object])[] {
  const page = 'https://example.com/';
  return [
    ['sampleText', { content: '早上好，今天的值班人是林小舟。\n值班表：https://example.com/oncall' }],
    [
      'sampleMarkdown',
      {
        title: '构建通过',
        text: '### 构建通过 · main\n\n**#2481** 用时 3 分 12 秒\n\n- 单元测试 1,204 项，全部通过\n- 覆盖率 `94.1%`，上升 0.3%\n\n> 下一次发布：周四 14:00\n\n[查看详情](https://example.com/builds/2481)',
      },
    ],
    ['sampleImageMsg', { photoURL: photo }],
    [
      'sampleLink',
      {
        title: '第四季度目标',
        text: '各组的目标已经定稿，请在周五之前确认自己的部分。',
        picUrl: '',
        messageUrl: `${page}goals`,
      },
    ],
    [
      'sampleActionCard6',
      {
        title: '请假申请待审批',
        text: '**周雨晴** 申请年假 3 天\n\n12 月 2 日 – 12 月 4 日',
        buttonTitle1: '同意',
        buttonUrl1: `${page}yes`,
        buttonTitle2: '拒绝',
        buttonUrl2: `${page}no`,
      },
    ],
    ['sampleFile', { mediaId: '@a', fileName: '十一月报表.xlsx', fileType: 'xlsx' }],
    ['sampleAudio', { mediaId: '@a', duration: '14000' }],
    [
      'sampleActionCard3',
      {
        title: '发布窗口已打开',
        text: '本次包含 **12** 项改动，请选择发布方式。',
        ...Object.fromEntries(
          ['灰度发布', '全量发布', '稍后再说'].flatMap((title, index) => [
            [`actionTitle${index + 1}`, title],
            [`actionURL${index + 1}`, `${page}${index}`],
          ]),
        ),
      },
    ],
    ['sampleVideo', { videoMediaId: '@a', duration: '42', videoType: 'mp4' }],
    ['sampleText', { content: '收到请回复，谢谢!' }],
  ];
}

async function shoot(browser: Browser, { url, robotCode }: Dev): Promise<void> {
  for (const [size, viewport] of Object.entries({
    desktop: { width: 1280, height: 800 },
    phone: { width: 360, height: 740 },
  })) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport, colorScheme, locale: 'zh-CN', deviceScaleFactor: 1.5 });
      const page = await context.newPage();
      const shot = async (name: string) => page.screenshot({ path: `${folder}/${name}-${size}-${colorScheme}.png` });
      await page.goto(url);
      await page.locator('.people button').first().waitFor();
      await shot('sign-in');
      await page.locator('.people button', { hasText: '201382020' }).click();
      await page.locator('.conversations .row').first().waitFor();
      if (size === 'phone') await shot('inbox-list');
      await page.goto(`${url}/#${robotCode}`);
      await waitForImages(page);
      await shot('inbox');
      await page.locator('.to-end').click();
      await page.locator('.buttons').last().scrollIntoViewIfNeeded();
      await waitForImages(page);
      await shot('inbox-cards');
      await context.close();
    }
  }
}

/** Waits until the pictures of the messages in view have loaded. */
async function waitForImages(page: Page): Promise<void> {
  await page.locator('.thread .message').first().waitFor();
  // Not by waitForFunction, which evaluates a text within the page: its policy forbids that.
  await page.evaluate(
    'Promise.all([...document.images].filter((one) => one.offsetParent).map((one) => one.decode().catch(() => {})))',
  );
}
