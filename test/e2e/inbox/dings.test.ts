import type { Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { dingWorld, readListOf } from '../../conformance/support/dings.ts';
import { ok } from '../../conformance/support/world.ts';
import { sample } from '../../support/long.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';

const suite = await pages();
const { needsBrowser, opened } = suite;
const { ask, dinged, outbox, recallDing, statuses } = dingWorld(suite);

const slow = { timeout: 90_000 };
const phone = { viewport: { width: 360, height: 740 } };

const readStatus = async (openDingId: string) => readListOf(ok(await statuses(openDingId)))[0]?.readStatus;
const count = (page: Page) => page.locator('.ding').count();

/** The inbox of a person with one DING, on a clock that the test moves. */
async function reader(context: TestContext, userId: string, content: string, look: object = {}) {
  needsBrowser(context);
  const openDingId = await dinged({ receiverUserIdList: [userId], content });
  const page = await opened(userId, '', look);
  await page.clock.install();
  await page.reload();
  await page.locator('.ding').waitFor();
  return { page, openDingId };
}

test(
  'a DING arrives on top of the open inbox, is read once it was seen, and stays until it is dismissed',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u01', 'robot-one');
    await page.locator('.thread').waitFor();
    const openDingId = await dinged({ receiverUserIdList: ['u01'], content: 'Disk full, see https://example.com/d' });
    await page.locator('.ding', { hasText: 'Disk full' }).waitFor();
    expect(await page.locator('[role=alert]', { hasText: 'DING from Name of robot-one: Disk full' }).count()).toBe(1);
    await becomes(() => readStatus(openDingId), 'READ');
    expect(await page.locator('.ding a').getAttribute('href')).toBe('https://example.com/d');
    await page.locator('.ding', { hasText: 'Read ' }).waitFor();
    const { deliveries } = await outbox({ limit: '1' });
    expect(deliveries[0]).toMatchObject({ userId: 'u01', state: 'read' });
    await page.getByRole('button', { name: 'Got it' }).click();
    await becomes(() => count(page), 0);
    await page.reload();
    await page.locator('.row').first().waitFor();
    expect(await count(page)).toBe(0);
  },
);

test('a DING that does not fit is unread until its end was seen', slow, async (context) => {
  const lines = Array.from({ length: 80 }, (_, i) => `line ${i}`).join('\n');
  const { page, openDingId } = await reader(context, 'u02', lines);
  await page.clock.runFor(60_000);
  expect(await readStatus(openDingId)).toBe('UNREAD');
  const panel = "document.querySelector('.dings')";
  const isAtEnd = () =>
    page.evaluate<boolean>(`(({ scrollTop, clientHeight, scrollHeight }) =>
    scrollTop + clientHeight >= scrollHeight - 1)(${panel})`);
  // On a busy machine the page's clock may run ahead of what it has noticed of a step; a reader then scrolls once more.
  const scrollThrough = async () => {
    await page.evaluate(`${panel}.scrollTo(0, 0)`);
    await page.clock.runFor(1500);
    while (!(await isAtEnd())) {
      await page.evaluate(`${panel}.scrollBy(0, 100)`);
      await page.clock.runFor(1500);
    }
    await page.clock.runFor(3000);
    return readStatus(openDingId);
  };
  await becomes(scrollThrough, 'READ');
});

test('on a phone a DING is above the list and above a conversation', slow, async (context) => {
  const { page } = await reader(context, 'u03', 'On the phone', phone);
  const isOnTop = async () => (await page.locator('.ding').boundingBox())?.y ?? 999;
  expect(await isOnTop()).toBeLessThan(60);
  await page.locator('.row', { hasText: 'Name of robot-one' }).click();
  await page.locator('.thread').waitFor();
  expect(await isOnTop()).toBeLessThan(60);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
  expect(await page.evaluate<number>('document.documentElement.scrollHeight - innerHeight')).toBe(0);
});

test('a DING is read and dismissed by keyboard alone, with a visible focus', slow, async (context) => {
  const long = Array.from({ length: 80 }, (_, i) => `line ${i}`).join('\n');
  const { page, openDingId } = await reader(context, 'u04', long);
  await page.clock.resume();
  const keys = keyboard(page);
  await keys.goTo('End of the message. Mark as read');
  await becomes(() => readStatus(openDingId), 'READ');
  await keys.goTo(/^Got it/);
  await keys.press('Enter');
  await becomes(() => count(page), 0);
  expect(keys.unseen()).toEqual([]);
});

