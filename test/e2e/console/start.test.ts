/** The first screens of a new installation: the checklist of the overview, and the page that connects a program. */
import { expect, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages({ setup: { organizations: [], apps: [], robots: [] } });
const { call, emulate, needsBrowser, server } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 90_000 };
const headers = bearer(server.adminToken);
const post = async (path: string, body: object) => ok(await call('POST', `/console/v1${path}`, { headers, body }));

test('the checklist ticks itself until the first message is read, then it is gone', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('');
  const list = page.getByRole('region', { name: 'Get started' });
  const done = (text: string) => list.getByText(text).waitFor();
  await done('0 of 6 done');
  expect(await seriousFindings(page)).toEqual([]);
  await list.getByRole('link', { name: 'Add an organization' }).click();
  await page.waitForURL(/\/console\/organizations/);
  await post('/organizations', { corpId: 'corp-new', name: 'שלום <b>New</b>' });
  await goTo(page, '');
  await done('1 of 6 done');
  await post('/users', { corpId: 'corp-new', userId: 'ann', name: 'Ann' });
  await post('/apps', { appKey: 'app-new', kind: 'internal', corpId: 'corp-new', permissions: [] });
  await post('/robots', { robotCode: 'robot-new', name: 'Robot', appKey: 'app-new' });
  const install = { installed: true };
  ok(await call('PUT', '/console/v1/robots/robot-new/installations/corp-new', { headers, body: install }));
  await goTo(page, '');
  await done('4 of 6 done');
  expect(await list.getByRole('link', { name: 'Send the first message' }).getAttribute('href')).toMatch(/compose/);
  const message = { robotCode: 'robot-new', msgKey: 'sampleText', msgParam: '{"content":"first"}' };
  const { messages } = await post('/messages', { corpId: 'corp-new', userIds: ['ann'], sendId: 'first', ...message });
  await done('5 of 6 done');
  const [{ processQueryKey } = { processQueryKey: '' }] = messages as { processQueryKey: string }[];
  await emulate('POST', 'reads', { processQueryKey });
  await list.waitFor({ state: 'detached' });
  await page.reload();
  await page.locator('.figure').first().waitFor();
  expect(await list.count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('the checklist stays hidden in the browser in which it was hidden', slow, async (context) => {
  needsBrowser(context);
  await post('/organizations', { corpId: 'corp-empty', name: 'Empty' });
  const { page } = await operator('?corpId=corp-empty');
  const hide = page.getByRole('button', { name: 'Hide' });
  await hide.click();
  await becomes(() => hide.count(), 0);
  await page.reload();
  await page.locator('.figure').first().waitFor();
  expect(await hide.count()).toBe(0);
});

test(
  'a program is shown in each language with the values of the server, and says which secret is missing',
  slow,
  async (context) => {
    needsBrowser(context);
    const { page, complaints } = await operator('/connect?corpId=corp-new');
    const code = page.locator('pre.text');
    await page.getByText(/The secret of .?app-new.? is not available/).waitFor();
    await page.getByText('does not have the permission qyapi_robot_sendmsg').waitFor();
    await becomes(async () => (await code.textContent())?.includes('app_key="app-new"'), true);
    for (const language of ['Java', 'Go', 'TypeScript', 'PHP', 'C#', 'C++', 'curl', 'huizhi run']) {
      await page.getByText(language, { exact: true }).first().click();
      await page.getByRole('region', { name: `Program: ${language}` }).waitFor();
      const text = String(await code.textContent());
      for (const value of [new URL(server.url).host, 'app-new', '<appSecret>', 'robot-new', 'ann'])
        expect([language, value, text.includes(value)]).toEqual([language, value, true]);
      expect([language, /dingapp|s3cret|user00/.test(text)]).toEqual([language, false]);
    }
    await page.reload();
    await page.getByRole('region', { name: 'Program: huizhi run' }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await goTo(page, '/connect?corpId=corp-empty');
    await page.getByText('A robot and a user are needed.').waitFor();
    expect(complaints).toEqual([]);
  },
);
