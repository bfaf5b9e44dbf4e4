/** Departments, and what the page of a user shows of them. */
import { expect, test } from 'vitest';
import { bearer, ok } from '../../conformance/support/world.ts';
import { becomes, pages } from '../support/harness.ts';
import { choose, desk } from '../support/operator.ts';

const suite = await pages();
const { call, needsBrowser, server } = suite;
const { operator, goTo } = desk(suite);
const slow = { timeout: 90_000 };

const headers = bearer(server.adminToken);
const corp = '?corpId=corp-one';
const rightToLeft = 'קבוצה אדומה 12';
const create = async (body: object) =>
  ok(await call('POST', '/console/v1/departments', { headers, body: { corpId: 'corp-one', ...body } }));
const find = async (path: string) =>
  ok(await call('GET', `/console/v1/${path}`, { headers, query: { corpId: 'corp-one' } }));

await create({ deptId: 10, name: '<b>Research</b>' });
await create({ deptId: 11, name: rightToLeft, parentId: 10 });
await create({ deptId: 12, name: 'Deep team', parentId: 11 });
await create({ deptId: 20, name: 'Sales' });

test('the tree of departments opens branch by branch, and the address keeps the open ones', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator(`/departments${corp}`);
  const research = page.getByRole('button', { name: 'Departments below <b>Research</b>' });
  // By keyboard.
  await research.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: rightToLeft }).waitFor();
  expect(await research.getAttribute('aria-expanded')).toBe('true');
  await page.route(/parentId=11/, (route) => route.abort());
  const below = page.getByRole('button', { name: new RegExp(`below .*${rightToLeft}`) });
  await below.click();
  await page.getByRole('alert').waitFor();
  await page.unroute(/parentId=11/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('link', { name: 'Deep team' }).waitFor();
  await page.reload();
  await page.getByRole('link', { name: 'Deep team' }).click();
  await page.getByRole('navigation', { name: 'Position in the tree' }).getByText(rightToLeft).waitFor();
  await page.goBack();
  await page.getByRole('link', { name: 'Deep team' }).waitFor();
  await page.getByRole('textbox', { name: 'Search by name' }).fill('deep');
  await becomes(() => page.locator('.list-row').count(), 1);
  expect(complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
});

test('a department is created, moved, and deleted when nothing is in it', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator(`/departments/20${corp}`);
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Add a department below' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('New team');
  await dialog.getByRole('spinbutton', { name: 'deptId' }).fill('10');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await dialog.getByText(/there is a department 10/).waitFor();
  await dialog.getByRole('spinbutton', { name: 'deptId' }).fill('21');
  await dialog.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('link', { name: 'New team' }).click();
  await page.getByRole('heading', { name: 'New team', level: 1 }).waitFor();
  await page.locator('.head-actions').getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Moved team');
  await choose(page, 'Parent department', '<b>Research</b>');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Moved team' }).waitFor();
  expect(await find('departments/21')).toMatchObject({ name: 'Moved team', parentId: 10 });
  await page.locator('.head-actions').getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('heading', { name: '<b>Research</b>', level: 1 }).waitFor();
  await page.locator('.head-actions').getByRole('button', { name: 'Remove' }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await page.getByText('there are departments below the department').waitFor();
  expect(complaints.filter((line) => !line.includes('409'))).toEqual([]);
});

test('members and managers of a department change, and the page of a user shows both', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator(`/departments/20${corp}`);
  const dialog = page.getByRole('dialog');
  await page.getByText('No one is a member of this department itself.').waitFor();
  await page.getByRole('button', { name: 'Add member' }).click();
  await choose(page, 'User', 'Name of alice');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Make manager: Name of alice' }).click();
  await page.locator('.list-row .ant-tag', { hasText: 'Manager' }).waitFor();
  await page.getByRole('link', { name: 'Name of alice' }).click();
  await page.locator('.facts').getByRole('link', { name: 'Sales' }).waitFor();
  expect(await page.locator('.facts').textContent()).toContain('Manager');

  await page.locator('.head-actions').getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('textbox', { name: 'Mobile' }).fill('not digits');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText(/must be digits/).waitFor();
  await dialog.getByRole('textbox', { name: 'Mobile' }).fill('13800000001');
  await dialog.getByRole('textbox', { name: 'Title' }).fill(rightToLeft);
  await choose(page, 'Add to a department', '<b>Research</b>');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.locator('.facts').getByRole('link', { name: '<b>Research</b>' }).waitFor();
  const memberships = [
    { deptId: 20, order: 0, manager: true },
    { deptId: 10, order: 0, manager: false },
  ];
  const changed = (await find('users/alice')) as { readonly departments: readonly { readonly deptId: number }[] };
  expect(changed).toMatchObject({ mobile: '13800000001', title: rightToLeft, email: null });
  expect(changed.departments.toSorted((a, b) => b.deptId - a.deptId)).toEqual(memberships);
  await page.getByRole('link', { name: 'All users' }).click();
  const row = page.locator('.list-row', { hasText: '13800000001' });
  await row.getByRole('link', { name: 'Name of alice' }).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Export CSV' }).click(),
  ]);
  expect(await file.failure()).toBeNull();

  await goTo(page, `/departments/20${corp}`);
  await page.getByRole('button', { name: 'Remove from the department: Name of alice' }).click();
  await page.getByText('No one is a member of this department itself.').waitFor();
  expect(await find('users/alice')).toMatchObject({ departments: [{ deptId: 10 }] });
  expect(complaints.filter((line) => !line.includes('400'))).toEqual([]);
});
