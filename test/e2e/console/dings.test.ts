import { expect, test } from 'vitest';
import { dingWorld } from '../../conformance/support/dings.ts';
import { refusal } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser } = suite;
const { operator, goTo } = desk(suite);
const { ding, dinged, emulate } = dingWorld(suite);
const slow = { timeout: 90_000 };

await dinged({ receiverUserIdList: ['alice'], content: 'In the app' });
const read = await dinged({ remindType: 2, receiverUserIdList: ['bob'], content: 'By SMS, read' });
await dinged({ remindType: 2, receiverUserIdList: ['carol'], content: 'By SMS, unread' });
await dinged({ remindType: 3, receiverUserIdList: ['u01'], content: '<b>By phone</b>' });
await emulate('POST', 'dings/read', { openDingId: read });

test('the outbox is filtered by channel and state, and the address keeps both', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/dings?corpId=corp-one');
  const rows = page.locator('.list-row');
  await becomes(() => rows.count(), 4);
  expect(await rows.first().textContent()).toContain('<b>By phone</b>');
  expect(await rows.first().textContent()).toContain('Female voice');
  await choose(page, 'Channel', 'SMS');
  await becomes(() => rows.count(), 2);
  await choose(page, 'Status', 'Unread');
  await becomes(() => rows.count(), 1);
  expect(await rows.first().textContent()).toContain('By SMS, unread');
  expect(new URL(page.url()).search).toContain('channel=sms&state=unread');
  await page.reload();
  await becomes(() => rows.count(), 1);
  await page.goBack();
  await becomes(() => rows.count(), 2);
  await goTo(page, '/dings?corpId=corp-two');
  await page.getByText('No DINGs.').waitFor();
  expect(complaints).toEqual([]);
});

test('an operator sets the quotas of an organization', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/dings?corpId=corp-one');
  const quotas = page.getByRole('button', { name: 'Quotas' });
  await quotas.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Sent so far: 2.').waitFor();
  await dialog.getByRole('spinbutton', { name: 'SMS' }).fill('2');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await becomes(() => dialog.count(), 0);
  const sms = { remindType: 2, receiverUserIdList: ['alice'] };
  await becomes(async () => refusal(await ding(sms)), [400, 'ding.serverquota.insufficient']);
  await quotas.click();
  await becomes(() => dialog.getByRole('spinbutton', { name: 'SMS' }).inputValue(), '2');
  await dialog.getByRole('spinbutton', { name: 'SMS' }).fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await becomes(async () => (await ding(sms)).status, 200);
  expect(complaints).toEqual([]);
});
