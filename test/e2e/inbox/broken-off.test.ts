import { expect, test } from 'vitest';
import { between } from '../support/between.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const { needsBrowser, server, visitor } = await pages();

const slow = { timeout: 60_000 };

test('typing on while the body of an answer still arrives finds the right person', slow, async (context) => {
  needsBrowser(context);
  const { fates, url } = await between(server.url);
  fates.set('/inbox/v1/people', 'held');
  const page = await (await visitor()).newPage();
  await page.goto(url);
  await becomes(async () => fates.size, 0);
  await page.getByRole('searchbox').fill('of u05');
  await becomes(() => page.locator('.people button b').allTextContents(), ['Name of u05']);
});

test('an answer whose body breaks off is reported, and can be requested again', slow, async (context) => {
  needsBrowser(context);
  const { fates, url } = await between(server.url);
  const { page } = await desk({ server: { ...server, url }, visitor }).operator('/audit?corpId=corp-one');
  fates.set('/console/v1/statistics', 'cut');
  await page.getByRole('link', { name: 'Overview' }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'The server cannot be reached' });
  await alert.waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('Deliveries').first().waitFor();
  expect(await alert.count()).toBe(0);
});