test('a DING that is recalled, or read on another page, disappears', slow, async (context) => {
  const { page, openDingId } = await reader(context, 'u05', 'Will be recalled');
  ok(await recallDing(openDingId));
  await becomes(() => count(page), 0);
  const other = await dinged({ receiverUserIdList: ['u05'], content: 'Will be read' });
  await page.locator('.ding', { hasText: 'Will be read' }).waitFor();
  await suite.emulate('POST', 'dings/read', { openDingId: other });
  await becomes(() => count(page), 0);
});

test('the title counts unread DINGs', slow, async (context) => {
  const { page } = await reader(context, 'u06', Array(200).fill('line').join('\n'));
  await becomes(() => page.title(), '(1) Inbox · huizhi');
});

const hostile = '<img src=x onerror="window.hit=1"><script>window.hit=1</script> javascript:alert(1) &lt;b&gt; {{1+1}}';

test('a hostile text and a very long word are shown as text, inside the panel', slow, async (context) => {
  const { page } = await reader(context, 'u07', `${hostile} ${'x'.repeat(3000)}\u202e gnitset`, phone);
  expect(await page.locator('.ding-text').textContent()).toContain(hostile);
  expect(await page.locator('.ding-text :is(img, script, a)').count()).toBe(0);
  expect(await page.evaluate('window.hit')).toBeUndefined();
  expect(await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')).toBe(0);
});

/** Each theme in both languages; in an ordinary run each theme and each language once. */
const looks = (['light', 'dark'] as const).flatMap((colorScheme, i) => {
  const english = { colorScheme, locale: 'en-GB', width: 1100 };
  const chinese = { colorScheme, locale: 'zh-CN', width: 360 };
  return sample([english, chinese], 2, i);
});

test.for(looks)('axe finds no serious problem with $colorScheme DINGs in $locale', slow, async (look, context) => {
  needsBrowser(context);
  const { colorScheme, locale, width } = look;
  const receiverUserIdList = [`u${looks.indexOf(look) + 10}`];
  for (const remindType of [1, 2, 3]) await dinged({ remindType, receiverUserIdList, content: 'Disk full' });
  const [userId = ''] = receiverUserIdList;
  const page = await opened(userId, 'robot-one', {
    colorScheme,
    locale,
    viewport: { width, height: 740 },
    reducedMotion: 'reduce',
  });
  await becomes(() => count(page), 3);
  expect(await seriousFindings(page)).toEqual([]);
  const tags = await page.locator('.ding-tag').allTextContents();
  expect(tags).toEqual(
    locale === 'zh-CN' ? ['电话 DING', '短信 DING', 'DING'] : ['DING by phone', 'DING by SMS', 'DING'],
  );
});

test(
  'quick entries of a robot open a page or send their text, and dangerous ones are left out',
  slow,
  async (context) => {
    needsBrowser(context);
    const entry = (name: object, pcUrl: string) => ({ icon: '@i', name: JSON.stringify(name), pcUrl });
    const robotCode = 'robot-more';
    const pluginInfoList = [
      entry({ zh_CN: '帮助', en_US: 'Help' }, 'https://example.com/help'),
      entry({ zh_CN: '危险' }, 'javascript:alert(1)'),
      entry({ en_US: 'Report' }, 'dtmd://dingtalkclient/sendMessage?content=%2Freport%20%3Cb%3E'),
      entry({ zh_CN: '钉钉' }, 'dingtalk://dingtalkclient/page/link?url=https%3A%2F%2Fexample.com%2Fin'),
    ];
    ok(await ask('plugins/set', { robotCode, pluginInfoList }));
    const page = await opened('u08', robotCode);
    await page.locator('.quick').first().waitFor();
    expect(await page.locator('.quick').allTextContents()).toEqual(['Help', '钉钉']);
    const addresses = await page.locator('.quick').evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(addresses).toEqual(['https://example.com/help', 'https://example.com/in']);
    expect(await page.locator('.message').count()).toBe(0);
    await page.getByRole('navigation').getByRole('button', { name: 'Report /report <b>' }).click();
    await page.locator('.message.is-own', { hasText: '/report <b>' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const chinese = await opened('u08', robotCode, { locale: 'zh-CN', ...phone });
    await chinese.locator('.quick').first().waitFor();
    expect(await chinese.locator('.quick').allTextContents()).toEqual(['帮助', '钉钉']);
  },
);
