/** Endpoints, which get events as webhooks. */
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { startReceiver } from '../../conformance/support/receiver.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { emulate, needsBrowser, sent } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 120_000 };

test('an endpoint is created, shows what it got, and gets an event again', slow, async (context) => {
  needsBrowser(context);
  const receiver = await startReceiver();
  receiver.react({ status: 503, body: 'not today' });
  const { page, complaints } = await operator('/endpoints?corpId=corp-one');
  const dialog = page.getByRole('dialog');
  await page.getByText('No endpoints.').waitFor();
  await page.getByRole('button', { name: 'Add endpoint' }).click();
  await page.getByLabel('Address').fill('http://169.254.169.254/');
  await choose(page, 'Events', 'receipt.read');
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/169\.254\.169\.254 is a loopback, private or special address/).waitFor();
  await page.getByLabel('Address').fill(receiver.url);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('Copy the secret now').waitFor();
  const secret = String(await dialog.locator('code').first().textContent()).trim();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByRole('heading', { name: receiver.url }).waitFor();

  const processQueryKey = await sent({ userIds: ['alice'] });
  await emulate('POST', 'reads', { processQueryKey });
  const webhook = await receiver.next();
  expect(new Webhook(secret).verify(webhook.body, webhook.headers as Record<string, string>)).toMatchObject({
    data: { processQueryKey },
  });
  const rows = page.locator('.list-row');
  await becomes(async () => {
    await page.getByRole('button', { name: 'Reload' }).click();
    return rows.count();
  }, 1);
  expect(await rows.first().textContent()).toMatch(/receipt\.read.*No\. 3.*Waiting.*503.*not today.*Next try/);

  receiver.react({});
  const again = page.getByRole('button', { name: 'Send again: No. 3' });
  await page.getByRole('button', { name: 'Reload' }).focus();
  for (let tabs = 0; tabs < 10 && !(await again.evaluate((button) => button.matches(':focus'))); tabs += 1)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await receiver.next();
  await becomes(async () => {
    await page.getByRole('button', { name: 'Reload' }).click();
    return (await rows.first().textContent())?.includes('Delivered');
  }, true);
  await page.getByRole('button', { name: 'Send test' }).click();
  await page.getByText(/Delivered: status 200 in/).waitFor();
  await choose(page, 'State', 'Failed');
  await page.getByText('No delivery has this state.').waitFor();
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
});

test('its secret is replaced, it is switched off, replayed and deleted', slow, async (context) => {
  needsBrowser(context);
  const receiver = await startReceiver();
  const { page, complaints } = await operator('/endpoints?corpId=corp-two');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add endpoint' }).click();
  await page.getByLabel('Address').fill(receiver.url);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByRole('button', { name: 'New secret' }).click();
  await dialog.getByRole('button', { name: 'New secret' }).click();
  await dialog.getByText('Copy the secret now').waitFor();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  await page.getByText('Old secret valid until').waitFor();
  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByText('Off', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('On', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Send again from…' }).click();
  await page.getByLabel('After number').fill('0');
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No endpoints.').waitFor();
  await goTo(page, '/audit');
  for (const action of ['delete', 'replay', 'change', 'secret', 'create'])
    await page.getByText(`endpoint.${action}`).first().waitFor();
  expect(complaints).toEqual([]);
});
