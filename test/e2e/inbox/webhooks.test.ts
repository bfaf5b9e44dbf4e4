import { expect, test } from 'vitest';
import { textOf, webhookWorld } from '../../conformance/support/webhooks.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';

const suite = await pages();
const { needsBrowser, opened } = suite;
const { hook, inboxOf, post, signIn } = webhookWorld(suite);

const slow = { timeout: 90_000 };

test(
  'messages of a custom robot arrive in the open inbox, with their names, buttons and links',
  slow,
  async (context) => {
    needsBrowser(context);
    const made = await hook({ name: '报警机器人' });
    await post(made, textOf('first'));
    const page = await opened('u01', `group:${made.openConversationId}`);
    await page.locator('.message', { hasText: 'first' }).waitFor();
    await post(made, textOf('disk is full', { at: { atUserIds: ['u01'] } }));
    await page.locator('.mention', { hasText: '@Name of u01' }).waitFor();
    const btns = [
      { title: 'Open', actionURL: 'https://example.com/open' },
      { title: 'Bad', actionURL: 'javascript:alert(1)' },
    ];
    const at = { isAtAll: true };
    await post(made, { msgtype: 'actionCard', actionCard: { title: 'Card', text: '**bold**', btns }, at });
    await page.locator('.mentions', { hasText: '@所有人' }).waitFor();
    expect(await page.locator('.buttons a').count()).toBe(1);
    expect(await page.locator('.buttons a').getAttribute('href')).toBe('https://example.com/open');
    const links = [
      { title: 'One', messageURL: 'https://example.com/1', picURL: '' },
      { title: 'Two', messageURL: 'data:text/html,x', picURL: '' },
    ];
    await post(made, { msgtype: 'feedCard', feedCard: { links } });
    await page.locator('a.card.link', { hasText: 'One' }).waitFor();
    expect(await page.locator('.card.link').count()).toBe(2);
    expect(await page.locator('a.card.link').count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
  },
);

test('a message of a custom robot is read when it was seen', slow, async (context) => {
  needsBrowser(context);
  const made = await hook({ name: 'Builds' });
  await post(made, { msgtype: 'markdown', markdown: { title: 'Build', text: '# Build 7\nis done' } });
  const session = await signIn('u02');
  const unread = async () => (await inboxOf(session, { robotCode: made.robotCode, unread: 'true' })).messages.length;
  expect(await unread()).toBe(1);
  const page = await opened('u02', `group:${made.openConversationId}`);
  await page.locator('.message', { hasText: 'Build 7' }).waitFor();
  await becomes(unread, 0);
});
