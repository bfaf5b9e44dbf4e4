import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { becomes, pages } from '../support/harness.ts';
import { desk } from '../support/operator.ts';

const suite = await pages();
const { needsBrowser } = suite;
const { operator } = desk(suite);

const slow = { timeout: 60_000 };

/** The list whose form has a field. */
function listWith(page: Page, field: string) {
  const box = page.locator('section.box', { has: page.locator(`#${field}`) });
  return {
    input: (name: string) => box.locator(`#${name}`),
    add: () => box.locator('button[type=submit]').click(),
    cell: (index: number) => box.locator('tbody td').nth(index).textContent(),
    remove: (name: RegExp) => box.locator('tbody').getByRole('button', { name }).click(),
    rows: () => box.locator('tbody tr').count(),
    alerts: box.getByRole('alert'),
  };
}

test('a simulated reader is added, listed and removed, and the form is reset', slow, async (context) => {
  needsBrowser(context);
  const { page, complaints } = await operator('/emulator');
  const readers = listWith(page, 'userId');
  await readers.input('userId').fill('alice');
  await readers.input('after').fill('2m');
  await readers.add();
  await becomes(readers.rows, 1);
  expect([await readers.cell(0), await readers.cell(1), await readers.cell(2)]).toEqual(['alice', '2m', '80%']);
  await becomes(() => readers.input('userId').inputValue(), '*');
  await readers.remove(/alice/);
  await becomes(readers.rows, 0);
  expect(complaints).toEqual([]);
});

test('a fault rule is added without its empty fields, and a refused one keeps the input', slow, async (context) => {
  needsBrowser(context);
  const { page } = await operator('/emulator');
  const faults = listWith(page, 'error');
  await faults.input('error').fill('no.such.error');
  await faults.add();
  await faults.alerts.waitFor();
  expect(await faults.input('error').inputValue()).toBe('no.such.error');
  await faults.input('error').fill('system.error');
  await faults.add();
  await becomes(faults.rows, 1);
  expect(await faults.cell(1)).toBe('system.error');
  expect(await faults.alerts.count()).toBe(0);
  await faults.remove(/1/);
  await becomes(faults.rows, 0);
});
