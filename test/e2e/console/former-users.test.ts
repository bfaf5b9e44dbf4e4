import { expect, test } from 'vitest';
import { seriousFindings } from '../support/axe.ts';
import { pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, sent, signIn, inboxOf } = suite;
const { operator } = desk(suite);

test('a removed person shows as left on the message page, and a button restores the person', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  await sent({ userIds: ['alice', 'bob'], msgParam: '{"content":"who is still here"}' });
  const { page, complaints } = await operator('/users?corpId=corp-one');
  await page.getByRole('button', { name: 'Remove: Name of alice' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove: Name of alice' }).waitFor({ state: 'detached' });
  await page.goto(page.url().replace(/\/users.*/, '/messages?corpId=corp-one'));
  await page.getByRole('link', { name: 'who is still here' }).click();
  const row = page.locator('.list-row', { hasText: 'Name of alice' });
  await row.locator('.ant-tag', { hasText: 'LEFT' }).waitFor();
  expect(await page.locator('.facts div', { hasText: 'Have left' }).locator('dd').textContent()).toBe('1');
  expect(await page.locator('.facts .share').textContent()).toBe('0/1');
  await page.goto(page.url().replace(/\/messages.*/, '/users?corpId=corp-one'));
  await page.getByRole('button', { name: 'Removed users' }).click();
  await page.getByRole('button', { name: 'Restore: Name of alice' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  // The list is in the address.
  await page.reload();
  await page.getByRole('button', { name: 'Restore: Name of alice' }).click();
  await page.getByText('Nobody has been removed.').waitFor();
  await page.locator('main').getByRole('link', { name: 'Users' }).click();
  await page.getByRole('button', { name: 'Remove: Name of alice' }).waitFor();
  expect((await inboxOf(await signIn('alice'))).messages).toHaveLength(1);
  expect(complaints).toEqual([]);
});
