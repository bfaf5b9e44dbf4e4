import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { keyboard } from '../support/keyboard.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, receipt, sent, server, visitor } = suite;
const { operator } = desk(suite);

const slow = { timeout: 90_000 };

test('a person signs in, answers a card, mutes, searches and signs out, by keyboard alone', slow, async (context) => {
  needsBrowser(context);
  const url = `${server.url}/health`;
  await sent({ userIds: ['u07'], msgParam: '{"content":"a needle in the hay"}' });
  await sent({
    userIds: ['u07'],
    msgKey: 'sampleActionCard6',
    msgParam: JSON.stringify({
      ...{ title: 'Leave', text: 'three days', buttonTitle1: 'Agree', buttonUrl1: url },
      ...{ buttonTitle2: 'Refuse', buttonUrl2: url },
    }),
  });
  const browser = await visitor();
  const page = await browser.newPage();
  await page.goto(server.url);
  const keys = keyboard(page);
  await page.locator('.people button').first().waitFor();
  await keys.goTo(/Search people/);
  await keys.type('of u07');
  await becomes(() => page.locator('.people button').count(), 1);
  await keys.goTo(/Name of u07/);
  await keys.press('Enter');
  await page.locator('.row', { hasText: 'Name of robot-one' }).waitFor();
  await keys.goTo(/Name of robot-one/);
  await keys.press('Enter');
  await becomes(keys.name, 'Name of robot-one');
  await page.getByRole('link', { name: 'Agree' }).waitFor();
  await keys.goTo('Agree');
  const opened = browser.waitForEvent('page');
  await keys.press('Enter');
  const other = await opened;
  await other.waitForURL(url);
  await other.close();
  await page.bringToFront();
  await keys.goTo('Mute', 'Shift+Tab');
  await keys.press('Enter');
  await becomes(keys.name, 'Unmute');
  await keys.press('Enter');
  await becomes(keys.name, 'Mute');
  await keys.goTo('Search messages', 'Shift+Tab');
  await keys.type('needle');
  await page.locator('.result').waitFor();
  await keys.goTo(/needle/);
  await keys.press('Enter');
  await page.locator('.is-target', { hasText: 'needle' }).waitFor();
  await becomes(keys.name, 'Name of robot-one');
  await keys.goTo('Search messages', 'Shift+Tab');
  await keys.press('Escape');
  await becomes(() => page.locator('.result').count(), 0);
  await keys.goTo('Settings', 'Shift+Tab');
  await keys.press('Enter');
  await keys.goTo(/Language/);
  await keys.press('Escape');
  await becomes(keys.name, 'Settings');
  await keys.press('Enter');
  await keys.goTo('Sign out');
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'Sign in to huizhi' }).waitFor();
  expect(keys.unseen()).toEqual([]);
});

test('in the inbox the focus cycles, and reaches the messages after few stops', slow, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['u08'] });
  const page = await suite.opened('u08', 'robot-one');
  const keys = keyboard(page);
  await page.locator('.message').waitFor();
  await becomes(keys.name, 'Name of robot-one');
  await keys.goTo('Skip to the conversation', 'Shift+Tab');
  expect(await keys.around()).toBeGreaterThan(6);
  await keys.press('Enter');
  await keys.goTo('Mute');
  expect(keys.unseen()).toEqual([]);
});

test('an operator opens a message and recalls it, by keyboard alone', slow, async (context) => {
  needsBrowser(context);
  const key = await sent({ userIds: ['u09'], msgParam: '{"content":"sent by mistake"}' });
  const { page, complaints } = await operator();
  const keys = keyboard(page);
  await keys.goTo('Skip to content');
  await keys.press('Enter');
  await keys.goTo('7 days');
  await keys.goTo('Messages', 'Shift+Tab');
  await keys.press('Enter');
  await page.getByRole('link', { name: 'sent by mistake' }).waitFor();
  await keys.goTo('sent by mistake');
  await keys.press('Enter');
  await page.getByRole('heading', { name: 'sent by mistake' }).waitFor();
  await keys.goTo('Recall');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await becomes(keys.name, 'Recall');
  expect(await receipt(key)).toMatchObject({ sendStatus: 'SUCCESS' });
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keys.goTo('Recall');
  await keys.press('Enter');
  await page.locator('.facts', { hasText: 'Recalled' }).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  expect(await receipt(key)).toMatchObject({ sendStatus: 'RECALLED' });
  // The button is gone, and the focus continues from where it was.
  await keys.goTo('Export CSV');
  expect([keys.unseen(), complaints]).toEqual([[], []]);
});

test('an operator creates an app and copies its secret, by keyboard alone', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const keys = keyboard(page);
  await keys.goTo('Create app');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keys.goTo('appKey');
  await keys.type('by-keyboard');
  await keys.press('Enter');
  await page.getByText('This is shown once').waitFor();
  const secret = await page.locator('dd code').last().textContent();
  await keys.goTo('Copy appSecret');
  await keys.press('Enter');
  await page.bringToFront();
  await becomes(() => page.evaluate('navigator.clipboard.readText()'), secret?.trim());
  await keys.goTo('I have saved it');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await becomes(keys.name, 'Create app');
  await keys.goTo('Manage by-keyboard');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keys.goTo('Rotate secret');
  await keys.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await becomes(keys.name, 'Manage by-keyboard');
  expect([keys.unseen(), complaints]).toEqual([[], []]);
});

test('an operator imports users, by keyboard alone', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/users?corpId=corp-two');
  const keys = keyboard(page);
  await keys.goTo('Import CSV');
  await keys.press('Enter');
  await page.getByRole('dialog').waitFor();
  await keys.goTo('CSV text');
  await keys.type('by-keyboard,Typed In');
  await keys.goTo('Check');
  await keys.press('Enter');
  await page.getByRole('button', { name: 'Import 1 user' }).waitFor();
  await keys.goTo('Import 1 user');
  await keys.press('Enter');
  await page.locator('tr', { hasText: 'Typed In' }).waitFor();
  await becomes(keys.name, 'Import CSV');
  expect([keys.unseen(), complaints]).toEqual([[], []]);
});

test('on every page of the console the focus cycles', { timeout: 120_000 }, async (context) => {
  needsBrowser(context);
  const { page } = await operator('?corpId=corp-one');
  for (const path of ['', '/messages', '/users', '/robots', '/emulator', '/requests']) {
    await page.goto(`${server.url}/console${path}`);
    await page.locator('.head h1').waitFor();
    await becomes(() => page.locator('.ant-skeleton, .ant-spin-spinning').count(), 0);
    const keys = keyboard(page);
    await keys.goTo('Skip to content');
    expect(await keys.around()).toBeGreaterThan(10);
    expect([path, keys.unseen()]).toEqual([path, []]);
  }
});
