import { expect, test } from 'vitest';
import { answerPush, pushWorld, startPushReceiver, token } from '../../conformance/support/push.ts';
import { startReceiver } from '../../conformance/support/receiver.ts';
import { connectClient } from '../../conformance/support/stream-client.ts';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, server } = suite;
const { goTo, operator } = desk(suite);
const { read, state } = pushWorld(server);

test('the details of an app show its Stream connections, and hostile texts in them as text', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-next' }).click();
  await page.getByText('No client is connected in Stream mode.').waitFor();
  const topic = '<img src=x onerror=alert(1)>';
  const subscriptions = [
    { type: 'EVENT', topic: '*' },
    { type: 'CALLBACK', topic },
    { type: 'SYSTEM', topic: 'ping' },
  ];
  await connectClient(server, { appKey: 'app-next', more: { ua: '<b>bot</b>/1', subscriptions } });
  await connectClient(server, { appKey: 'app-next', more: { ua: '' } });
  await page.reload();
  const heading = page.getByRole('heading', { name: 'Stream connections' });
  const section = page.getByRole('dialog').locator('section').filter({ has: heading });
  await becomes(() => section.locator('p').count(), 2);
  const [first, second] = await section.locator('p').allTextContents();
  expect(first).toContain('<b>bot</b>/1');
  expect(first).toContain(`Events${topic}`);
  expect(first).toMatch(/Since .*\d/);
  expect(first).not.toContain('ping');
  expect(second).toContain('Unknown client');
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the events of an app are chosen in its details', { timeout: 90_000 }, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-next' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('checkbox', { name: 'Reads robot_msg_read' }).click();
  await dialog.getByText('0 to be sent again, 0 failed').waitFor();
  await page.reload();
  const isChecked = (name: string) => dialog.getByRole('checkbox', { name }).isChecked();
  await dialog.getByText('0 to be sent again, 0 failed').waitFor();
  expect([await isChecked('Reads'), await isChecked('Recalls')]).toEqual([true, false]);
  const headers = bearer(server.adminToken);
  const { types } = ok(await server.call('GET', '/console/v1/apps/app-next/events/corp-one', { headers }));
  expect(types).toEqual(['robot_msg_read']);
  expect(await seriousFindings(page)).toEqual([]);
  expect(complaints).toEqual([]);
});

test('the address of an app for messages is set, gets a test once the secret is rotated, and is removed', {
  timeout: 90_000,
}, async (context) => {
  needsBrowser(context);
  const receiver = await startReceiver();
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-next' }).click();
  const dialog = page.getByRole('dialog');
  const address = dialog.getByLabel('Address for messages (messageUrl)');
  const save = dialog.getByRole('button', { name: 'Save' });
  await address.fill('http://169.254.169.254/');
  await page.keyboard.press('Enter');
  await dialog.getByText(/169\.254\.169\.254 is a loopback, private or special address/).waitFor();
  await address.fill(receiver.url);
  await save.click();
  await dialog.getByText('Nothing is posted yet').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Rotate secret' }).click();
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Rotate secret' }).click();
  await page.getByRole('button', { name: 'I have saved it' }).click();
  const attempt = dialog.getByRole('button', { name: 'Send test message' });
  receiver.react({ status: 503 });
  await attempt.click();
  await dialog.getByText('did not accept the message: status 503').waitFor();
  receiver.react({});
  await attempt.click();
  await dialog.getByText('answered with status 200').waitFor();
  expect(JSON.parse((await receiver.next()).body)).toMatchObject({ msgtype: 'text', text: { content: 'test' } });
  await address.fill('');
  await save.click();
  await becomes(() => attempt.count(), 0);
  await goTo(page, '/audit');
  await page.getByText('app.messageUrl').first().waitFor();
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
});

test('the address of HTTP pushes is set with a generated key, gets an event again, is changed and deleted', {
  timeout: 120_000,
}, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/apps');
  await page.getByRole('button', { name: 'Manage app-one' }).click();
  await page.getByText('No address is set.').waitFor();
  await page.getByRole('button', { name: 'Set address' }).click();
  const form = page.getByRole('dialog', { name: 'Set address' });
  const save = form.getByRole('button', { name: 'Save' });
  await form.getByLabel('Address').fill('http://169.254.169.254/');
  await save.click();
  await becomes(() => form.getByText('Required.').count(), 2);
  await form.getByLabel('Token').fill('short');
  await form.getByRole('button', { name: 'Generate' }).click();
  const aesKey = await form.getByLabel('AES key (aesKey)').inputValue();
  expect(aesKey).toMatch(/^[A-Za-z\d]{43}$/);
  expect(Buffer.from(aesKey, 'base64').toString('base64')).toBe(`${aesKey}=`);
  await save.click();
  await form.locator('.ant-form-item-explain-error', { hasText: '6 to 63' }).waitFor();
  await form.getByLabel('Token').fill(token);
  await save.click();
  await form.getByText(/169\.254\.169\.254 is a loopback, private or special address/).waitFor();
  const receiver = await startPushReceiver('app-one', { aesKey });
  receiver.react({ status: 500, body: 'no keys yet' });
  await form.getByLabel('Address').fill(receiver.url);
  await save.click();
  await form.getByText(/does not answer check_url with the encrypted text success: status 500/).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  receiver.react(answerPush(receiver.keys));
  await form.getByRole('checkbox', { name: 'User added user_add_org' }).click();
  await save.click();
  await form.waitFor({ state: 'hidden' });
  const drawer = page.getByRole('dialog', { name: 'app-one' });
  await drawer.getByText(receiver.url).waitFor();
  expect(await state()).toMatchObject({ types: ['robot_msg_read', 'robot_msg_recall', 'user_add_org'] });

  receiver.react({ status: 503, body: 'not today' });
  await read();
  await becomes(async () => receiver.events().length, 1);
  await drawer.getByRole('link', { name: 'Deliveries' }).click();
  await page.getByRole('heading', { name: 'Events by HTTP: app-one' }).waitFor();
  const row = page.locator('.list-row');
  const reloaded = async () => {
    await page.getByRole('button', { name: 'Reload' }).click();
    return (await row.allTextContents()).join();
  };
  await expect
    .poll(reloaded, { timeout: 15_000 })
    .toMatch(/robot_msg_read.*No\. 3.*Name of alice.*Waiting.*1 × · 503.*not today.*Next try/);
  receiver.react(answerPush(receiver.keys));
  await page.getByRole('button', { name: 'Send again: No. 3' }).click();
  await becomes(async () => receiver.events().length, 2);
  await expect.poll(reloaded, { timeout: 15_000 }).toContain('Delivered');

  await page.getByRole('button', { name: 'Edit address' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit address' });
  expect(await edit.getByLabel('AES key (aesKey)').inputValue()).toBe('');
  await edit.getByRole('checkbox', { name: 'User added user_add_org' }).click();
  await edit.getByRole('button', { name: 'Save' }).click();
  await edit.waitFor({ state: 'hidden' });
  expect(await state()).toMatchObject({ types: ['robot_msg_read', 'robot_msg_recall'], oldKeysUntil: null });
  expect(await page.content()).not.toContain(aesKey);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.locator('.ant-modal-confirm').getByRole('button', { name: 'Remove' }).click();
  await page.getByText('No address is set.').waitFor();
  expect(await state()).toMatchObject({ url: null });
  await page.getByRole('link', { name: 'All apps' }).click();
  await page.getByRole('dialog', { name: 'app-one' }).getByText('No address is set.').waitFor();
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
});
