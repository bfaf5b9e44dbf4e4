import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { pdf, png } from '../../conformance/support/files.ts';
import { listen, talkWorld } from '../../conformance/support/talk.ts';
import { textOf } from '../../conformance/support/webhooks.ts';
import { bearer } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { between } from '../support/between.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';

const suite = await pages();
const { needsBrowser, opened, sent, server, visitor } = suite;
const { emotion, group, inboxOf, reply, signIn } = talkWorld(suite);

const slow = { timeout: 90_000 };
const phone = { viewport: { width: 360, height: 740 } };

const bubble = (page: Page, hasText: string) => page.locator('.chunk .bubble', { hasText });
const field = (page: Page) => page.locator('.compose textarea');
const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
const pathOf = (openConversationId: string) => encodeURIComponent(`group:${openConversationId}`);

/** The texts that are in the inbox of a person, oldest first. */
const textsOf = async (userId: string) =>
  (await inboxOf(await signIn(userId), { limit: '100' })).messages
    .toReversed()
    .map(({ msgParam }) => (JSON.parse(msgParam ?? '{}') as { content?: string }).content);

test(
  'an echo bot answers who writes in the inbox, by keyboard, and without a bot the page says so',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u01', 'robot-one');
    const keys = keyboard(page);
    await keys.goTo('Message to Name of robot-one');
    await keys.type('anybody?');
    await keys.press('Enter');
    await page.getByText('No program listens for Name of robot-one').waitFor();
    const robot = await listen(server);
    await keys.type('first line');
    await keys.press('Shift+Enter');
    await keys.type('second line');
    await keys.press('Enter');
    const heard = await robot.next();
    expect(heard.text).toEqual({ content: 'first line\nsecond line' });
    await reply(heard, { msgtype: 'markdown', markdown: { title: 'Echo', text: '**first line**, I heard' } });
    await page.locator('.markdown', { hasText: 'first line, I heard' }).waitFor();
    await becomes(() => page.getByText('No program listens').isVisible(), false);
    expect(await page.locator('.is-own').count()).toBe(2);
    expect(await page.locator('.is-own').first().textContent()).not.toContain('Unread');
    await becomes(() => field(page).inputValue(), '');
    const { conversationId: openConversationId, msgId: openMsgId } = heard;
    await emotion('reply', { robotCode: 'robot-one', openConversationId, openMsgId, emotionName: '👀' });
    await page.locator('.is-own .emotion', { hasText: '👀' }).waitFor();
    await keys.goTo('Quote this message of Name of robot-one', 'Shift+Tab');
    await keys.press('Enter');
    await page.locator('.quote-chip', { hasText: 'Echo' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await keys.goTo('Message to Name of robot-one');
    await keys.type('thanks');
    await keys.press('Enter');
    await page.locator('.is-own .quoted', { hasText: 'Name of robot-one: Echo' }).waitFor();
    expect(await robot.next()).toMatchObject({
      originalProcessQueryKey: expect.any(String),
      text: { isReplyMsg: true },
    });
    expect(keys.unseen()).toEqual([]);
    await page.reload();
    await page.locator('.is-own .emotion', { hasText: '👀' }).waitFor();
    expect(await page.locator('.is-own').count()).toBe(3);
  },
);

test('in a group, a name is suggested after @, and the robot and the others get the message', slow, async (context) => {
  needsBrowser(context);
  const openConversationId = await group({
    title: 'Builders',
    members: ['u02', 'u03'],
    robots: ['robot-one', 'robot-more'],
  });
  const robot = await listen(server);
  const page = await opened('u02', pathOf(openConversationId));
  const other = await opened('u03', pathOf(openConversationId));
  await field(page).click();
  await page.keyboard.type('hello @');
  await page.getByRole('option', { name: 'Name of robot-one' }).waitFor();
  const options = ['Name of robot-oneRobot', 'Name of robot-moreRobot', 'Name of u02', 'Name of u03'];
  await becomes(() => page.getByRole('option').allTextContents(), options);
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.type('more');
  await page.keyboard.press('Escape');
  await becomes(() => page.getByRole('option').count(), 0);
  for (const _ of 'more') await page.keyboard.press('Backspace');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await becomes(() => field(page).inputValue(), 'hello @Name of robot-one ');
  await page.keyboard.type('and @u03');
  await page.getByRole('option', { name: 'Name of u03' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  const heard = await robot.next();
  expect(heard).toMatchObject({ robotCode: 'robot-one', text: { content: 'hello  and  ' }, isInAtList: true });
  expect(heard.atUsers).toHaveLength(2);
  await other.locator('.sender', { hasText: 'Name of u02' }).waitFor();
  await becomes(() => other.locator('.bubble .mention').allTextContents(), ['@Name of robot-one', '@Name of u03']);
  await field(other).fill('I am here');
  await field(other).press('Enter');
  await bubble(page, 'I am here').waitFor();
  expect(await page.locator('.is-own').count()).toBe(1);
});

test('pictures and files are sent from the page; in a group only pictures', slow, async (context) => {
  needsBrowser(context);
  const robot = await listen(server);
  const page = await opened('u04', 'robot-one');
  const choose = async (name: string, mimeType: string, buffer: Buffer) =>
    page.locator('.compose input[aria-label="File to send"]').setInputFiles({ name, mimeType, buffer });
  await choose('plan.png', 'image/png', png);
  await page.locator('.is-own img').waitFor();
  expect(await robot.next()).toMatchObject({ msgtype: 'picture' });
  await choose('报告.pdf', 'application/pdf', pdf);
  await page.locator('.is-own .media', { hasText: '报告.pdf' }).waitFor();
  expect(await robot.next()).toMatchObject({ msgtype: 'file', content: { fileName: '报告.pdf' } });
  await choose('bad.pdf', 'application/pdf', Buffer.from('no pdf'));
  const failed = page.locator('.outgoing li', { hasText: 'bad.pdf' });
  await failed.getByText('this content or type of file is not supported').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await failed.getByRole('button', { name: 'Discard' }).click();
  await becomes(() => page.locator('.outgoing').count(), 0);
  const inGroup = await opened('u04', pathOf(await group({ members: ['u04', 'u05'] })));
  await inGroup
    .locator('.compose input[aria-label="File to send"]')
    .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf });
  await inGroup.getByText('only pictures can be sent').waitFor();
});

/** Pastes a picture into the field that has the focus. */
const pastePicture = (page: Page, base64: string) =>
  page.evaluate(`{
    const clipboardData = new DataTransfer();
    const bytes = Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0));
    clipboardData.items.add(new File([bytes], 'pasted.png', { type: 'image/png' }));
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }`);

test('texts and pictures are written on a phone and sent as one message of a group', slow, async (context) => {
  needsBrowser(context);
  const openConversationId = await group({ members: ['u11', 'u12'], robots: ['robot-one'] });
  const robot = await listen(server);
  const page = await opened('u11', pathOf(openConversationId), phone);
  const pictures = page.locator('.compose input[type=file][multiple]');
  const plan = { name: 'plan.png', mimeType: 'image/png', buffer: png };
  await field(page).fill('@Name of robot-one compare ');
  await pictures.setInputFiles(plan);
  await becomes(() => field(page).inputValue(), '@Name of robot-one compare [Image 1] ');
  await page.keyboard.type('with ');
  await pastePicture(page, png.toString('base64'));
  await page.keyboard.type('please');
  await becomes(() => field(page).inputValue(), '@Name of robot-one compare [Image 1] with [Image 2] please');
  await pictures.setInputFiles([plan, { ...plan, name: 'notes.txt', mimeType: 'text/plain' }]);
  await page.getByRole('alert').filter({ hasText: 'Only JPEG, PNG, GIF and BMP images' }).waitFor();
  await becomes(() => page.locator('.draft-picture .thumbnail').count(), 2);
  expect(await overflow(page)).toBe(0);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove [Image 1]' }).click();
  await becomes(() => field(page).inputValue(), '@Name of robot-one compare with [Image 2] please');
  await page.keyboard.press('Enter');
  const downloadCode = expect.any(String);
  expect(await robot.next()).toMatchObject({
    msgtype: 'richText',
    content: {
      richText: [{ text: '@Name of robot-one compare with ' }, { downloadCode, type: 'picture' }, { text: ' please' }],
    },
  });
  await page.locator('.is-own .rich img').waitFor();
  await becomes(() => page.locator('.outgoing, .draft-picture').count(), 0);
  const other = await opened('u12', pathOf(openConversationId));
  await other.locator('.rich img').waitFor();
  expect(await other.locator('.rich .mention').allTextContents()).toEqual(['@Name of robot-one']);
});

test('what is written while the network fails appears at once, and is sent once', slow, async (context) => {
  needsBrowser(context);
  const proxy = await between(server.url);
  const there = await visitor({ baseURL: proxy.url });
  await there.addCookies([inboxSession(await signIn('u06'), proxy.url)]);
  const page = await there.newPage();
  await page.goto(`${proxy.url}/#robot-one`);
  const path = `/inbox/v1/conversations/${encodeURIComponent('robot:robot-one')}/messages`;
  await field(page).waitFor();
  for (const fate of ['cut', 'refused', 'delayed'] as const) {
    proxy.fates.set(path, fate);
    await field(page).fill(`written while ${fate}`);
    await field(page).press('Enter');
    await page
      .locator('.bubble', { hasText: `written while ${fate}` })
      .first()
      .waitFor();
    if (fate === 'delayed') {
      await becomes(async () => proxy.isDelayed(path), true);
      proxy.cut(path);
    }
    await becomes(() => page.locator('.outgoing').count(), 0);
  }
  await there.setOffline(true);
  await field(page).fill('offline');
  await field(page).press('Enter');
  await page.getByText('Waiting for the connection').waitFor();
  await there.setOffline(false);
  await bubble(page, 'offline').waitFor();
  const texts = ['written while cut', 'written while refused', 'written while delayed', 'offline'];
  await becomes(() => textsOf('u06'), texts);
  await becomes(() => page.locator('.is-own .bubble').allTextContents(), texts);
});

test('links of robots that send a text show it, and send it on a click alone; others do not', slow, async (context) => {
  needsBrowser(context);
  const robot = await listen(server);
  const link = (text: string) => `dtmd://dingtalkclient/sendMessage?content=${encodeURIComponent(text)}`;
  const text = `[approve](${link('approve <b>7</b>')}) [evil](${link('x'.repeat(1001))}) [web](https://example.com)`;
  const buttons = { singleTitle: 'Deploy', singleURL: link('deploy now') };
  await sent({ userIds: ['u07'], msgKey: 'sampleMarkdown', msgParam: JSON.stringify({ title: 'T', text }) });
  await sent({
    userIds: ['u07'],
    msgKey: 'sampleActionCard',
    msgParam: JSON.stringify({ title: 'T', text: 'x', ...buttons }),
  });
  const page = await opened('u07', 'robot-one');
  const approve = page.getByRole('button', { name: 'approve approve <b>7</b>' });
  await approve.waitFor();
  expect(await page.locator('.say-link').allTextContents()).toEqual(['approve approve <b>7</b>', 'Deploy deploy now']);
  expect(await page.locator('.markdown a[href]').allTextContents()).toEqual(['web']);
  expect(await seriousFindings(page)).toEqual([]);
  expect(robot.count()).toBe(0);
  await approve.click();
  expect(await robot.next()).toMatchObject({ text: { content: 'approve <b>7</b>' }, senderStaffId: 'u07' });
  await page.getByRole('button', { name: 'Deploy deploy now' }).click();
  expect((await robot.next()).text).toEqual({ content: 'deploy now' });
  await bubble(page, 'deploy now').waitFor();
});

test(
  'on a Chinese phone: hostile texts, right-to-left names, and a conversation that has ended',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u08', 'robot-one', { ...phone, locale: 'zh-CN' });
    const hostile = `<img src=x onerror="window.hit=1"> **x** فريق \u202e ${'长'.repeat(300)} https://example.com/${'a'.repeat(200)}`;
    await page.getByRole('textbox', { name: '发消息到“Name of robot-one”' }).fill(hostile);
    await page.getByRole('button', { name: '发送', exact: true }).click();
    await page.locator('.chunk .is-own .bubble').waitFor();
    await page.getByText('目前没有程序在接收Name of robot-one的消息').waitFor();
    expect(await page.evaluate('window.hit')).toBeUndefined();
    expect(await overflow(page)).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    const robot = await listen(server);
    await field(page).fill('在吗');
    await field(page).press('Enter');
    const heard = await robot.next();
    await reply(heard, textOf('<script>window.hit=2</script> שלום'));
    await bubble(page, 'שלום').waitFor();
    expect(await page.evaluate('window.hit')).toBeUndefined();
    await field(page).fill('字'.repeat(7000));
    await field(page).press('Enter');
    await page.getByText('内容过长').waitFor();
    expect(await overflow(page)).toBe(0);
  },
);

test('an upload from another site is refused', async () => {
  const headers = { ...bearer(await signIn('u09')), 'sec-fetch-site': 'cross-site' };
  const refused = await fetch(`${server.url}/inbox/v1/media?type=image`, { method: 'PUT', headers, body: png });
  expect(refused.status).toBe(403);
});
