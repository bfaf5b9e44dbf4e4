/** What a person does in a browser at the OpenID provider of a test. */
import type { Page } from 'playwright-core';

/** Waits for the page of the provider, and signs in with a name. */
export async function enterName(page: Page, issuer: string, name: string): Promise<void> {
  await page.waitForURL(`${issuer}/**`);
  await page.locator('input[name=login]').fill(name);
  await page.locator('input[name=password]').fill('any');
  await page.getByRole('button', { name: 'Sign-in' }).click();
}

/** Consents to the sign-in at huizhi. */
export const consent = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();
