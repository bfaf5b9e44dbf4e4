import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { png } from '../../conformance/support/files.ts';
import { uploaded } from '../../conformance/support/media.ts';
import { seriousFindings } from '../support/axe.ts';
import { between } from '../support/between.ts';
import { buttonsOf, cardDesk } from '../support/cards.ts';
import { becomes, inboxSession, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, opened, receipt, server, signIn, tokenOf, visitor } = suite;
const { change, hear, shown, write } = cardDesk(suite);
const { operator, goTo } = desk(suite);

const slow = { timeout: 90_000 };
const phone = { viewport: { width: 360, height: 740 } };

const card = (page: Page) => page.locator('.interactive');
const outcome = (page: Page) => page.locator('.card-outcome');
const overflow = (page: Page) => page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
const distanceToEnd = (page: Page) =>
  page.evaluate<number>(`{
    const { scrollHeight, scrollTop, clientHeight } = document.querySelector('[data-scroller]');
    Math.round(scrollHeight - scrollTop - clientHeight);
  }`);

test(
  'an answer grows on the page, is clicked, changed by its program, and read; the console shows it',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u01', 'robot-one');
    const clicks: string[] = [];
    await hear(({ content, userId }) => {
      clicks.push(`${userId} ${content}`);
      return {
        cardData: { cardParamMap: { content: 'Booked. [Map](https://example.com/map)', buttons: '[]' } },
        cardUpdateOptions: { updateCardDataByKey: true },
      };
    });
    const given = { title: 'Table for **two**', flowStatus: '1', ...buttonsOf('Book', 'Cancel') };
    const { outTrackId, carrierId } = await shown('u01', given);
    await card(page).getByRole('heading', { name: 'Table for **two**' }).waitFor();
    await page.locator('.row', { hasText: '[Card] Table for **two**' }).waitFor();
    await page.evaluate(`window.heard = [];
    new MutationObserver(() => heard.push(document.querySelector('.interactive > [role=status]').textContent))
      .observe(document.querySelector('.interactive > [role=status]'), { childList: true, characterData: true, subtree: true })`);
    await write(outTrackId, '## Free tables\n\n- [Terrace](https://example.com/terrace) at');
    const link = card(page).getByRole('link', { name: 'Terrace' });
    await link.focus();
    await page.evaluate('window.kept = [...document.querySelectorAll(".interactive :is(h3, h4, li, a)")]');
    let text = '## Free tables\n\n- [Terrace](https://example.com/terrace) at';
    for (const more of [' seven', ' or eight', '\n- Inside at **nine**', '\n\n| a | b |\n| - | - |\n| 1 | 2 |']) {
      text += more;
      await write(outTrackId, text);
    }
    await card(page).locator('td', { hasText: '2' }).waitFor();
    expect(await card(page).getAttribute('data-streaming')).toBe('growing');
    expect(await page.evaluate('kept.length > 3 && kept.every((one) => one.isConnected)')).toBe(true);
    expect(await page.evaluate('document.activeElement === kept.at(-1)')).toBe(true);
    expect(await page.evaluate('heard')).toEqual([]);
    await write(outTrackId, '', { isFinalize: true });
    await page.locator('.interactive[data-streaming=finished]').waitFor();
    await becomes(
      () => page.evaluate<string[]>('heard'),
      ['The answer is complete: Free tables Terrace at seven or eight Inside at nine | a | b | | - | - | | 1 | 2 |'],
    );
    expect(await seriousFindings(page)).toEqual([]);
    const keys = keyboard(page);
    await keys.goTo('Book');
    await keys.press('Enter');
    await card(page).getByRole('link', { name: 'Map' }).waitFor();
    await becomes(() => card(page).getByRole('button').count(), 0);
    expect(clicks).toEqual([expect.stringMatching(/^u01 .*"actionIds":\["book"\].*"chosen":"Book"/)]);
    // The button that had the focus is gone, so the card has it.
    expect(await page.evaluate('document.activeElement.className')).toContain('interactive');
    expect(keys.unseen()).toEqual([]);
    await becomes(
      async () => (await receipt(carrierId)).messageReadInfoList?.map(({ readStatus }) => readStatus),
      ['READ'],
    );

    const { page: console, complaints } = await operator('/messages?corpId=corp-one');
    await console.getByRole('link', { name: 'Table for **two**' }).click();
    await console.locator('.interactive', { hasText: 'Booked' }).waitFor();
    await console.locator('.facts', { hasText: outTrackId }).waitFor();
    await goTo(console, '/cards?corpId=corp-one');
    await console.getByRole('link', { name: 'Table for **two**' }).click();
    await console.locator('.interactive', { hasText: 'Booked' }).waitFor();
    await console.getByRole('link', { name: 'A user' }).click();
    await console.locator('tr', { hasText: 'Name of u01' }).waitFor();
    expect(complaints).toEqual([]);
  },
);

