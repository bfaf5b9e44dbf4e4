import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import * as files from '../../conformance/support/files.ts';
import { uploaded } from '../../conformance/support/media.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';

// Remote pictures are blocked, to show that files of this server are not.
const { needsBrowser, opened, receipt, sent, server, tokenOf } = await pages({ remotePictures: 'block' });

const slow = { timeout: 90_000 };

async function send(
  userId: string,
  type: string,
  bytes: Uint8Array,
  message: (mediaId: string) => [string, object],
  name = 'a.bin',
) {
  const mediaId = await uploaded(server, await tokenOf(), type, bytes, name);
  const [msgKey, param] = message(mediaId);
  return sent({ userIds: [userId], msgKey, msgParam: JSON.stringify(param) });
}

const picture = (photoURL: string): [string, object] => ['sampleImageMsg', { photoURL }];
const voice = (mediaId: string): [string, object] => ['sampleAudio', { mediaId, duration: '3000' }];
const video = (videoMediaId: string): [string, object] => ['sampleVideo', { videoMediaId, duration: '60' }];
const file = (mediaId: string): [string, object] => [
  'sampleFile',
  { mediaId, fileName: '报告.docx', fileType: 'docx' },
];

/** Collects what the browser refuses or fails to do. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  return complaints;
}

test('a picture opens in a viewer; Escape closes it, and the focus returns', slow, async (context) => {
  needsBrowser(context);
  const key = await send('u01', 'image', files.png, picture);
  const page = await opened('u01', 'robot-one');
  const complaints = complaintsOf(page);
  await page.locator('.message button.picture img').waitFor();
  await becomes(() => page.evaluate<number>("document.querySelector('button.picture img').naturalWidth"), 1);
  const keys = keyboard(page);
  await page.locator('.message button.picture').focus();
  await keys.press('Enter');
  const viewer = page.getByRole('dialog', { name: 'Image' });
  await viewer.waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await keys.press('Escape');
  await becomes(() => viewer.count(), 0);
  expect(await page.evaluate("document.activeElement.matches('button.picture')")).toBe(true);
  await page.locator('.message button.picture').click();
  await page.getByRole('button', { name: 'Close' }).click();
  await becomes(() => viewer.count(), 0);
  await becomes(async () => (await receipt(key)).messageReadInfoList[0]?.readStatus, 'READ');
  expect(complaints).toEqual([]);
});

test('a voice message plays, also from the middle', slow, async (context) => {
  needsBrowser(context);
  await send('u02', 'voice', files.wav(60), voice);
  const page = await opened('u02', 'robot-one');
  const complaints = complaintsOf(page);
  await page.locator('.message audio').waitFor();
  const audio = "document.querySelector('.message audio')";
  await becomes(() => page.evaluate<number>(`Math.round(${audio}.duration)`), 60);
  await page.evaluate(`Object.assign(${audio}, { muted: true, currentTime: 50 }).play()`);
  await becomes(() => page.evaluate<boolean>(`${audio}.currentTime > 50`), true);
  expect(complaints).toEqual([]);
});

test('what a browser cannot play, and a document, can be downloaded under its name', slow, async (context) => {
  needsBrowser(context);
  await send('u03', 'voice', files.amr, voice);
  await send('u03', 'file', files.docx, file, 'upload.docx');
  const page = await opened('u03', 'robot-one');
  expect(await page.locator('.message audio').count()).toBe(0);
  const links = page.locator('.message a.media-download');
  await becomes(() => links.count(), 2);
  const downloading = page.waitForEvent('download');
  await links.last().click();
  expect((await downloading).suggestedFilename()).toMatch(/\.docx$/);
  await becomes(() => page.locator('.media-words small').last().textContent(), `DOCX · ${files.docx.length} B`);
});

test('an unknown or deleted file shows a placeholder, and its message can be read', slow, async (context) => {
  needsBrowser(context);
  const keys: string[] = [];
  for (const [msgKey, param] of [picture('@none'), voice('@none'), video('$none'), file('@none')]) {
    keys.push(await sent({ userIds: ['u04'], msgKey, msgParam: JSON.stringify(param) }));
  }
  const mediaId = await uploaded(server, await tokenOf(), 'image', files.png);
  keys.push(
    await sent({ userIds: ['u04'], msgKey: 'sampleImageMsg', msgParam: JSON.stringify({ photoURL: mediaId }) }),
  );
  const headers = { authorization: `Bearer ${server.adminToken}` };
  await server.call('DELETE', `/console/v1/media/${mediaId}`, { query: { corpId: 'corp-one' }, headers });
  const page = await opened('u04', 'robot-one', { viewport: { width: 1100, height: 900 } });
  await becomes(
    () => page.locator('.media-words small').allTextContents(),
    [
      'This image cannot be shown',
      '0:03 · Not available',
      '1:00 · Not available',
      'DOCX · Not available',
      'This image cannot be shown',
    ],
  );
  expect(await page.locator('.message :is(img, audio, video, a)').count()).toBe(0);
  for (const key of keys) await becomes(async () => (await receipt(key)).messageReadInfoList[0]?.readStatus, 'READ');
});

test('hostile names and ids stay text, and nothing outside is requested', slow, async (context) => {
  needsBrowser(context);
  const page = await opened('u05', 'robot-one');
  const requested: string[] = [];
  page.on('request', (request) => requested.push(request.url()));
  const name = '<img src=x onerror=alert(1)>\u202egnp.exe"\'';
  await send(
    'u05',
    'file',
    files.pdf,
    (mediaId) => ['sampleFile', { mediaId, fileName: name, fileType: '<b>x' }],
    'a"><script>.pdf',
  );
  for (const id of [
    '@../../console/v1/apps',
    '@https://evil.example/x',
    'javascript:alert(1)',
    '@a?b#c',
    `@${'x'.repeat(5000)}`,
  ]) {
    await sent({ userIds: ['u05'], msgKey: 'sampleImageMsg', msgParam: JSON.stringify({ photoURL: id }) });
    await sent({
      userIds: ['u05'],
      msgKey: 'sampleVideo',
      msgParam: JSON.stringify({ videoMediaId: id, picMediaId: id }),
    });
  }
  await becomes(() => page.locator('.media-download').count(), 1);
  await becomes(() => page.locator('.message .media').count(), 11);
  expect(await page.locator('.message :is(img, script, b b)').count()).toBe(0);
  const outside = requested.filter((url) => !url.startsWith(server.url) || /\/media\/(?!%40[\w-]{32}$)/.test(url));
  expect(outside).toEqual([]);
});

test.each([
  ['en-GB', 'light'],
  ['zh-CN', 'dark'],
] as const)('media are accessible on a phone (%s, %s)', slow, async (locale, colorScheme) => {
  const person = locale === 'zh-CN' ? 'u06' : 'u07';
  await send(person, 'image', files.png, picture);
  await send(person, 'voice', files.wav(2), voice);
  await send(person, 'video', files.mp4, video);
  await send(person, 'file', files.docx, file);
  const page = await opened(person, 'robot-one', { locale, colorScheme, viewport: { width: 375, height: 720 } });
  await page.locator('.message button.picture').waitFor();
  await page.locator('.message audio').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.locator('.message button.picture').click();
  await page.getByRole('button', { name: locale === 'zh-CN' ? '关闭' : 'Close' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
});
