/** Operators with roles: how they sign in, and what they see. */
import { expect, test } from 'vitest';
import { operatorsOf } from '../../conformance/support/operators.ts';
import { ok } from '../../conformance/support/world.ts';
import { seriousFindings } from '../support/axe.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser, sent, server, visitor } = suite;
const { goTo, operator } = desk(suite);
const { add, asOwner, linkOf } = operatorsOf(server);

const slow = { timeout: 60_000 };

await sent({ userIds: ['alice'], msgParam: '{"content":"who may recall this"}' });

/** The console as an operator with a one-time link opens it; `complaints` has the calls that were refused. */
async function arrive(...given: Parameters<typeof visitor>) {
  const context = await visitor({ reducedMotion: 'reduce', ...given[0] });
  const page = await context.newPage();
  const refused: string[] = [];
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('response', (answer) => {
    if (answer.status() === 403) refused.push(answer.url());
  });
  return { page, refused, complaints };
}

const signIn = (page: Awaited<ReturnType<typeof arrive>>['page']) =>
  page.getByRole('button', { name: 'Sign in', exact: true });

test('a link signs in once, when its button is pressed, and leaves the address at once', slow, async (context) => {
  needsBrowser(context);
  const operatorId = await add({ name: 'Wang Fang', grants: [{ role: 'auditor' }] });
  const { url } = await linkOf(operatorId);
  const { page, complaints } = await arrive();
  await page.goto(String(url));
  await page.getByText('This link signs you in once.').waitFor();
  expect(page.url()).toBe(`${server.url}/console`);
  await signIn(page).click();
  await page.locator('.head h1').waitFor();
  expect(await page.locator('.who').textContent()).toBe('Wang Fang');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.locator('input[type=password]').waitFor();
  // The same tab: only the fragment changes.
  await page.goto(String(url));
  await signIn(page).click();
  await page.getByRole('alert').filter({ hasText: 'already used' }).waitFor();
  await page.locator('input[type=password]').fill(server.adminToken);
  await page.keyboard.press('Enter');
  await page.locator('.head h1').waitFor();
  expect(await page.locator('.who').textContent()).toBe('admin token');
  // In a browser in which somebody is signed in, a used link does not lead to that console.
  await page.goto(String(url));
  await signIn(page).click();
  await page.getByRole('alert').filter({ hasText: 'already used' }).waitFor();
  // Who opens a link wants to be its operator, not the one that is signed in.
  await page.goto(String((await linkOf(operatorId)).url));
  await signIn(page).click();
  await becomes(() => page.locator('.who').textContent(), 'Wang Fang');
  expect(complaints).toEqual([]);
});

test.for([
  ['failed', 'The sign-in with your organization failed. Try again.'],
  ['unknown', 'nobody has added you as an operator'],
] as const)(
  'the sign-in page tells that a sign-in at the provider ended as %s',
  slow,
  async ([outcome, text], context) => {
    needsBrowser(context);
    const { page } = await arrive();
    await page.goto(`${server.url}/console?signIn=${outcome}`);
    await page.getByRole('alert').filter({ hasText: text }).waitFor();
    await page.locator('input[type=password]').waitFor();
    expect(page.url()).toBe(`${server.url}/console`);
  },
);

test('an auditor of one organization sees no forbidden page and no button for a change', slow, async (context) => {
  needsBrowser(context);
  const operatorId = await add({ name: 'Auditor', grants: [{ role: 'auditor', corpId: 'corp-one' }] });
  const { page, refused, complaints } = await arrive();
  await page.goto(String((await linkOf(operatorId)).url));
  await signIn(page).click();
  await page.locator('.head h1').waitFor();
  const links = page.getByRole('navigation', { name: 'Pages' }).getByRole('link');
  const names = await links.allTextContents();
  expect(names).toContain('Audit log');
  expect(names).not.toContain('Operators');
  const changes = /^(?:Add|Create|Edit|Remove|Import|Sign-in link|Quotas|Recall|Delete|Save|Rotate)/;
  const settled = () => becomes(() => page.locator('.ant-skeleton, .ant-spin-spinning, [aria-busy=true]').count(), 0);
  const found: string[] = [];
  const look = async (place: string) => {
    await settled();
    for (const text of await page.getByRole('button', { name: changes }).allTextContents())
      found.push(`${place}: ${text}`);
  };
  for (const name of names.filter((one) => one !== 'Controls' && one !== 'Requests')) {
    await links.filter({ hasText: new RegExp(`^${name}$`) }).click();
    await page.locator('.head h1', { hasText: name }).waitFor();
    await look(name);
  }
  for (const path of ['/users/alice', '/apps?open=app-one', '/robots?open=robot-one']) {
    await goTo(page, path);
    if (path.includes('open')) await page.getByRole('dialog').waitFor();
    await look(path);
  }
  expect(found).toEqual([]);
  expect(await page.getByRole('switch').first().isDisabled()).toBe(true);
  await goTo(page, '/messages');
  await page.getByRole('link', { name: 'who may recall this' }).click();
  await page.getByRole('link', { name: 'Export CSV' }).waitFor();
  expect(await page.getByRole('button', { name: 'Recall' }).count()).toBe(0);
  await page.goto(`${server.url}/console/operators`);
  await page.getByText('You have no access to this page.').first().waitFor();
  expect([refused, complaints]).toEqual([[], []]);
});