test(
  'a growing text scrolls only for a reader at its end, and counts as read when it is complete',
  slow,
  async (context) => {
    needsBrowser(context);
    const page = await opened('u02', 'robot-one', phone);
    const { outTrackId, carrierId } = await shown('u02', { title: 'Long', flowStatus: '1' });
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `Line ${index + 1}`).join('\n\n');
    await card(page).waitFor();
    await write(outTrackId, lines(40));
    await card(page).getByText('Line 40', { exact: true }).waitFor();
    await becomes(() => distanceToEnd(page), 0);
    await page.locator('[data-scroller]').hover();
    await page.mouse.wheel(0, -600);
    await becomes(async () => (await distanceToEnd(page)) > 300, true);
    const top = await page.evaluate<number>('Math.round(document.querySelector("[data-scroller]").scrollTop)');
    await write(outTrackId, lines(80));
    await card(page).getByText('Line 80', { exact: true }).waitFor();
    expect(await page.evaluate('Math.round(document.querySelector("[data-scroller]").scrollTop)')).toBe(top);
    await write(outTrackId, '', { isError: true });
    await card(page).getByText('The answer was interrupted.').first().waitFor();
    expect(await overflow(page)).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect((await receipt(carrierId)).messageReadInfoList).toMatchObject([{ readStatus: 'UNREAD' }]);
    await page.getByRole('button', { name: 'End of the message. Mark as read' }).focus();
    await becomes(
      async () => (await receipt(carrierId)).messageReadInfoList?.map(({ readStatus }) => readStatus),
      ['READ'],
    );
  },
);

test(
  'a click without a program, at a busy or lost server, and after the session has ended says so',
  slow,
  async (context) => {
    needsBrowser(context);
    const proxy = await between(server.url);
    const there = await visitor({ baseURL: proxy.url, locale: 'zh-CN', ...phone });
    const session = await signIn('u03');
    await there.addCookies([inboxSession(session, proxy.url)]);
    const page = await there.newPage();
    const image = await uploaded(server, await tokenOf(), 'image', png, 'plan.png');
    const { outTrackId } = await shown('u03', { title: '请假', content: '三天', image, ...buttonsOf('OK', 'No') });
    await page.goto(`${proxy.url}/#robot-one`);
    await card(page).locator('.picture img').waitFor();
    const button = card(page).getByRole('button', { name: 'OK' });
    await button.click();
    await outcome(page).filter({ hasText: '机器人的程序没有响应' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    const [, id] = (
      await page.evaluate<string>(
        'performance.getEntriesByType("resource").find(({ name }) => name.includes("/cards/")).name',
      )
    ).split('/cards/');
    proxy.fates.set(`/inbox/v1/cards/${id?.split('/')[0]}/actions`, 'cut');
    await button.click();
    await outcome(page).filter({ hasText: '点击可能已送达' }).waitFor();
    await there.setOffline(true);
    await change(outTrackId, { content: '五天', buttons: '[]' });
    await button.click();
    await outcome(page).filter({ hasText: '点击可能已送达' }).waitFor();
    await there.setOffline(false);
    // Hints are not repeated: the page reads the card again when it is back.
    await card(page).getByText('五天').waitFor();
    await becomes(() => card(page).locator('.card-button').count(), 0);
    await change(outTrackId, buttonsOf('OK'));
    await button.waitFor();
    await server.call('DELETE', '/inbox/v1/sessions', { headers: { authorization: `Bearer ${session}` } });
    await button.click();
    await page.getByText('登录已失效').waitFor();
  },
);
