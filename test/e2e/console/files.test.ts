/** Uploaded files. */
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { uploaded } from '../../conformance/support/media.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, server, tokenOf } = suite;
const { operator, goTo } = desk(suite);

test('files are listed with the space that they use, downloaded, and deleted', { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  const token = await tokenOf();
  const png = await readFile(new URL('../../../docs/images/inbox-desktop-light.png', import.meta.url));
  await uploaded(server, token, 'image', png, 'picture.png');
  await uploaded(server, token, 'file', Buffer.from('%PDF-1.7\n'), 'invoice\u202efdp.pdf');
  const { page, complaints } = await operator('/files?corpId=corp-one');
  const rows = page.locator('.list-row');
  await becomes(() => rows.count(), 2);
  expect(await rows.first().textContent()).toContain('invoicefdp.pdf');
  await page.getByText(/used, 2 files\./).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download: picture.png' }).click(),
  ]);
  expect(await readFile(await file.path())).toEqual(png);
  expect(file.suggestedFilename()).toBe('picture.png');
  const call = /media\/.*/;
  await page.getByRole('button', { name: 'Remove: invoicefdp.pdf' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await page.getByText(/used, 1 file\./).waitFor();
  await becomes(() => rows.count(), 1);
  await page.route(call, (route) => route.abort());
  await page.reload();
  await page.getByRole('alert').first().waitFor();
  await page.unroute(call);
  await page.getByRole('button', { name: 'Try again' }).first().click();
  await goTo(page, '/files?corpId=corp-two');
  await page.getByText('No files.').waitFor();
  expect(complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
});