test('an operator of one organization changes a third-party app only there, and is told why', slow, async (context) => {
  needsBrowser(context);
  const grants = [
    { role: 'operator', corpId: 'corp-one' },
    { role: 'auditor', corpId: 'corp-two' },
  ] as const;
  const { page, refused, complaints } = await arrive();
  await page.goto(String((await linkOf(await add({ name: 'Of one', grants }))).url));
  await signIn(page).click();
  await page.locator('.head h1').waitFor();
  const dialog = page.getByRole('dialog');
  const isEnabled = (name: string) => dialog.getByRole('switch', { name, exact: true }).isEnabled();
  const buttons = /^(?:Save|Rotate|New ticket|Set|Edit|Remove)/;
  for (const [path, hint] of [
    ['/apps?open=suite', 'Changing a third-party app needs a role for all organizations.'],
    ['/robots?open=robot-suite', 'Changing a robot of a third-party app needs a role for all organizations.'],
  ] as const) {
    await goTo(page, path);
    await dialog.getByText(hint).waitFor();
    await dialog.getByRole('switch', { name: 'Organization one', exact: true }).waitFor();
    expect([await isEnabled('Organization one'), await isEnabled('Organization two')]).toEqual([true, false]);
    expect(await dialog.getByRole('button', { name: buttons }).allTextContents()).toEqual([]);
  }
  // What belongs to one organization is changed with the role there, whichever organization is selected.
  for (const [path, count] of [
    ['/robots?corpId=corp-two&open=robot-one', 1],
    ['/robots?corpId=corp-one&open=robot-two', 0],
  ] as const) {
    await goTo(page, path);
    await dialog.getByRole('switch', { name: 'Organization one', exact: true }).waitFor();
    await becomes(() => dialog.getByRole('button', { name: 'Save' }).count(), count);
  }
  for (const [path, count] of [
    ['/apps/app-one?corpId=corp-two', 1],
    ['/apps/app-two?corpId=corp-one', 0],
  ] as const) {
    await goTo(page, path);
    await becomes(() => page.getByRole('button', { name: buttons }).count(), count);
  }
  await goTo(page, '/apps');
  await page.getByRole('button', { name: 'Create app' }).click();
  expect(await dialog.getByRole('radio', { name: 'Third-party' }).isDisabled()).toBe(true);
  expect([refused, complaints]).toEqual([[], []]);
});

test('a sender starts at the messages, and an operator without a role is told so', slow, async (context) => {
  needsBrowser(context);
  const sender = await add({ name: 'Sender', grants: [{ role: 'sender', corpId: 'corp-one' }] });
  const { page, refused, complaints } = await arrive();
  await page.goto(String((await linkOf(sender)).url));
  await signIn(page).click();
  await page.getByRole('heading', { name: 'Messages' }).waitFor();
  expect([refused, complaints]).toEqual([[], []]);
  const other = await arrive();
  await other.page.goto(String((await linkOf(await add({ name: 'Nobody' }))).url));
  await signIn(other.page).click();
  await other.page.getByText('You have no role yet.').waitFor();
  expect([other.refused, other.complaints]).toEqual([[], []]);
});

test('an operator is added with a role, gets a link, is changed, disabled and deleted', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/operators');
  await page.getByRole('button', { name: 'Add operator' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Name' }).fill('<b>Li</b> 李');
  await dialog.getByRole('textbox', { name: 'Email' }).fill('li@example.com');
  await dialog.getByRole('button', { name: 'Add role' }).click();
  await choose(page, 'Role', 'Sender');
  await choose(page, 'Organization', 'corp-one');
  await choose(page, 'Own user', 'Name of bob');
  expect(await seriousFindings(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.waitFor({ state: 'detached' });
  const row = page.locator('.list-row', { hasText: '<b>Li</b> 李' });
  await row.getByText('Sender').waitFor();
  const found = async () => {
    const { operators } = ok(await asOwner('GET', 'operators', { query: { limit: '100' } }));
    return (operators as { readonly email: string | null }[]).find(({ email }) => email === 'li@example.com');
  };
  expect(await found()).toMatchObject({ grants: [{ role: 'sender', corpId: 'corp-one', userId: 'bob' }] });

  await row.getByRole('button', { name: 'Sign-in link' }).click();
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText('This is shown once.').waitFor();
  const url = await dialog.locator('dd bdi').textContent();
  await dialog.getByRole('button', { name: 'I have saved it' }).click();
  const guest = await arrive();
  await guest.page.goto(String(url));
  await signIn(guest.page).click();
  await becomes(() => guest.page.locator('.who').textContent(), '<b>Li</b> 李');

  await row.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('button', { name: 'Add role' }).click();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await row.getByText('All organizations').waitFor();
  await row.getByRole('button', { name: 'Disable' }).click();
  await row.getByText('Disabled').waitFor();
  expect(await row.getByRole('button', { name: 'Sign-in link' }).count()).toBe(0);
  expect(await found()).toMatchObject({ disabled: true, grants: { length: 2 } });
  expect(await seriousFindings(page)).toEqual([]);
  await row.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await row.waitFor({ state: 'detached' });

  await goTo(page, '/audit');
  await choose(page, 'Operator', 'admin token');
  await page.waitForURL(/operatorId=adminToken/);
  await page.locator('.list-row', { hasText: 'operator.delete' }).getByText('admin token').waitFor();
  expect(complaints).toEqual([]);
});
